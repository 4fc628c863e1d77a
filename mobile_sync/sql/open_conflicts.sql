-- in: rows (a jsonb array, one object per conflict), now
-- out: nothing
-- locks: inserts only; a submission that is tried again opens its conflict again
INSERT INTO sync_conflict (id, submission_id, entity, record_id, area_id, fields, state, opened_at)
SELECT r.id, r.submission_id, r.entity, r.record_id, r.area_id, r.fields, 'open', :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, submission_id uuid, entity text, record_id uuid, area_id uuid, fields jsonb
)
ON CONFLICT (submission_id) DO UPDATE
SET id = excluded.id, fields = excluded.fields, area_id = excluded.area_id, state = 'open', opened_at = excluded.opened_at,
    resolved_at = NULL, resolved_by = NULL, choice = NULL, reason = NULL
