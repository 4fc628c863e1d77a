-- in: :rows [{household_id, poverty_class}], :day and :decision_id, :at when it is recorded
-- out: nothing. A class on the same days violates ex_recognition_days.
-- locks: the new rows; their households FOR KEY SHARE
INSERT INTO recognition (id, household_id, decision_id, poverty_class, days, recorded_at)
SELECT gen_random_uuid(), named.household_id, :decision_id, named.poverty_class, daterange(:day, NULL), :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS named (household_id uuid, poverty_class text)
