-- In: :rows, a JSON array of {predecessor_id, successor_id, kind, source}; :day. Out: nothing.
-- Locks: nothing but its new rows.
INSERT INTO area_succession (predecessor_id, successor_id, on_day, kind, source)
SELECT predecessor_id, successor_id, :day, kind, source
FROM jsonb_to_recordset(:rows) AS given (predecessor_id uuid, successor_id uuid, kind text, source text)
