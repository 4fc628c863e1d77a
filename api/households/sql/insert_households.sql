-- in: :rows, one object per household (all fields, id, version), :at
-- out: nothing. pk_household or uq_household_hamlet_no where somebody else was faster.
-- locks: the new rows
INSERT INTO household (
    id, hamlet_id, household_no, address, phone, note, residence, head_member_id, no_labour_capacity,
    no_labour_capacity_ground, status, merged_into, version, created_at, updated_at
)
SELECT
    r.id, r.hamlet_id, r.household_no, r.address, r.phone, r.note, r.residence, r.head_member_id, r.no_labour_capacity,
    r.no_labour_capacity_ground, r.status, r.merged_into, r.version, :at, :at
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id uuid, hamlet_id uuid, household_no text, address text, phone text, note text, residence text,
    head_member_id uuid, no_labour_capacity boolean, no_labour_capacity_ground text, status text, merged_into uuid,
    version integer
)
