-- in: :rows [{household_id, from_id, to_id}]: households that went from one area to another
-- out: nothing. Whatever hangs on them (as the feed knows it) leaves the old area and appears in the new one.
-- locks: nothing but the new rows; the caller holds the households FOR UPDATE
WITH moved AS (
    SELECT m.household_id, m.from_id, m.to_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS m (household_id uuid, from_id uuid, to_id uuid)
), hanging AS (
    SELECT f.record_id, f.area_id
    FROM change_feed f JOIN moved ON f.household_id = moved.household_id AND f.area_id = moved.from_id
    UNION
    SELECT p.record_id, p.area_id
    FROM change_pending p JOIN moved ON p.household_id = moved.household_id AND p.area_id = moved.from_id
), known AS (
    -- the newest of each, under whatever household: who has gone to another one since does not follow
    SELECT DISTINCT ON (k.record_id, k.area_id) k.*
    FROM (
        SELECT f.record_id, f.area_id, f.entity, f.household_id, f.version, f.op, 0 AS age_group, f.seq AS place
        FROM change_feed f JOIN hanging USING (record_id, area_id)
        UNION ALL
        SELECT p.record_id, p.area_id, p.entity, p.household_id, p.version, p.op, 1, p.id
        FROM change_pending p JOIN hanging USING (record_id, area_id)
    ) AS k
    ORDER BY k.record_id, k.area_id, k.age_group DESC, k.place DESC
)
INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op, reason)
SELECT known.entity, known.record_id, way.area_id, known.household_id, known.version, way.op, way.reason
FROM known
JOIN moved ON moved.household_id = known.household_id
CROSS JOIN LATERAL (
    VALUES (moved.from_id, 'remove', 'left-area'), (moved.to_id, 'put', NULL)
) AS way (area_id, op, reason)
WHERE known.op = 'put' AND known.record_id <> known.household_id
ORDER BY known.record_id
