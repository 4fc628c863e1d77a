-- in: members, households (arrays of ids)
-- out: id, home: of a person the household they live in, of a household that was merged away the one that is left
-- locks: nothing
WITH RECURSIVE way AS (
    SELECT h.id, h.merged_into AS home, 1 AS steps FROM household AS h
    WHERE h.id = ANY(CAST(:households AS uuid[])) AND h.merged_into IS NOT NULL
    UNION ALL
    SELECT way.id, h.merged_into, way.steps + 1
    FROM way JOIN household AS h ON h.id = way.home
    WHERE h.merged_into IS NOT NULL AND way.steps < 100
)
SELECT m.id, m.household_id AS home FROM member AS m WHERE m.id = ANY(CAST(:members AS uuid[]))
UNION ALL
(SELECT DISTINCT ON (way.id) way.id, way.home FROM way ORDER BY way.id, way.steps DESC)
