-- in: :rows [{id, round_id, household_id, kind, form_code, …: the columns of `review`}], :at
-- out: nothing. An id that exists already violates pk_review, a second review in force uq_review_in_force.
-- locks: the new rows; their rounds and households FOR KEY SHARE. The caller holds the cases.
INSERT INTO review (id, round_id, household_id, kind, form_code, form_version, surveyed_on, respondent, paper_no, answers,
    members, area_type, region, b1_entered, causes, needs, device_result, attachments, standard_code, standard_version,
    b1, b2, proposed_class, deprivations, undetermined, warnings, differs_from_device, in_force, surveyor_id, version,
    created_at, updated_at)
SELECT r.id, r.round_id, r.household_id, r.kind, r.form_code, r.form_version, r.surveyed_on, r.respondent, r.paper_no,
    r.answers, r.members, r.area_type, r.region, r.b1_entered, r.causes, r.needs, r.device_result, r.attachments,
    r.standard_code, r.standard_version, r.b1, r.b2, r.proposed_class, r.deprivations, r.undetermined, r.warnings,
    r.differs_from_device, r.in_force, r.surveyor_id, r.version, :at, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, round_id uuid, household_id uuid, kind text, form_code text, form_version integer, surveyed_on date,
    respondent text, paper_no text, answers jsonb, members jsonb, area_type text, region text, b1_entered integer,
    causes text[], needs text[], device_result jsonb, attachments jsonb, standard_code text, standard_version integer,
    b1 integer, b2 integer, proposed_class text, deprivations text[], undetermined text[], warnings jsonb,
    differs_from_device boolean, in_force boolean, surveyor_id uuid, version integer
)
