-- in: :rows [{entity, record_id, area_id, household_id, version, op, reason, into_id}]
-- out: nothing. Rows get their place in the feed after commit (feed.number).
-- locks: nothing but the new rows
INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op, reason, into_id)
SELECT r.entity, r.record_id, r.area_id, r.household_id, r.version, r.op, r.reason, r.into_id
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    entity text, record_id uuid, area_id uuid, household_id uuid, version integer, op text, reason text, into_id uuid
)
