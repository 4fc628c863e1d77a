-- in: rows (a jsonb array, one object per submission whose outcome may be another one now), now
-- out: nothing
-- locks: the rows of the submissions
-- What was to be new and does not stand keeps what it had waited for: that says whose it is, and of a household that was
-- left behind whose all that hangs on it is (places.decidable). No longer held, it tells nobody (journal._outcome).
UPDATE sync_submission AS s
SET outcome = r.outcome, version = r.version, result = r.result, problem = r.problem, conflict_id = r.conflict_id,
    waiting_for = CASE
        WHEN r.outcome IN ('rejected', 'quarantined') AND s.base_version IS NULL THEN coalesce(r.waiting_for, s.waiting_for)
        ELSE r.waiting_for
    END,
    decided_at = :now, attempts = s.attempts + 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    submission_id uuid, outcome text, version integer, result jsonb, problem jsonb, conflict_id uuid, waiting_for uuid
)
WHERE s.submission_id = r.submission_id
