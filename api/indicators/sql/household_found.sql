-- What was true of each household of some hamlets on each of some days: its class, last review, needs, what it received.
-- in: :areas, the hamlets (a household is where it stood on the day); :days; :known, only what was recorded before that
--     moment ('infinity': all that is recorded); :months, how long a household counts as newly escaped
-- out: one row per household and day (as_of). Classes, moves, reviews, needs, loans and deliveries count by their own
--     days. A record (status, head, ...) is read as it stood when the day was over; one that was registered later, as it
--     stood at the end of its first day. So no later edit changes what is counted for a day that has passed.
-- locks: nothing
-- Every table is read once for all households and days: looked up per household and day it cost ten times as much.
-- CASE around a condition: the planner would take a comparison of something computed for one that nearly nobody meets,
-- and then go through a list for each row of another one.
WITH RECURSIVE asked AS (
    SELECT day, day_over(day) AS over, date_trunc('year', day)::date AS new_year
    FROM unnest(CAST(:days AS date[])) AS given (day)
), merged AS (
    SELECT asked.day, m.absorbed_id, m.survivor_id
    FROM household_merge m
    JOIN household a ON a.id = m.absorbed_id
    CROSS JOIN asked
    CROSS JOIN LATERAL (SELECT read_at(a.created_at, asked.day, :known) AS moment) AS at
    WHERE m.merged_at < at.moment AND (m.undone_at IS NULL OR m.undone_at >= at.moment)
), followed AS (
    SELECT day, absorbed_id AS id, survivor_id AS home FROM merged
    UNION
    SELECT followed.day, followed.id, merged.survivor_id
    FROM followed JOIN merged ON merged.absorbed_id = followed.home AND merged.day = followed.day
), near AS MATERIALIZED (
    -- those that lie there, and those that left it for another hamlet
    SELECT h.id, h.hamlet_id, h.no_labour_capacity, h.head_member_id, h.status, h.created_at, h.updated_at,
        day_over(CAST(h.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) AS first_day_over
    FROM (
        SELECT id FROM household WHERE hamlet_id = ANY (CAST(:areas AS uuid[]))
        UNION
        SELECT v.record_id FROM record_version v
        WHERE v.change ? 'hamlet_id' AND v.change -> 'hamlet_id' ->> 0 = ANY (CAST(CAST(:areas AS uuid[]) AS text[]))
    ) AS here
    JOIN household h ON h.id = here.id
    WHERE h.created_at < :known
), class AS MATERIALIZED (
    SELECT r.household_id, r.decision_id, r.poverty_class, r.days, lower(r.days) AS since, r.recorded_at,
        lag(r.poverty_class) OVER (PARTITION BY r.household_id ORDER BY lower(r.days)) AS class_before
    FROM recognition r JOIN near ON near.id = r.household_id
), class_of_day AS (
    SELECT DISTINCT ON (r.household_id, asked.day) r.household_id, asked.day, r.poverty_class
    FROM class r JOIN asked ON r.since <= asked.day
    WHERE r.recorded_at < :known
        -- what was closed by a decision recorded later is still in force to whoever does not know of it
        AND (upper_inf(r.days) OR upper(r.days) > asked.day OR CAST(:known AS timestamptz) < 'infinity')
    ORDER BY r.household_id, asked.day, r.since DESC
), move AS MATERIALIZED (
    SELECT m.* FROM household_move m JOIN near ON near.id = m.household_id
), stood AS MATERIALIZED (
    SELECT asked.day, asked.over, asked.new_year, near.id, place.hamlet_id, c.poverty_class, near.first_day_over,
        coalesce(CAST(known.was ->> 'no_labour_capacity' AS boolean), near.no_labour_capacity) AS no_labour_capacity,
        CASE WHEN known.was ? 'head_member_id' THEN CAST(known.was ->> 'head_member_id' AS uuid) ELSE near.head_member_id END
        AS head_member_id
    FROM near
    CROSS JOIN asked
    CROSS JOIN LATERAL (SELECT least(greatest(asked.over, near.first_day_over), :known) AS moment) AS at
    CROSS JOIN LATERAL (
        SELECT CASE WHEN near.updated_at >= at.moment THEN values_at(near.id, at.moment) END AS was
        OFFSET 0  -- once a row, and not wherever it is named
    ) AS known
    CROSS JOIN LATERAL (
        SELECT coalesce(
            -- a move that was recorded later, and had happened by then
            CASE WHEN near.id IN (SELECT household_id FROM move) THEN (
                SELECT m.to_hamlet_id FROM move m
                WHERE m.household_id = near.id AND m.moved_on <= asked.day AND m.recorded_at >= at.moment
                    AND m.recorded_at < :known
                ORDER BY m.recorded_at DESC, m.id LIMIT 1
            ) END,
            CAST(known.was ->> 'hamlet_id' AS uuid), near.hamlet_id
        ) AS hamlet_id
    ) AS place
    LEFT JOIN class_of_day c ON c.household_id = near.id AND c.day = asked.day
    WHERE CASE WHEN place.hamlet_id = ANY (CAST(:areas AS uuid[])) THEN
        coalesce(known.was ->> 'status', near.status) = 'active'
        -- registered later: only where a decision of that day or before gave it a class
        AND (near.created_at < asked.over OR c.poverty_class IS NOT NULL)
    END
), called AS MATERIALIZED (
    -- a household by its own id and by those that had been merged into it by then: what hangs on them is its own
    SELECT day, over, new_year, id, id AS name FROM stood
    UNION ALL
    SELECT stood.day, stood.over, stood.new_year, stood.id, followed.id
    FROM followed JOIN stood ON stood.id = followed.home AND stood.day = followed.day
), name AS MATERIALIZED (
    -- all of these, some twice
    SELECT id FROM near
    UNION ALL
    SELECT id FROM followed WHERE home IN (SELECT id FROM near)
), escaped AS (
    SELECT DISTINCT r.household_id, asked.day
    FROM class r JOIN asked ON r.since <= asked.day AND CAST(r.since + make_interval(months => :months) AS date) >= asked.day
    WHERE r.poverty_class <> 'poor' AND r.class_before = 'poor' AND r.recorded_at < :known
), average AS (
    SELECT DISTINCT l.household_id, asked.day
    FROM living_standard_recognition l
    JOIN name ON name.id = l.household_id
    JOIN asked ON l.days @> asked.day OR (l.ended_at >= :known AND l.began_on <= asked.day)
    WHERE l.kind = 'agri_average_living_standard' AND l.recorded_at < :known
), moved AS (
    SELECT line.household_id, asked.day, array_agg(DISTINCT line.movement) AS movements
    FROM class given
    JOIN decision_household line ON line.decision_id = given.decision_id AND line.household_id = given.household_id
    JOIN recognition_decision d ON d.id = line.decision_id
    JOIN asked ON d.decided_on BETWEEN asked.new_year AND asked.day
    WHERE given.recorded_at < :known
    GROUP BY line.household_id, asked.day
), answer AS MATERIALIZED (
    SELECT v.id, v.household_id, v.deprivations, v.undetermined, v.causes, v.needs, v.surveyed_on, v.in_force,
        v.created_at, v.updated_at
    FROM review v
    JOIN name ON name.id = v.household_id
    JOIN review_round round ON round.id = v.round_id AND round.kind <> 'training'
    WHERE v.created_at < :known
), last_review AS (
    SELECT DISTINCT ON (called.id, called.day) called.id AS household_id, called.day, v.id, v.deprivations, v.undetermined,
        v.causes, v.needs
    FROM called
    JOIN answer v ON v.household_id = called.name
    CROSS JOIN LATERAL (SELECT read_at(v.created_at, called.day, :known) AS moment) AS at
    WHERE v.surveyed_on <= called.day
        AND CASE
            WHEN v.updated_at < at.moment THEN v.in_force
            ELSE coalesce(CAST(values_at(v.id, at.moment) ->> 'in_force' AS boolean), v.in_force)
        END
    ORDER BY called.id, called.day, v.surveyed_on DESC, v.created_at DESC, v.id
), need AS MATERIALIZED (
    SELECT n.household_id, n.kind, n.noted_on, n.state, n.ended_on, n.updated_at
    FROM support_need n JOIN name ON name.id = n.household_id WHERE n.created_at < :known
), needed AS (
    SELECT called.id AS household_id, called.day, array_agg(DISTINCT n.kind) AS needs
    FROM called
    JOIN need n ON n.household_id = called.name AND n.noted_on <= called.day
        -- it ends once, with its second version
        AND (
            n.state = 'open' OR n.updated_at >= :known
            OR CASE n.state WHEN 'met' THEN n.ended_on >= called.new_year ELSE n.ended_on > called.day END
        )
    GROUP BY called.id, called.day
), debt AS MATERIALIZED (
    SELECT b.id, b.household_id, b.lent_on, b.version, b.state
    FROM loan b JOIN name ON name.id = b.household_id WHERE b.created_at < :known
), borrower AS (
    SELECT DISTINCT called.id AS household_id, called.day
    FROM called
    JOIN debt b ON b.household_id = called.name AND b.lent_on <= called.day
        AND ((b.version = 1 AND b.state IN ('active', 'overdue')) OR owed(b.id, called.day, :known))
), given AS MATERIALIZED (
    SELECT d.household_id, d.delivered_on, i.kind
    FROM delivery d
    JOIN name ON name.id = d.household_id
    JOIN intervention i ON i.id = d.intervention_id
    WHERE d.outcome = 'delivered' AND d.created_at < :known AND (d.reversed_at IS NULL OR d.reversed_at >= :known)
), taking AS MATERIALIZED (
    SELECT p.id, p.household_id, p.joined_on, p.version, p.state, i.kind
    FROM participant p
    JOIN name ON name.id = p.household_id
    JOIN intervention i ON i.id = p.intervention_id
    WHERE p.created_at < :known
), received AS (
    SELECT got.id AS household_id, got.day, array_agg(DISTINCT got.kind) AS received
    FROM (
        SELECT called.id, called.day, d.kind
        FROM called JOIN given d ON d.household_id = called.name AND d.delivered_on BETWEEN called.new_year AND called.day
        UNION ALL
        SELECT called.id, called.day, p.kind
        FROM called
        JOIN taking p ON p.household_id = called.name AND p.joined_on <= called.day
            AND ((p.version = 1 AND p.state = 'enrolled') OR took_part(p.id, called.day, :known))
    ) AS got
    GROUP BY got.id, got.day
)
SELECT stood.day AS as_of, stood.id AS household_id, stood.hamlet_id, stood.poverty_class,
    stood.poverty_class IS DISTINCT FROM 'poor' AND escaped.day IS NOT NULL AS newly_escaped,
    average.day IS NOT NULL AS average_living_standard, stood.no_labour_capacity, stood.head_member_id,
    stood.first_day_over AS registered_before, coalesce(moved.movements, '{}') AS movements, v.id AS review_id,
    v.deprivations, v.undetermined, v.causes, v.needs AS wishes, coalesce(needed.needs, '{}') AS needs,
    borrower.day IS NOT NULL AS borrows, coalesce(received.received, '{}') AS received
FROM stood
LEFT JOIN escaped ON escaped.household_id = stood.id AND escaped.day = stood.day
LEFT JOIN average ON average.household_id = stood.id AND average.day = stood.day
LEFT JOIN moved ON moved.household_id = stood.id AND moved.day = stood.day
LEFT JOIN last_review v ON v.household_id = stood.id AND v.day = stood.day
LEFT JOIN needed ON needed.household_id = stood.id AND needed.day = stood.day
LEFT JOIN borrower ON borrower.household_id = stood.id AND borrower.day = stood.day
LEFT JOIN received ON received.household_id = stood.id AND received.day = stood.day
