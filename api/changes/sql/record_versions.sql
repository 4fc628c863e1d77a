-- in: a row for each new version, binary
-- out: nothing. A version that exists already violates pk_record_version (two writers of one new id).
-- locks: nothing but the new rows
COPY record_version (
    record_id, version, entity, change, origin, changed_at, changed_by, device_id, submission_id
) FROM STDIN (FORMAT BINARY)
