-- in: :rows [{area_id, value, numbers}], :areas, :day, :breakdown, :catalogue, :snapshot. The caller holds the right to
--     keep this day and breakdown (claim.sql).
-- out: nothing; of these areas only the parts in :rows are left. What somebody counted later meanwhile stays as it is
-- locks: the rows it replaces, which nobody else writes
WITH newer AS (
    SELECT c.area_id
    FROM indicator_count c
    CROSS JOIN LATERAL (SELECT CAST(c.snapshot AS pg_snapshot) AS theirs, CAST(:snapshot AS pg_snapshot) AS mine) AS s
    WHERE c.day = :day AND c.breakdown = :breakdown AND c.value = '' AND c.catalogue = :catalogue
        AND c.area_id = ANY (CAST(:areas AS uuid[]))
        -- the later of two snapshots ends later; where they end alike, fewer transactions were still under way
        AND (pg_snapshot_xmax(s.theirs), -(SELECT count(*) FROM pg_snapshot_xip(s.theirs)))
            > (pg_snapshot_xmax(s.mine), -(SELECT count(*) FROM pg_snapshot_xip(s.mine)))
), counted AS (
    SELECT r.area_id, r.value, r.numbers
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (area_id uuid, value text, numbers bigint[])
    WHERE r.area_id NOT IN (SELECT area_id FROM newer)
), gone AS (
    DELETE FROM indicator_count c
    WHERE c.day = :day AND c.breakdown = :breakdown AND c.area_id = ANY (CAST(:areas AS uuid[]))
        AND c.area_id NOT IN (SELECT area_id FROM newer)
        AND NOT EXISTS (SELECT FROM counted WHERE counted.area_id = c.area_id AND counted.value = c.value)
)
INSERT INTO indicator_count (area_id, day, breakdown, value, numbers, catalogue, snapshot)
SELECT counted.area_id, :day, :breakdown, counted.value, counted.numbers, :catalogue, :snapshot
FROM counted
ON CONFLICT (day, breakdown, area_id, value) DO UPDATE
SET numbers = excluded.numbers, catalogue = excluded.catalogue, snapshot = excluded.snapshot
