-- in: :rows [{household_id, poverty_class}], :day of the decision, :at when it is recorded
-- out: nothing; of households poor or near-poor from this day the recognitions of the third path end the day before
-- locks: the recognitions it ends; the caller holds the households
UPDATE living_standard_recognition
SET began_on = lower(living_standard_recognition.days), ended_at = :at,
    days = daterange(lower(living_standard_recognition.days), greatest(CAST(:day AS date), lower(living_standard_recognition.days)))
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (household_id uuid, poverty_class text)
WHERE living_standard_recognition.household_id = r.household_id
    AND r.poverty_class IN ('poor', 'near_poor')
    AND upper_inf(living_standard_recognition.days) AND NOT isempty(living_standard_recognition.days)
