-- in: :rows [{id, household_id, hamlet_id, kind, received_on, reason, version}], :at
-- out: nothing. An id that exists already violates pk_request.
-- locks: the new rows; their households and hamlets FOR KEY SHARE
INSERT INTO request (id, household_id, hamlet_id, kind, received_on, reason, version, created_at, updated_at)
SELECT r.id, r.household_id, r.hamlet_id, r.kind, r.received_on, r.reason, r.version, :at, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, household_id uuid, hamlet_id uuid, kind text, received_on date, reason text, version integer
)
