-- What was true of each person of the households of household_found, on the same days and with the same knowledge.
-- in: household_found, a part of the statement this stands in; :days, :known
-- out: one row per person and day. Ages count from the birth date, or from 1 January of the birth year. `needs` and
--     `received` are those of the person, in whatever household they were then. Who died or left is gone from that day
--     on, whenever it was recorded
-- locks: nothing
WITH home AS MATERIALIZED (
    SELECT household_id AS id, as_of AS day, head_member_id, registered_before, day_over(as_of) AS over,
        date_trunc('year', as_of)::date AS new_year
    FROM household_found
), house AS MATERIALIZED (
    SELECT id, min(over) AS over FROM home GROUP BY id
), lived AS MATERIALIZED (
    SELECT m.id, house.id AS household_id FROM house JOIN member m ON m.household_id = house.id
    UNION
    -- who lived there then, and was moved to another household since (ix_record_version_left_household)
    SELECT v.record_id, house.id
    FROM house JOIN record_version v ON v.change ? 'household_id' AND v.change -> 'household_id' ->> 0 = CAST(house.id AS text)
        AND v.changed_at >= least(house.over, :known)
), known_person AS MATERIALIZED (
    SELECT home.day, home.over, home.new_year, home.id AS home_id, home.head_member_id, m.id, m.sex,
        m.ethnicity, m.relation_to_head, m.merit_person, m.disability, m.health_insurance, m.schooling,
        m.right_level, m.labour_status, m.labour_contract, m.nutrition, stood.was, born.day AS born
    FROM lived
    JOIN home ON home.id = lived.household_id
    JOIN member m ON m.id = lived.id
    CROSS JOIN LATERAL (SELECT read_at(m.created_at, home.day, :known) AS moment) AS at
    CROSS JOIN LATERAL (
        SELECT CASE WHEN m.updated_at >= at.moment THEN values_at(m.id, at.moment) END AS was
        OFFSET 0  -- once a row, and not wherever it is named
    ) AS stood
    CROSS JOIN LATERAL (
        SELECT coalesce(
            CAST(stood.was ->> 'birth_date' AS date),
            CASE WHEN NOT coalesce(stood.was ? 'birth_date', false) THEN m.birth_date END,
            make_date(coalesce(CAST(stood.was ->> 'birth_year' AS integer), m.birth_year), 1, 1)
        ) AS day
    ) AS born
    WHERE CASE WHEN coalesce(CAST(stood.was ->> 'household_id' AS uuid), m.household_id) = home.id THEN
        m.created_at < least(greatest(home.over, home.registered_before), :known)
        AND CASE
            WHEN m.updated_at >= :known THEN coalesce(left_as_known(m.id, m.left_on, :known) > home.day, true)
            ELSE m.left_on IS NULL OR m.left_on > home.day
        END
        AND (born.day IS NULL OR born.day <= home.day)
    END
), somebody AS MATERIALIZED (
    SELECT DISTINCT id FROM known_person
), low_income AS (
    SELECT DISTINCT p.id, p.day
    FROM living_standard_recognition l
    JOIN known_person p ON p.id = l.member_id AND (l.days @> p.day OR (l.ended_at >= :known AND l.began_on <= p.day))
    WHERE l.kind = 'low_income_worker' AND l.recorded_at < :known
), need AS MATERIALIZED (
    SELECT n.member_id, n.kind, n.noted_on, n.state, n.ended_on, n.updated_at
    FROM support_need n JOIN somebody ON somebody.id = n.member_id WHERE n.created_at < :known
), needed AS (
    SELECT p.id, p.day, p.home_id, array_agg(DISTINCT n.kind) AS needs
    FROM known_person p
    JOIN need n ON n.member_id = p.id AND n.noted_on <= p.day
        AND (
            n.state = 'open' OR n.updated_at >= :known
            OR CASE n.state WHEN 'met' THEN n.ended_on >= p.new_year ELSE n.ended_on > p.day END
        )
    GROUP BY p.id, p.day, p.home_id
), given AS MATERIALIZED (
    SELECT d.member_id, d.delivered_on, i.kind
    FROM delivery d
    JOIN somebody ON somebody.id = d.member_id
    JOIN intervention i ON i.id = d.intervention_id
    WHERE d.outcome = 'delivered' AND d.created_at < :known AND (d.reversed_at IS NULL OR d.reversed_at >= :known)
), taking AS MATERIALIZED (
    SELECT p.id, p.member_id, p.joined_on, p.version, p.state, i.kind
    FROM participant p
    JOIN somebody ON somebody.id = p.member_id
    JOIN intervention i ON i.id = p.intervention_id
    WHERE p.created_at < :known
), received AS (
    SELECT got.id, got.day, got.home_id, array_agg(DISTINCT got.kind) AS received
    FROM (
        SELECT p.id, p.day, p.home_id, d.kind
        FROM known_person p JOIN given d ON d.member_id = p.id AND d.delivered_on BETWEEN p.new_year AND p.day
        UNION ALL
        SELECT p.id, p.day, p.home_id, t.kind
        FROM known_person p
        JOIN taking t ON t.member_id = p.id AND t.joined_on <= p.day
            AND ((t.version = 1 AND t.state = 'enrolled') OR took_part(t.id, p.day, :known))
    ) AS got
    GROUP BY got.id, got.day, got.home_id
)
SELECT p.day AS as_of, p.home_id AS household_id, p.id AS member_id, low_income.id IS NOT NULL AS low_income_worker,
    coalesce(p.head_member_id = p.id, coalesce(p.was ->> 'relation_to_head', p.relation_to_head) = 'head') AS is_head,
    coalesce(p.was ->> 'sex', p.sex) AS sex, coalesce(p.was ->> 'ethnicity', p.ethnicity) AS ethnicity,
    CAST(extract(year FROM age(p.day, p.born)) AS integer) AS age,
    CAST(extract(year FROM age(p.day, p.born)) * 12 + extract(month FROM age(p.day, p.born)) AS integer) AS age_months,
    -- the school year of a day begins on 1 September (domain.md 10.6)
    CAST(extract(year FROM p.day) - CAST(extract(month FROM p.day) < 9 AS integer) - extract(year FROM p.born) AS integer)
    AS school_age,
    coalesce(CAST(p.was ->> 'merit_person' AS boolean), p.merit_person) AS merit_person,
    coalesce(p.was ->> 'disability', p.disability) AS disability,
    CASE WHEN p.was ? 'health_insurance' THEN CAST(p.was ->> 'health_insurance' AS boolean) ELSE p.health_insurance END
    AS health_insurance,
    CASE WHEN p.was ? 'schooling' THEN p.was ->> 'schooling' ELSE p.schooling END AS schooling,
    CASE WHEN p.was ? 'right_level' THEN CAST(p.was ->> 'right_level' AS boolean) ELSE p.right_level END AS right_level,
    CASE WHEN p.was ? 'labour_status' THEN p.was ->> 'labour_status' ELSE p.labour_status END AS labour_status,
    CASE WHEN p.was ? 'labour_contract' THEN CAST(p.was ->> 'labour_contract' AS boolean) ELSE p.labour_contract END
    AS labour_contract,
    CASE WHEN p.was ? 'nutrition' THEN p.was ->> 'nutrition' ELSE p.nutrition END AS nutrition,
    coalesce(needed.needs, '{}') AS needs, coalesce(received.received, '{}') AS received
FROM known_person p
LEFT JOIN low_income ON low_income.id = p.id AND low_income.day = p.day
LEFT JOIN needed ON needed.id = p.id AND needed.day = p.day AND needed.home_id = p.home_id
LEFT JOIN received ON received.id = p.id AND received.day = p.day AND received.home_id = p.home_id
