-- in: :rows [{household_id, member_id, kind}], :day and :decision_id, :at when it is recorded
-- out: nothing; the same kind on the same days violates ex_living_standard_recognition_days
-- locks: the new rows; their households, members and decision FOR KEY SHARE
INSERT INTO living_standard_recognition (id, household_id, member_id, kind, decision_id, days, recorded_at)
SELECT gen_random_uuid(), r.household_id, r.member_id, r.kind, :decision_id, daterange(:day, NULL), :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (household_id uuid, member_id uuid, kind text)
