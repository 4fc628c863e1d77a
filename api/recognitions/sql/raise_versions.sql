-- in: :rows [{household_id}], :at
-- out: nothing; the version counts what the wire shows of a household, and that includes its class
-- locks: the households named, which the caller holds already
UPDATE household
SET version = household.version + 1, updated_at = :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS named (household_id uuid)
WHERE household.id = named.household_id
