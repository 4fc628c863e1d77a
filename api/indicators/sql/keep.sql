-- in: :rows [{area_id, value, numbers}] in the order of area and value, :areas, :day, :breakdown, :catalogue, :snapshot
-- out: nothing; of these areas only the parts in :rows are left
-- locks: the rows it replaces. Two that count the same at once both are right: the later one stays
WITH counted AS (
    SELECT r.area_id, r.value, r.numbers
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (area_id uuid, value text, numbers bigint[])
), gone AS (
    DELETE FROM indicator_count c
    WHERE c.day = :day AND c.breakdown = :breakdown AND c.area_id = ANY (CAST(:areas AS uuid[]))
        AND NOT EXISTS (SELECT FROM counted WHERE counted.area_id = c.area_id AND counted.value = c.value)
)
INSERT INTO indicator_count (area_id, day, breakdown, value, numbers, catalogue, snapshot)
SELECT counted.area_id, :day, :breakdown, counted.value, counted.numbers, :catalogue, :snapshot
FROM counted
ON CONFLICT (day, breakdown, area_id, value) DO UPDATE
SET numbers = excluded.numbers, catalogue = excluded.catalogue, snapshot = excluded.snapshot
