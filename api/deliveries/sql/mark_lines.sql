-- in: :rows [{id, version, state, delivery_id, note}], :at, :by
-- out: nothing
-- locks: the lines named, which the caller holds already
UPDATE sheet_line
SET state = r.state, delivery_id = r.delivery_id, note = r.note, version = r.version,
    checked_by = CAST(:by AS uuid), checked_at = CAST(:at AS timestamptz)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, version integer, state text, delivery_id uuid, note text)
WHERE sheet_line.id = r.id
