-- in: :from_group, :to_group, :to_area, :some (uuid[]: only these records, or null: all of the group)
-- out: record_id of whatever hung on one household (as the feed knows it) and is told again under another one
-- locks: nothing but the new rows; the caller holds both households FOR UPDATE
WITH hanging AS (
    SELECT f.record_id FROM change_feed f WHERE f.household_id = :from_group
    UNION
    SELECT p.record_id FROM change_pending p WHERE p.household_id = :from_group
), known AS (
    SELECT DISTINCT ON (k.record_id, k.area_id) k.*
    FROM (
        SELECT f.record_id, f.area_id, f.entity, f.household_id, f.version, f.op, 0 AS age_group, f.seq AS place
        FROM change_feed f JOIN hanging USING (record_id)
        UNION ALL
        SELECT p.record_id, p.area_id, p.entity, p.household_id, p.version, p.op, 1, p.id
        FROM change_pending p JOIN hanging USING (record_id)
    ) AS k
    ORDER BY k.record_id, k.area_id, k.age_group DESC, k.place DESC
), told AS (
    INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op, reason)
    SELECT known.entity, known.record_id, way.area_id, way.household_id, known.version, way.op, way.reason
    FROM known
    CROSS JOIN LATERAL (
        VALUES (CAST(:to_area AS uuid), CAST(:to_group AS uuid), 'put', NULL),
               (known.area_id, known.household_id, 'remove', 'left-area')
    ) AS way (area_id, household_id, op, reason)
    WHERE known.op = 'put' AND known.household_id = :from_group
        AND known.record_id NOT IN (:from_group, :to_group)
        AND (CAST(:some AS uuid[]) IS NULL OR known.record_id = ANY(CAST(:some AS uuid[])))
        AND (way.op = 'put' OR way.area_id <> :to_area)
    ORDER BY known.record_id
    RETURNING record_id
)
SELECT DISTINCT record_id FROM told ORDER BY record_id
