-- What households of some hamlets received on the days of a period: deliveries, households, VND.
-- in: :areas, the hamlets (a household is where it stood on the last day, under what it had been merged into by then);
--     :first, :last, the days; :known, only what was recorded before that moment ('infinity': all that is recorded)
-- out: one row. Who has left the register since counts too, where they stood last: they did receive it. Where a
--     household stood is read as api/indicators/sql/household_found.sql reads it.
-- locks: nothing
WITH RECURSIVE near AS MATERIALIZED (
    -- those that lie there, and those that left it for another hamlet
    SELECT h.id, h.hamlet_id, h.updated_at, read_at(h.created_at, CAST(:last AS date), :known) AS moment
    FROM (
        SELECT id FROM household WHERE hamlet_id = ANY (CAST(:areas AS uuid[]))
        UNION
        SELECT v.record_id FROM record_version v
        WHERE v.change ? 'hamlet_id' AND v.change -> 'hamlet_id' ->> 0 = ANY (CAST(CAST(:areas AS uuid[]) AS text[]))
    ) AS here
    JOIN household h ON h.id = here.id
    WHERE h.created_at < :known
), merged AS MATERIALIZED (
    SELECT m.absorbed_id, m.survivor_id
    FROM household_merge m
    JOIN household a ON a.id = m.absorbed_id
    CROSS JOIN LATERAL (SELECT read_at(a.created_at, CAST(:last AS date), :known) AS moment) AS at
    WHERE m.merged_at < at.moment AND (m.undone_at IS NULL OR m.undone_at >= at.moment)
), followed AS (
    SELECT absorbed_id AS id, survivor_id AS home FROM merged
    UNION
    SELECT followed.id, merged.survivor_id FROM followed JOIN merged ON merged.absorbed_id = followed.home
), home AS MATERIALIZED (
    SELECT near.id
    FROM near
    CROSS JOIN LATERAL (
        SELECT coalesce(
            -- a move that was recorded later, and had happened by then
            (
                SELECT m.to_hamlet_id FROM household_move m
                WHERE m.household_id = near.id AND m.moved_on <= :last AND m.recorded_at >= near.moment
                    AND m.recorded_at < :known
                ORDER BY m.recorded_at DESC, m.id LIMIT 1
            ),
            CASE WHEN near.updated_at >= near.moment
                THEN CAST(values_at(near.id, near.moment) ->> 'hamlet_id' AS uuid) END,
            near.hamlet_id
        ) AS hamlet_id
        OFFSET 0  -- once a row
    ) AS place
    WHERE place.hamlet_id = ANY (CAST(:areas AS uuid[]))
        AND NOT EXISTS (SELECT FROM merged WHERE merged.absorbed_id = near.id)
), called AS (
    SELECT id AS home, id AS name FROM home
    UNION ALL
    SELECT followed.home, followed.id FROM followed JOIN home ON home.id = followed.home
)
SELECT count(*) AS deliveries, count(DISTINCT called.home) AS households,
    CAST(coalesce(sum(d.amount_vnd), 0) AS bigint) AS amount_vnd
FROM called
JOIN delivery d ON d.household_id = called.name
WHERE d.outcome = 'delivered' AND d.delivered_on BETWEEN :first AND :last
    AND d.created_at < :known AND (d.reversed_at IS NULL OR d.reversed_at >= :known)
