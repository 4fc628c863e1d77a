-- in: a row for each submission, binary
-- out: nothing
-- locks: inserts only; fails on pk_sync_submission where another tablet has just used an id
COPY sync_submission (
    submission_id, device_id, account_id, batch_id, seq, entity, record_id, base_version, recorded_at, received_at,
    digest, payload, outcome, version, result, problem, conflict_id, waiting_for, decided_at, attempts, arrival
) FROM STDIN (FORMAT BINARY)
