-- In: :rows, a JSON array of links as they stand (area_id, valid_from, valid_to) with the new parent_id (null: none);
--     :day, the first day of the new parent; :last_day, the one before. Out: nothing.
-- Locks: the links. One that began before the day is cut in two; one that begins later changes its parent.
WITH given AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS link (area_id uuid, valid_from date, valid_to date, parent_id uuid)
), cut AS (
    UPDATE area_parent AS link SET valid_to = :last_day
    FROM given
    WHERE link.area_id = given.area_id AND link.valid_from = given.valid_from AND link.valid_from < :day
    RETURNING given.area_id, given.valid_to, given.parent_id
), turned AS (
    UPDATE area_parent AS link SET parent_id = given.parent_id
    FROM given
    WHERE link.area_id = given.area_id AND link.valid_from = given.valid_from AND link.valid_from >= :day
      AND given.parent_id IS NOT NULL
)
INSERT INTO area_parent (area_id, parent_id, valid_from, valid_to)
SELECT area_id, parent_id, :day, valid_to FROM cut WHERE parent_id IS NOT NULL
