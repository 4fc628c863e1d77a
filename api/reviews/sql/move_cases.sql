-- in: :rows [{id, version, stage, surveyor_id, not_reached_reason, review_id, meeting_id, posting_id, decision_id}], :at
-- out: nothing
-- locks: the rows named, which the caller holds already
UPDATE review_case
SET stage = r.stage, surveyor_id = r.surveyor_id, not_reached_reason = r.not_reached_reason, review_id = r.review_id,
    meeting_id = r.meeting_id, posting_id = r.posting_id, decision_id = r.decision_id, version = r.version, updated_at = :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, version integer, stage text, surveyor_id uuid, not_reached_reason text, review_id uuid, meeting_id uuid,
    posting_id uuid, decision_id uuid
)
WHERE review_case.id = r.id
