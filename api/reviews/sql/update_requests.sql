-- in: :rows [{id, household_id, hamlet_id, kind, received_on, reason, version}], :at
-- out: nothing
-- locks: the rows named, which the caller holds FOR UPDATE already
UPDATE request
SET household_id = r.household_id, hamlet_id = r.hamlet_id, kind = r.kind, received_on = r.received_on,
    reason = r.reason, version = r.version, updated_at = :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, household_id uuid, hamlet_id uuid, kind text, received_on date, reason text, version integer
)
WHERE request.id = r.id
