-- In: :rows, a JSON array of units, each with its parent for its own days (parent_id null: no unit above it).
-- Out: the ids that were not there yet; a unit that is there already is left as it stands.
-- Locks: nothing but its new rows.
WITH given AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS unit (
        id uuid, code text, level text, name text, local_kind text, area_type text, region text,
        name_folded text, name_toned text, valid_from date, valid_to date, source text, parent_id uuid
    )
), added AS (
    INSERT INTO area (id, code, level, name, local_kind, area_type, region, name_folded, name_toned,
                      valid_from, valid_to, source)
    SELECT id, code, level, name, local_kind, area_type, region, name_folded, name_toned, valid_from, valid_to, source
    FROM given
    ON CONFLICT (id) DO NOTHING
    RETURNING id
), linked AS (
    INSERT INTO area_parent (area_id, parent_id, valid_from, valid_to)
    SELECT id, parent_id, valid_from, valid_to
    FROM given JOIN added USING (id)
    WHERE parent_id IS NOT NULL
)
SELECT id FROM added
