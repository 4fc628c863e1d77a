-- What was true of each intervention of some areas (hamlets and communes) on a day. `started_on`: the first step that
-- began it; `alive_12_months`: what the check after a year found (null: not checked yet). Its fields are read as they
-- stood when the day was over, or at the end of its first day.
CREATE FUNCTION intervention_facts(areas uuid[], day date, known timestamptz)
RETURNS TABLE (
    intervention_id uuid, area_id uuid, kind text, replicates boolean, started_on date, alive_12_months boolean,
    replicated boolean
)
LANGUAGE sql STABLE AS $$
SELECT i.id, i.area_id, i.kind, coalesce(stood.fields ->> 'replicates', '') <> '',
    (
        SELECT min(s.taken_on) FROM intervention_step s
        WHERE s.intervention_id = i.id AND s.step IN ('start', 'hold', 'open') AND s.taken_on <= $2
            AND s.recorded_at < $3 AND (s.undone_at IS NULL OR s.undone_at >= $3)
    ),
    (checked.fields ->> 'alive')::boolean, coalesce((checked.fields ->> 'replicated')::boolean, false)
FROM intervention i
CROSS JOIN LATERAL (SELECT fields_at(i.id, i.fields, i.updated_at, read_at(i.created_at, $2, $3)) AS fields) AS stood
LEFT JOIN LATERAL (
    SELECT s.fields FROM intervention_step s
    WHERE s.intervention_id = i.id AND s.step = 'check_12_months' AND s.taken_on <= $2
        AND s.recorded_at < $3 AND (s.undone_at IS NULL OR s.undone_at >= $3)
    ORDER BY s.position DESC LIMIT 1
) AS checked ON true
WHERE i.area_id = ANY ($1) AND i.created_at < $3
$$
