-- in: :rows [{record_id, version, change, device_id, submission_id}], :entity, :origin, :at, :by
-- out: nothing. A version that exists already violates pk_record_version (two writers of one new id).
-- locks: nothing but the new rows
INSERT INTO record_version
    (record_id, version, entity, change, origin, changed_at, changed_by, device_id, submission_id)
SELECT r.record_id, r.version, :entity, r.change, :origin, :at, :by, r.device_id, r.submission_id
FROM json_to_recordset(CAST(:rows AS json))
    AS r (record_id uuid, version integer, change jsonb, device_id uuid, submission_id uuid)
