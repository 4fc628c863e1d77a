-- in: :rows, one object per member (all fields, name keys, personal_id sealed, id, version), :at
-- out: nothing
-- locks: the rows, which the caller holds already
UPDATE member AS m
SET
    household_id = r.household_id, full_name = r.full_name, name_folded = r.name_folded, name_toned =
    r.name_toned, name_sort = r.name_sort, sex = r.sex, birth_date = r.birth_date, birth_year = r.birth_year,
    relation_to_head = r.relation_to_head, ethnicity = r.ethnicity, personal_id_sealed = decode(r.personal_id
    ->> 'sealed', 'base64'), personal_id_index = decode(r.personal_id ->> 'index', 'hex'), personal_id_last4 =
    r.personal_id ->> 'last4', schooling = r.schooling, right_level = r.right_level, qualification =
    r.qualification, labour_status = r.labour_status, labour_contract = r.labour_contract, occupation =
    r.occupation, health_insurance = r.health_insurance, social_allowance = r.social_allowance, pension =
    r.pension, merit_person = r.merit_person, disability = r.disability, nutrition = r.nutrition, left_on =
    r.left_on, left_reason = r.left_reason, version = r.version, updated_at = :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, household_id uuid, full_name text, name_folded text, name_toned text, name_sort text, sex text,
    birth_date date, birth_year integer, relation_to_head text, ethnicity text, personal_id jsonb, schooling
    text, right_level boolean, qualification text, labour_status text, labour_contract boolean, occupation text,
    health_insurance boolean, social_allowance boolean, pension boolean, merit_person boolean, disability text,
    nutrition text, left_on date, left_reason text, version integer
)
WHERE m.id = r.id
