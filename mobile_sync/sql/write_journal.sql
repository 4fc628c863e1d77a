-- in: rows (a jsonb array, one object per submission), device, account, batch, now
-- out: the tablet's undurable_from: its smallest seq that is in no backup yet
-- locks: the tablet (the caller holds it already); fails on pk_sync_submission where another tablet has just used an id
WITH written AS (
    INSERT INTO sync_submission (
        submission_id, device_id, account_id, batch_id, seq, entity, record_id, base_version, recorded_at, received_at,
        digest, payload, outcome, version, result, problem, conflict_id, waiting_for, decided_at, attempts, arrival
    )
    SELECT
        r.submission_id, :device, :account, :batch, r.seq, r.entity, r.record_id, r.base_version, r.recorded_at, :now,
        decode(r.digest, 'hex'), decode(r.payload, 'base64'), r.outcome, r.version, r.result, r.problem, r.conflict_id,
        r.waiting_for, :now, 1, device.arrivals + 1
    FROM device, jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        submission_id uuid, seq bigint, entity text, record_id uuid, base_version integer, recorded_at timestamptz,
        digest text, payload text, outcome text, version integer, result jsonb, problem jsonb, conflict_id uuid,
        waiting_for uuid
    )
    WHERE device.id = :device
    RETURNING seq
)
UPDATE device
SET arrivals = arrivals + 1, undurable_from = least(undurable_from, (SELECT min(seq) FROM written))
WHERE id = :device
RETURNING undurable_from
