-- in: :rows [{household_id, member_id, kind}], :day of the decision, :at when it is recorded
-- out: nothing; the recognition in force ends the day before (ranges are half open)
-- locks: the recognitions it closes
UPDATE living_standard_recognition
SET began_on = lower(living_standard_recognition.days), ended_at = :at,
    days = daterange(lower(living_standard_recognition.days), :day)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (household_id uuid, member_id uuid, kind text)
WHERE living_standard_recognition.household_id = r.household_id
    AND living_standard_recognition.kind = r.kind
    AND living_standard_recognition.member_id IS NOT DISTINCT FROM r.member_id
    AND living_standard_recognition.days @> CAST(:day AS date)
    AND lower(living_standard_recognition.days) < :day
