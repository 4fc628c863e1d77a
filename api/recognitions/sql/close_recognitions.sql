-- in: :rows [{household_id}], :day of the decision
-- out: nothing; the class in force ends the day before (ranges are half open)
-- locks: the recognitions it closes; the caller holds the households
UPDATE recognition
SET days = daterange(lower(recognition.days), :day)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS named (household_id uuid)
WHERE recognition.household_id = named.household_id AND recognition.days @> CAST(:day AS date)
