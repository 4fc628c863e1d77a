-- What was true of each person of one household of household_facts on a day; its head and the moment its first day was
-- over go in, and the same day and moment of knowledge.
-- Ages count from the birth date, or from 1 January of the birth year. `needs` and `received` are those of the person,
-- in whatever household they were then. Who died or left is gone from that day on, whenever it was recorded.
CREATE FUNCTION person_facts(household uuid, day date, known timestamptz, head uuid, registered_before timestamptz)
RETURNS TABLE (
    member_id uuid, low_income_worker boolean, is_head boolean, sex text, ethnicity text, age integer,
    age_months integer, school_age integer, merit_person boolean, disability text, health_insurance boolean,
    social_allowance boolean, schooling text, right_level boolean, qualification text, labour_status text,
    labour_contract boolean, nutrition text, needs text[], received text[]
)
LANGUAGE sql STABLE AS $$
SELECT m.id,
    EXISTS (
        SELECT FROM living_standard_recognition l
        WHERE l.member_id = m.id AND l.kind = 'low_income_worker' AND l.recorded_at < $3
            AND (l.days @> $2 OR (l.ended_at >= $3 AND l.began_on <= $2))
    ),
    coalesce($4 = m.id, coalesce(known.was ->> 'relation_to_head', m.relation_to_head) = 'head'),
    coalesce(known.was ->> 'sex', m.sex), coalesce(known.was ->> 'ethnicity', m.ethnicity),
    extract(year FROM age($2, born.day))::integer,
    (extract(year FROM age($2, born.day)) * 12 + extract(month FROM age($2, born.day)))::integer,
    -- the school year of a day begins on 1 September (domain.md 10.6)
    (extract(year FROM $2) - (extract(month FROM $2) < 9)::integer - extract(year FROM born.day))::integer,
    coalesce((known.was ->> 'merit_person')::boolean, m.merit_person),
    coalesce(known.was ->> 'disability', m.disability),
    CASE WHEN known.was ? 'health_insurance' THEN (known.was ->> 'health_insurance')::boolean ELSE m.health_insurance END,
    CASE WHEN known.was ? 'social_allowance' THEN (known.was ->> 'social_allowance')::boolean ELSE m.social_allowance END,
    CASE WHEN known.was ? 'schooling' THEN known.was ->> 'schooling' ELSE m.schooling END,
    CASE WHEN known.was ? 'right_level' THEN (known.was ->> 'right_level')::boolean ELSE m.right_level END,
    CASE WHEN known.was ? 'qualification' THEN known.was ->> 'qualification' ELSE m.qualification END,
    CASE WHEN known.was ? 'labour_status' THEN known.was ->> 'labour_status' ELSE m.labour_status END,
    CASE WHEN known.was ? 'labour_contract' THEN (known.was ->> 'labour_contract')::boolean ELSE m.labour_contract END,
    CASE WHEN known.was ? 'nutrition' THEN known.was ->> 'nutrition' ELSE m.nutrition END,
    ARRAY(
        SELECT DISTINCT n.kind FROM support_need n
        WHERE n.member_id = m.id AND n.created_at < $3 AND n.noted_on <= $2
            AND (
                n.state = 'open' OR n.updated_at >= $3
                OR CASE n.state WHEN 'met' THEN n.ended_on >= date_trunc('year', $2)::date ELSE n.ended_on > $2 END
            )
    ),
    ARRAY(
        SELECT i.kind FROM delivery d JOIN intervention i ON i.id = d.intervention_id
        WHERE d.member_id = m.id AND d.outcome = 'delivered' AND d.created_at < $3
            AND d.delivered_on BETWEEN date_trunc('year', $2)::date AND $2
            AND (d.reversed_at IS NULL OR d.reversed_at >= $3)
        UNION
        SELECT i.kind FROM participant p JOIN intervention i ON i.id = p.intervention_id
        WHERE p.member_id = m.id AND p.created_at < $3 AND p.joined_on <= $2
            AND ((p.version = 1 AND p.state = 'enrolled') OR took_part(p.id, $2, $3))
    )
FROM (
    SELECT one.id FROM member one WHERE one.household_id = $1
    UNION
    -- who lived there then, and was moved to another household since (ix_record_version_left_household)
    SELECT v.record_id FROM record_version v
    WHERE v.change ? 'household_id' AND v.change -> 'household_id' ->> 0 = $1::text
        AND v.changed_at >= least(day_over($2), $3)
) AS lived
JOIN member m ON m.id = lived.id
CROSS JOIN LATERAL (
    SELECT CASE WHEN m.updated_at >= at.moment THEN values_at(m.id, at.moment) END AS was
    FROM (SELECT read_at(m.created_at, $2, $3) AS moment) AS at
) AS known
CROSS JOIN LATERAL (
    SELECT coalesce(
        (known.was ->> 'birth_date')::date, CASE WHEN NOT coalesce(known.was ? 'birth_date', false) THEN m.birth_date END,
        make_date(coalesce((known.was ->> 'birth_year')::integer, m.birth_year), 1, 1)
    ) AS day
) AS born
WHERE coalesce((known.was ->> 'household_id')::uuid, m.household_id) = $1
    AND m.created_at < least(greatest(day_over($2), $5), $3)
    AND CASE
        WHEN m.updated_at >= $3 THEN coalesce(left_as_known(m.id, m.left_on, $3) > $2, true)
        ELSE m.left_on IS NULL OR m.left_on > $2
    END
    AND (born.day IS NULL OR born.day <= $2)
$$
