-- in: a row for each household, binary, the columns in this order (stored.py)
-- out: nothing. pk_household or uq_household_hamlet_no where somebody else was faster.
-- locks: the new rows
COPY household (
    id, hamlet_id, household_no, address, phone, note, residence, head_member_id, no_labour_capacity,
    no_labour_capacity_ground, status, merged_into, version, created_at, updated_at
) FROM STDIN (FORMAT BINARY)
