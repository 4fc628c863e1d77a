-- Where each household lay at a moment, and who was its head, by the name the register held then (head_name of search.py
-- says who is the head).
-- in: :ids (households, under the ids they had then), :moment
-- out: household_id, hamlet_id, head_name (null where nobody was registered there). Who was moved into another household since is
--     found by ix_record_version_left_household
-- locks: nothing
WITH home AS MATERIALIZED (
    SELECT h.id,
        CASE WHEN stood.was ? 'head_member_id' THEN CAST(stood.was ->> 'head_member_id' AS uuid) ELSE h.head_member_id END AS head_id,
        coalesce(CAST(stood.was ->> 'hamlet_id' AS uuid), h.hamlet_id) AS hamlet_id
    FROM household h
    CROSS JOIN LATERAL (
        -- values_at takes back what was changed from a moment on: not what was changed at this one
        SELECT CASE WHEN h.updated_at > CAST(:moment AS timestamptz) THEN values_at(h.id, CAST(:moment AS timestamptz) + interval '1 microsecond') END AS was
        OFFSET 0
    ) AS stood
    WHERE h.id = ANY (CAST(:ids AS uuid[]))
), lived AS MATERIALIZED (
    SELECT m.id FROM home JOIN member m ON m.household_id = home.id
    UNION
    SELECT v.record_id
    FROM home JOIN record_version v ON v.change ? 'household_id'
        AND v.change -> 'household_id' ->> 0 = CAST(home.id AS text) AND v.changed_at > CAST(:moment AS timestamptz)
), known AS (
    SELECT m.id, m.name_sort,
        coalesce(CAST(stood.was ->> 'household_id' AS uuid), m.household_id) AS household_id,
        coalesce(stood.was ->> 'full_name', m.full_name) AS full_name,
        coalesce(stood.was ->> 'relation_to_head', m.relation_to_head) AS relation_to_head,
        CASE WHEN stood.was ? 'left_on' THEN CAST(stood.was ->> 'left_on' AS date) ELSE m.left_on END AS left_on
    FROM lived JOIN member m ON m.id = lived.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN m.updated_at > CAST(:moment AS timestamptz) THEN values_at(m.id, CAST(:moment AS timestamptz) + interval '1 microsecond') END AS was
        OFFSET 0
    ) AS stood
    WHERE m.created_at <= CAST(:moment AS timestamptz)
)
SELECT DISTINCT ON (home.id) home.id AS household_id, home.hamlet_id, known.full_name AS head_name
FROM home LEFT JOIN known ON known.household_id = home.id AND known.left_on IS NULL
ORDER BY home.id,
    CASE WHEN known.id = home.head_id THEN 0 WHEN known.relation_to_head = 'head' THEN 1 ELSE 2 END,
    known.name_sort, known.id
