-- in: :rows, one object per member (all fields, name keys, personal_id sealed, id, version), :at
-- out: nothing. pk_member where somebody else was faster.
-- locks: the new rows, and their households FOR KEY SHARE
INSERT INTO member (
    id, household_id, full_name, name_folded, name_toned, name_sort, sex, birth_date, birth_year,
    relation_to_head, ethnicity, personal_id_sealed, personal_id_index, personal_id_last4, schooling,
    right_level, qualification, labour_status, labour_contract, occupation, health_insurance, social_allowance,
    pension, merit_person, disability, nutrition, left_on, left_reason, version, created_at, updated_at
)
SELECT
    r.id, r.household_id, r.full_name, r.name_folded, r.name_toned, r.name_sort, r.sex, r.birth_date,
    r.birth_year, r.relation_to_head, r.ethnicity, decode(r.personal_id ->> 'sealed', 'base64'),
    decode(r.personal_id ->> 'index', 'hex'), r.personal_id ->> 'last4', r.schooling, r.right_level,
    r.qualification, r.labour_status, r.labour_contract, r.occupation, r.health_insurance, r.social_allowance,
    r.pension, r.merit_person, r.disability, r.nutrition, r.left_on, r.left_reason, r.version, :at, :at
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id uuid, household_id uuid, full_name text, name_folded text, name_toned text, name_sort text, sex text,
    birth_date date, birth_year integer, relation_to_head text, ethnicity text, personal_id json, schooling
    text, right_level boolean, qualification text, labour_status text, labour_contract boolean, occupation text,
    health_insurance boolean, social_allowance boolean, pension boolean, merit_person boolean, disability text,
    nutrition text, left_on date, left_reason text, version integer
)
