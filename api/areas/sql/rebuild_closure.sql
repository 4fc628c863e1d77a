-- In: area and area_parent as they stand. Out: every (ancestor, descendant) with the days on which it holds.
-- An area is its own ancestor at depth 0 on its own days; a pair holds where all links of the chain hold and both live.
-- Locks: nothing but its new rows; the old ones are deleted first, in the same transaction (commands.rebuild_closure).
WITH RECURSIVE walk AS (
    SELECT id AS ancestor_id, id AS descendant_id, 0 AS depth, valid_from, valid_to FROM area
    UNION ALL
    SELECT walk.ancestor_id, link.area_id, walk.depth + 1,
           greatest(walk.valid_from, link.valid_from, child.valid_from),
           least(walk.valid_to, link.valid_to, child.valid_to)
    FROM walk
    JOIN area_parent AS link ON link.parent_id = walk.descendant_id
    JOIN area AS child ON child.id = link.area_id
    WHERE daterange(walk.valid_from, walk.valid_to, '[]') * daterange(link.valid_from, link.valid_to, '[]')
          && daterange(child.valid_from, child.valid_to, '[]')
)
INSERT INTO area_closure (ancestor_id, descendant_id, depth, valid_from, valid_to)
SELECT ancestor_id, descendant_id, depth, valid_from, valid_to FROM walk
