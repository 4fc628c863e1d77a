-- Who took part, by the day, in a training of staff that was held in the year of the day, up to it. `first_of_officer`:
-- of an officer for poverty reduction the first training of the year there. Trainees are written down by name, so
-- whoever has the same name and sex is taken for one person.
CREATE FUNCTION trainee_facts(areas uuid[], day date, known timestamptz)
RETURNS TABLE (participant_id uuid, area_id uuid, category text, sex text, first_of_officer boolean)
LANGUAGE sql STABLE AS $$
SELECT took.id, took.area_id, took.category, took.sex,
    took.poverty_officer AND row_number() OVER (
        PARTITION BY took.area_id, took.poverty_officer, took.name, took.sex ORDER BY took.on_day, took.id
    ) = 1
FROM (
    SELECT p.id, i.area_id, stood.fields ->> 'category' AS category, p.outsider ->> 'sex' AS sex, held.on_day,
        lower(p.outsider ->> 'name') AS name,
        coalesce((stood.fields ->> 'poverty_officer')::boolean, false) AS poverty_officer
    FROM intervention i
    CROSS JOIN LATERAL (
        SELECT min(s.taken_on) AS on_day FROM intervention_step s
        WHERE s.intervention_id = i.id AND s.step = 'hold' AND s.recorded_at < $3 AND (s.undone_at IS NULL OR s.undone_at >= $3)
    ) AS held
    JOIN participant p ON p.intervention_id = i.id AND p.role = 'trainee' AND p.created_at < $3 AND p.joined_on <= $2
        AND ((p.version = 1 AND p.state = 'enrolled') OR took_part(p.id, $2, $3))
    CROSS JOIN LATERAL (SELECT fields_at(p.id, p.fields, p.updated_at, read_at(p.created_at, $2, $3)) AS fields) AS stood
    WHERE i.kind = 'staff_training' AND i.area_id = ANY ($1) AND held.on_day BETWEEN date_trunc('year', $2)::date AND $2
) AS took
$$
