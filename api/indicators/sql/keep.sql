-- in: :rows [{day, area_id, value, numbers}], :breakdown, :catalogue, :snapshot. The caller holds the right to keep these
--     days of the breakdown (claim.sql).
-- out: nothing; of these areas and days only the parts in :rows are left. What somebody counted later meanwhile stays
-- locks: the rows it replaces, which nobody else writes
WITH given AS (
    SELECT r.day, r.area_id, r.value, r.numbers
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (day date, area_id uuid, value text, numbers bigint[])
), newer AS (
    SELECT c.day, c.area_id
    FROM given
    JOIN indicator_count c ON c.day = given.day AND c.breakdown = :breakdown AND c.area_id = given.area_id AND c.value = ''
        AND c.catalogue = :catalogue
    CROSS JOIN LATERAL (SELECT CAST(c.snapshot AS pg_snapshot) AS theirs, CAST(:snapshot AS pg_snapshot) AS mine) AS s
    WHERE given.value = ''
        -- the later of two snapshots ends later; where they end alike, fewer transactions were still under way
        AND (pg_snapshot_xmax(s.theirs), -(SELECT count(*) FROM pg_snapshot_xip(s.theirs)))
            > (pg_snapshot_xmax(s.mine), -(SELECT count(*) FROM pg_snapshot_xip(s.mine)))
), counted AS (
    SELECT given.* FROM given WHERE (given.day, given.area_id) NOT IN (SELECT day, area_id FROM newer)
), gone AS (
    DELETE FROM indicator_count c
    USING counted whole
    WHERE whole.value = '' AND c.day = whole.day AND c.breakdown = :breakdown AND c.area_id = whole.area_id
        AND NOT EXISTS (
            SELECT FROM counted
            WHERE counted.day = c.day AND counted.area_id = c.area_id AND counted.value = c.value
        )
)
INSERT INTO indicator_count (area_id, day, breakdown, value, numbers, catalogue, snapshot)
SELECT counted.area_id, counted.day, :breakdown, counted.value, counted.numbers, :catalogue, :snapshot
FROM counted
ON CONFLICT (day, breakdown, area_id, value) DO UPDATE
SET numbers = excluded.numbers, catalogue = excluded.catalogue, snapshot = excluded.snapshot
