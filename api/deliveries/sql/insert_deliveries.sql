-- in: a row for each delivery, binary, the columns in this order (rows.py)
-- out: nothing. An id that exists already violates pk_delivery, too much money ck_intervention_delivered_as_approved.
-- locks: the new rows; what they name FOR KEY SHARE; their interventions, which the caller holds already
COPY delivery (
    id, intervention_id, household_id, member_id, organisation_id, headcount, form, service, delivered_on, quantity,
    unit, amount_vnd, paid_by, outcome, received_by, note, attachments, recorded_by, device_id, version, created_at,
    updated_at
) FROM STDIN (FORMAT BINARY)
