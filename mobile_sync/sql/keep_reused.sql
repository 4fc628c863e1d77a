-- in: rows (a jsonb array of submission_id, digest in hex, payload in base64), device, now
-- out: nothing
-- locks: inserts only; the same other content kept once
INSERT INTO sync_reuse (submission_id, digest, device_id, payload, received_at)
SELECT r.submission_id, decode(r.digest, 'hex'), :device, decode(r.payload, 'base64'), :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (submission_id uuid, digest text, payload text)
ON CONFLICT (submission_id, digest) DO NOTHING
