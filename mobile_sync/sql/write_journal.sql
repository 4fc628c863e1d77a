-- in: rows (a jsonb array, one object per submission), device, account, batch, now
-- out: nothing
-- locks: inserts only; fails on pk_sync_submission where another tablet has just used one of the ids
INSERT INTO sync_submission (
    submission_id, device_id, account_id, batch_id, seq, entity, record_id, base_version, recorded_at, received_at,
    digest, payload, outcome, version, result, problem, conflict_id, waiting_for, decided_at, attempts
)
SELECT
    r.submission_id, :device, :account, :batch, r.seq, r.entity, r.record_id, r.base_version, r.recorded_at, :now,
    decode(r.digest, 'hex'), decode(r.payload, 'base64'), r.outcome, r.version, r.result, r.problem, r.conflict_id,
    r.waiting_for, :now, 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    submission_id uuid, seq bigint, entity text, record_id uuid, base_version integer, recorded_at timestamptz,
    digest text, payload text, outcome text, version integer, result jsonb, problem jsonb, conflict_id uuid,
    waiting_for uuid
)
