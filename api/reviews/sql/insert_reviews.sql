-- in: a row for each review, binary, the columns in this order (review_store.py)
-- out: nothing. An id that exists already violates pk_review, a second review in force uq_review_in_force.
-- locks: the new rows; their rounds and households FOR KEY SHARE. The caller holds the cases.
COPY review (
    id, round_id, household_id, surveyor_id, kind, form_code, respondent, paper_no, area_type, region, standard_code,
    proposed_class, form_version, b1_entered, standard_version, b1, b2, version, differs_from_device, in_force,
    causes, needs, deprivations, undetermined, answers, members, attachments, warnings, device_result, position,
    surveyed_on, created_at, updated_at
) FROM STDIN (FORMAT BINARY)
