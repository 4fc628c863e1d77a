-- in: :roots, areas. Everything kept of them and of what is or was under them.
-- out: nothing. What is still fresh is of this moment from now on: older marks need not be kept for it, nor looked through
-- locks: the rows it writes
WITH RECURSIVE known AS (
    SELECT id FROM unnest(CAST(:roots AS uuid[])) AS given (id)
    UNION
    SELECT s.predecessor_id FROM area_succession s JOIN known ON known.id = s.successor_id
)
UPDATE indicator_count c
SET snapshot = CAST(pg_current_snapshot() AS text)
FROM indicator_count whole
WHERE whole.area_id IN (SELECT t.descendant_id FROM area_closure t JOIN known ON known.id = t.ancestor_id)
    AND whole.value = '' AND c.day = whole.day AND c.breakdown = whole.breakdown AND c.area_id = whole.area_id
    AND c.snapshot = whole.snapshot
    AND NOT EXISTS (
        SELECT FROM fact_mark m
        WHERE m.area_id = whole.area_id AND m.since <= whole.day
            AND m.xid >= CAST(CAST(pg_snapshot_xmin(CAST(whole.snapshot AS pg_snapshot)) AS text) AS bigint)
            AND NOT pg_visible_in_snapshot(CAST(CAST(m.xid AS text) AS xid8), CAST(whole.snapshot AS pg_snapshot))
    )
