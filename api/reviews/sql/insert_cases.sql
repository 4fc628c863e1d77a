-- in: :rows [{id, round_id, household_id, hamlet_id, ground, ground_reason, request_id, class_before}], :at
-- out: the ids that were not there yet. A household that is on the list already stays as it is.
-- locks: the new rows; their households FOR KEY SHARE. The caller holds the round.
INSERT INTO review_case (id, round_id, household_id, hamlet_id, ground, ground_reason, request_id, class_before, stage,
    version, created_at, updated_at)
SELECT r.id, r.round_id, r.household_id, r.hamlet_id, r.ground, r.ground_reason, r.request_id, r.class_before, 'listed',
    1, :at, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, round_id uuid, household_id uuid, hamlet_id uuid, ground text, ground_reason text, request_id uuid,
    class_before text
)
ON CONFLICT DO NOTHING
RETURNING review_case.id
