-- in: :rows [{entity, record_id, position, sha256, size_bytes, media_type, purpose, household_id, area_id, by}], :at, :device
-- out: nothing. The records are new, so are their declarations.
-- locks: the new rows; their households and areas FOR KEY SHARE
INSERT INTO attachment_link (entity, record_id, position, sha256, size_bytes, media_type, purpose, household_id, area_id,
    declared_at, declared_by, device_id)
SELECT r.entity, r.record_id, r.position, r.sha256, r.size_bytes, r.media_type, r.purpose, r.household_id, r.area_id,
    CAST(:at AS timestamptz), r.by, CAST(:device AS uuid)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    entity text, record_id uuid, position integer, sha256 text, size_bytes bigint, media_type text, purpose text,
    household_id uuid, area_id uuid, by uuid
)
