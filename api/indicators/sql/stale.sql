-- in: :areas, :day, :breakdown, :catalogue
-- out: area_id of each area whose count is missing, of another catalogue, or older than a mark that concerns the day;
--      snapshot: what this statement saw, which a count made after it has seen too
-- locks: nothing
SELECT asked.area_id, pg_current_snapshot()::text AS snapshot
FROM unnest(CAST(:areas AS uuid[])) AS asked (area_id)
LEFT JOIN indicator_count c ON c.day = :day AND c.breakdown = :breakdown AND c.area_id = asked.area_id AND c.value = ''
    AND c.catalogue = :catalogue
WHERE c.area_id IS NULL OR EXISTS (
    SELECT FROM fact_mark m
    WHERE m.area_id = c.area_id AND m.since <= :day
        AND m.xid >= CAST(CAST(pg_snapshot_xmin(CAST(c.snapshot AS pg_snapshot)) AS text) AS bigint)
        AND NOT pg_visible_in_snapshot(CAST(CAST(m.xid AS text) AS xid8), CAST(c.snapshot AS pg_snapshot))
)
