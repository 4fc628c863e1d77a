-- What was true of each household of some hamlets on a day: its class, its last review, its needs, what it received.
-- One SELECT, STABLE: the planner writes it into the query that asks.
--   areas   the hamlets; a household is where it stood on the day
--   day     classes, moves, reviews, needs, loans and deliveries count by their own days
--   known   only what was recorded before this moment ('infinity': all that is recorded)
--   months  how long a household counts as newly escaped
-- A record (status, head, ...) is read as it stood when the day was over; one that was registered later, as it stood at
-- the end of its first day. So no later edit changes what is counted for a day that has passed.
CREATE FUNCTION household_facts(areas uuid[], day date, known timestamptz, months integer)
RETURNS TABLE (
    household_id uuid, hamlet_id uuid, poverty_class text, newly_escaped boolean, average_living_standard boolean,
    no_labour_capacity boolean, residence text, head_member_id uuid, registered_before timestamptz, movements text[],
    review_id uuid, deprivations text[], undetermined text[], causes text[], wishes text[], needs text[], borrows boolean,
    received text[]
)
LANGUAGE sql STABLE AS $$
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
        WHERE l.household_id = h.id AND l.kind = 'agri_average_living_standard' AND l.days @> $2
    ),
    coalesce((known.was ->> 'no_labour_capacity')::boolean, h.no_labour_capacity),
    coalesce(known.was ->> 'residence', h.residence),
    CASE WHEN known.was ? 'head_member_id' THEN (known.was ->> 'head_member_id')::uuid ELSE h.head_member_id END,
    first_day.over,
    ARRAY(
        SELECT DISTINCT line.movement FROM decision_household line
        JOIN recognition_decision d ON d.id = line.decision_id AND d.state = 'signed'
        WHERE line.household_id = h.id AND d.decided_on BETWEEN date_trunc('year', $2)::date AND $2
            AND d.updated_at < $3
    ),
    last_review.id, last_review.deprivations, last_review.undetermined, last_review.causes, last_review.needs,
    ARRAY(
        SELECT DISTINCT n.kind FROM support_need n
        WHERE n.household_id = h.id AND n.created_at < $3 AND n.noted_on <= $2 AND n.state <> 'withdrawn'
            AND (n.ended_on IS NULL OR n.ended_on >= date_trunc('year', $2)::date)
    ),
    EXISTS (
        SELECT FROM loan b
        WHERE b.household_id = h.id AND b.created_at < $3 AND b.lent_on <= $2
            AND (b.state IN ('active', 'overdue') OR b.state_since > $2)
    ),
    ARRAY(
        SELECT i.kind FROM delivery d JOIN intervention i ON i.id = d.intervention_id
        WHERE d.household_id = h.id AND d.outcome = 'delivered' AND d.created_at < $3
            AND d.delivered_on BETWEEN date_trunc('year', $2)::date AND $2
            AND (d.reversed_at IS NULL OR d.reversed_at >= $3)
        UNION
        SELECT i.kind FROM participant p JOIN intervention i ON i.id = p.intervention_id
        WHERE p.household_id = h.id AND p.created_at < $3 AND p.joined_on <= $2 AND p.state <> 'left'
            AND (p.ended_on IS NULL OR p.ended_on >= date_trunc('year', $2)::date)
    )
FROM household h
CROSS JOIN LATERAL (
    SELECT day_over((h.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS over
) AS first_day
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN h.updated_at >= least(greatest(day_over($2), first_day.over), $3)
        THEN values_at(h.id, least(greatest(day_over($2), first_day.over), $3))
    END AS was
) AS known
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT m.from_hamlet_id FROM household_move m
        WHERE m.household_id = h.id AND (m.moved_on > $2 OR m.recorded_at >= $3)
        ORDER BY m.moved_on, m.recorded_at LIMIT 1
    ), h.hamlet_id) AS hamlet_id
) AS place
LEFT JOIN LATERAL (
    SELECT r.poverty_class FROM recognition r
    WHERE r.household_id = h.id AND lower(r.days) <= $2 AND r.recorded_at < $3
        -- what was closed by a decision recorded later is still in force to whoever does not know of it
        AND (upper_inf(r.days) OR upper(r.days) > $2 OR $3 < 'infinity')
    ORDER BY lower(r.days) DESC LIMIT 1
) AS now_is ON true
LEFT JOIN LATERAL (
    SELECT v.id, v.deprivations, v.undetermined, v.causes, v.needs
    FROM review v JOIN review_round round ON round.id = v.round_id AND round.kind <> 'training'
    WHERE v.household_id = h.id AND v.surveyed_on <= $2 AND v.created_at < $3 AND (v.in_force OR $3 < 'infinity')
    ORDER BY v.surveyed_on DESC, v.created_at DESC, v.id LIMIT 1
) AS last_review ON true
WHERE (
        h.hamlet_id = ANY ($1)
        OR h.id IN (SELECT m.household_id FROM household_move m WHERE m.from_hamlet_id = ANY ($1))
    )
    AND place.hamlet_id = ANY ($1)
    AND h.created_at < $3
    AND coalesce(known.was ->> 'status', h.status) = 'active'
    -- registered later: only where a decision of that day or before gave it a class
    AND (h.created_at < day_over($2) OR now_is.poverty_class IS NOT NULL)
$$
