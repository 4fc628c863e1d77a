-- in: :rows [{entity, record_id, position}] of the declarations whose files a verified backup has, :at
-- out: nothing
-- locks: those declarations
UPDATE attachment_link AS link
SET backed_up_at = CAST(:at AS timestamptz)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (entity text, record_id uuid, position integer)
WHERE link.entity = r.entity AND link.record_id = r.record_id AND link.position = r.position
    AND link.arrived_at IS NOT NULL AND link.backed_up_at IS NULL
