-- in: :rows [{id, sheet_id, position, household_id, member_id, quantity, unit, amount_vnd, state, version}]
-- out: nothing. Somebody who stands on the sheet already violates uq_sheet_line_household.
-- locks: the new rows; what they name FOR KEY SHARE
INSERT INTO sheet_line (id, sheet_id, position, household_id, member_id, quantity, unit, amount_vnd, state, version)
SELECT r.id, r.sheet_id, r.position, r.household_id, r.member_id, r.quantity, r.unit, r.amount_vnd, r.state, r.version
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, sheet_id uuid, position integer, household_id uuid, member_id uuid, quantity numeric, unit text,
    amount_vnd bigint, state text, version integer
)
