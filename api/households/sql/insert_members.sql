-- in: a row for each member, binary, the columns in this order (stored.py)
-- out: nothing. pk_member where somebody else was faster.
-- locks: the new rows, and their households FOR KEY SHARE
COPY member (
    id, household_id, full_name, sex, birth_date, birth_year, relation_to_head, ethnicity, schooling, right_level,
    qualification, labour_status, labour_contract, occupation, health_insurance, social_allowance, pension,
    merit_person, disability, nutrition, left_on, left_reason, name_folded, name_toned, name_sort,
    personal_id_sealed, personal_id_index, personal_id_last4, version, created_at, updated_at
) FROM STDIN (FORMAT BINARY)
