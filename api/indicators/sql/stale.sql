-- in: :wanted [{area_id, day}], :breakdown, :catalogue
-- out: area_id and day of each count that is missing, of another catalogue, or older than a mark that concerns the day;
--      snapshot: what this statement saw, which a count made after it has seen too
-- locks: nothing
SELECT asked.area_id, asked.day, pg_current_snapshot()::text AS snapshot
FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS asked (area_id uuid, day date)
LEFT JOIN indicator_count c ON c.day = asked.day AND c.breakdown = :breakdown AND c.area_id = asked.area_id
    AND c.value = '' AND c.catalogue = :catalogue
WHERE c.area_id IS NULL OR EXISTS (
    SELECT FROM fact_mark m
    WHERE m.area_id = c.area_id AND m.since <= c.day
        AND m.xid >= CAST(CAST(pg_snapshot_xmin(CAST(c.snapshot AS pg_snapshot)) AS text) AS bigint)
        AND NOT pg_visible_in_snapshot(CAST(CAST(m.xid AS text) AS xid8), CAST(c.snapshot AS pg_snapshot))
)
