-- in: :rows, one object per household (all fields, id, version), :at
-- out: nothing. uq_household_hamlet_no where somebody else was faster.
-- locks: the rows, which the caller holds already
UPDATE household AS h
SET
    hamlet_id = r.hamlet_id, household_no = r.household_no, address = r.address, phone = r.phone, note = r.note,
    residence = r.residence, head_member_id = r.head_member_id, no_labour_capacity = r.no_labour_capacity,
    no_labour_capacity_ground = r.no_labour_capacity_ground, status = r.status, merged_into = r.merged_into,
    version = r.version, updated_at = :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, hamlet_id uuid, household_no text, address text, phone text, note text, residence text,
    head_member_id uuid, no_labour_capacity boolean, no_labour_capacity_ground text, status text, merged_into uuid,
    version integer
)
WHERE h.id = r.id
