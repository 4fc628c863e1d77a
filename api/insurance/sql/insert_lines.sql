-- in: :list_id, :rows [{position, household_id, member_id, change, reason, policy, group_code, valid_from}]
-- out: nothing; the list has these lines
-- locks: nothing; the caller holds the list
INSERT INTO insurance_line (list_id, position, household_id, member_id, change, reason, policy, group_code, valid_from)
SELECT :list_id, r.position, r.household_id, r.member_id, r.change, r.reason, r.policy, r.group_code, r.valid_from
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    position integer, household_id uuid, member_id uuid, change text, reason text, policy text, group_code text,
    valid_from date
)
