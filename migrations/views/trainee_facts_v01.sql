-- Who took part, by the day, in a training of staff that was held in the year of the day, up to it.
CREATE FUNCTION trainee_facts(areas uuid[], day date, known timestamptz)
RETURNS TABLE (participant_id uuid, area_id uuid, category text, sex text, poverty_officer boolean)
LANGUAGE sql STABLE AS $$
SELECT p.id, i.area_id, stood.fields ->> 'category', p.outsider ->> 'sex',
    coalesce((stood.fields ->> 'poverty_officer')::boolean, false)
FROM intervention i
CROSS JOIN LATERAL (
    SELECT min(s.taken_on) AS on_day FROM intervention_step s
    WHERE s.intervention_id = i.id AND s.step = 'hold' AND s.recorded_at < $3 AND (s.undone_at IS NULL OR s.undone_at >= $3)
) AS held
JOIN participant p ON p.intervention_id = i.id AND p.role = 'trainee' AND p.created_at < $3 AND p.joined_on <= $2
    AND ((p.version = 1 AND p.state = 'enrolled') OR took_part(p.id, $2, $3))
CROSS JOIN LATERAL (SELECT fields_at(p.id, p.fields, p.updated_at, read_at(p.created_at, $2, $3)) AS fields) AS stood
WHERE i.kind = 'staff_training' AND i.area_id = ANY ($1) AND held.on_day BETWEEN date_trunc('year', $2)::date AND $2
$$
