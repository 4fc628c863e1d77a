-- in: :rows [{household_id}], :day of the decision
-- out: how many of the households have a class that starts on this day or later
-- locks: nothing; the caller holds the households
SELECT count(DISTINCT r.household_id)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS named (household_id uuid)
JOIN recognition r ON r.household_id = named.household_id
WHERE lower(r.days) >= :day
