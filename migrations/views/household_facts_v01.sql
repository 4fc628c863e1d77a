-- What was true of each household of some hamlets on a day: its class, its last review, its needs, what it received.
-- One SELECT, STABLE: the planner writes it into the query that asks.
--   areas   the hamlets; a household is where it stood on the day
--   day     classes, moves, reviews, needs, loans and deliveries count by their own days
--   known   only what was recorded before this moment ('infinity': all that is recorded)
--   months  how long a household counts as newly escaped
-- A record (status, head, ...) is read as it stood when the day was over; one that was registered later, as it stood at
-- the end of its first day. So no later edit changes what is counted for a day that has passed.
-- `names`: its id and those of the households that had been merged into it by then; what hangs on them is its own.
CREATE FUNCTION household_facts(areas uuid[], day date, known timestamptz, months integer)
RETURNS TABLE (
    household_id uuid, hamlet_id uuid, poverty_class text, newly_escaped boolean, average_living_standard boolean,
    no_labour_capacity boolean, residence text, head_member_id uuid, registered_before timestamptz, movements text[],
    review_id uuid, deprivations text[], undetermined text[], causes text[], wishes text[], needs text[], borrows boolean,
    received text[]
)
LANGUAGE sql STABLE AS $$
WITH RECURSIVE merged AS (
    SELECT m.absorbed_id, m.survivor_id
    FROM household_merge m
    JOIN household a ON a.id = m.absorbed_id
    CROSS JOIN LATERAL (SELECT read_at(a.created_at, $2, $3) AS moment) AS at
    WHERE m.merged_at < at.moment AND (m.undone_at IS NULL OR m.undone_at >= at.moment)
), followed AS (
    SELECT absorbed_id AS id, survivor_id AS home FROM merged
    UNION
    SELECT followed.id, merged.survivor_id FROM followed JOIN merged ON merged.absorbed_id = followed.home
), other AS (
    SELECT home, array_agg(id) AS names FROM followed GROUP BY home
)
SELECT h.id, place.hamlet_id, now_is.poverty_class,
    now_is.poverty_class IS DISTINCT FROM 'poor' AND EXISTS (
        SELECT FROM recognition r
        WHERE r.household_id = h.id AND r.poverty_class <> 'poor' AND r.recorded_at < $3
            AND lower(r.days) <= $2 AND (lower(r.days) + make_interval(months => $4))::date >= $2
            AND (
                SELECT before.poverty_class FROM recognition before
                WHERE before.household_id = h.id AND lower(before.days) < lower(r.days)
                ORDER BY lower(before.days) DESC LIMIT 1
            ) = 'poor'
    ),
    EXISTS (
        SELECT FROM living_standard_recognition l
        WHERE l.household_id = h.id AND l.kind = 'agri_average_living_standard' AND l.recorded_at < $3
            AND (l.days @> $2 OR (l.ended_at >= $3 AND l.began_on <= $2))
    ),
    coalesce((known.was ->> 'no_labour_capacity')::boolean, h.no_labour_capacity),
    coalesce(known.was ->> 'residence', h.residence),
    CASE WHEN known.was ? 'head_member_id' THEN (known.was ->> 'head_member_id')::uuid ELSE h.head_member_id END,
    first_day.over,
    ARRAY(
        SELECT DISTINCT line.movement
        FROM decision_household line
        JOIN recognition given ON given.decision_id = line.decision_id AND given.household_id = line.household_id
            AND given.recorded_at < $3
        JOIN recognition_decision d ON d.id = line.decision_id
        WHERE line.household_id = h.id AND d.decided_on BETWEEN date_trunc('year', $2)::date AND $2
    ),
    last_review.id, last_review.deprivations, last_review.undetermined, last_review.causes, last_review.needs,
    ARRAY(
        SELECT DISTINCT n.kind FROM support_need n
        WHERE n.household_id = ANY (called.names) AND n.created_at < $3 AND n.noted_on <= $2
            -- it ends once, with its second version
            AND (
                n.state = 'open' OR n.updated_at >= $3
                OR CASE n.state WHEN 'met' THEN n.ended_on >= date_trunc('year', $2)::date ELSE n.ended_on > $2 END
            )
    ),
    EXISTS (
        SELECT FROM loan b
        WHERE b.household_id = ANY (called.names) AND b.created_at < $3 AND b.lent_on <= $2
            AND ((b.version = 1 AND b.state IN ('active', 'overdue')) OR owed(b.id, $2, $3))
    ),
    ARRAY(
        SELECT i.kind FROM delivery d JOIN intervention i ON i.id = d.intervention_id
        WHERE d.household_id = ANY (called.names) AND d.outcome = 'delivered' AND d.created_at < $3
            AND d.delivered_on BETWEEN date_trunc('year', $2)::date AND $2
            AND (d.reversed_at IS NULL OR d.reversed_at >= $3)
        UNION
        SELECT i.kind FROM participant p JOIN intervention i ON i.id = p.intervention_id
        WHERE p.household_id = ANY (called.names) AND p.created_at < $3 AND p.joined_on <= $2
            AND ((p.version = 1 AND p.state = 'enrolled') OR took_part(p.id, $2, $3))
    )
FROM household h
CROSS JOIN LATERAL (
    SELECT day_over((h.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS over
) AS first_day
CROSS JOIN LATERAL (SELECT least(greatest(day_over($2), first_day.over), $3) AS moment) AS at
CROSS JOIN LATERAL (SELECT CASE WHEN h.updated_at >= at.moment THEN values_at(h.id, at.moment) END AS was) AS known
CROSS JOIN LATERAL (
    SELECT coalesce((
        -- a move that was recorded later, and had happened by then
        SELECT m.to_hamlet_id FROM household_move m
        WHERE m.household_id = h.id AND m.moved_on <= $2 AND m.recorded_at >= at.moment AND m.recorded_at < $3
        ORDER BY m.recorded_at DESC, m.id LIMIT 1
    ), (known.was ->> 'hamlet_id')::uuid, h.hamlet_id) AS hamlet_id
) AS place
LEFT JOIN other ON other.home = h.id
CROSS JOIN LATERAL (SELECT array_append(other.names, h.id) AS names) AS called
LEFT JOIN LATERAL (
    SELECT r.poverty_class FROM recognition r
    WHERE r.household_id = h.id AND lower(r.days) <= $2 AND r.recorded_at < $3
        -- what was closed by a decision recorded later is still in force to whoever does not know of it
        AND (upper_inf(r.days) OR upper(r.days) > $2 OR $3 < 'infinity')
    ORDER BY lower(r.days) DESC LIMIT 1
) AS now_is ON true
LEFT JOIN LATERAL (
    SELECT v.id, v.deprivations, v.undetermined, v.causes, v.needs
    FROM review v
    JOIN review_round round ON round.id = v.round_id AND round.kind <> 'training'
    CROSS JOIN LATERAL (SELECT read_at(v.created_at, $2, $3) AS moment) AS at
    WHERE v.household_id = ANY (called.names) AND v.surveyed_on <= $2 AND v.created_at < $3
        AND CASE
            WHEN v.updated_at < at.moment THEN v.in_force
            ELSE coalesce((values_at(v.id, at.moment) ->> 'in_force')::boolean, v.in_force)
        END
    ORDER BY v.surveyed_on DESC, v.created_at DESC, v.id LIMIT 1
) AS last_review ON true
WHERE (
        h.hamlet_id = ANY ($1)
        OR h.id IN (
            SELECT v.record_id FROM record_version v
            WHERE v.change ? 'hamlet_id' AND v.change -> 'hamlet_id' ->> 0 = ANY ($1::text[])
        )
    )
    AND place.hamlet_id = ANY ($1)
    AND h.created_at < $3
    AND coalesce(known.was ->> 'status', h.status) = 'active'
    -- registered later: only where a decision of that day or before gave it a class
    AND (h.created_at < day_over($2) OR now_is.poverty_class IS NOT NULL)
$$
