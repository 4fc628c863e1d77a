-- In: :rows, a JSON array of {id}; :last_day. Out: nothing.
-- Locks: the units that end.
UPDATE area SET valid_to = :last_day
FROM jsonb_to_recordset(:rows) AS ended (id uuid)
WHERE area.id = ended.id
