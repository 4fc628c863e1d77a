-- in: rows (a jsonb array, one object per submission whose outcome may be another one now), now
-- out: nothing
-- locks: the rows of the submissions
UPDATE sync_submission AS s
SET outcome = r.outcome, version = r.version, result = r.result, problem = r.problem, conflict_id = r.conflict_id,
    waiting_for = r.waiting_for, decided_at = :now, attempts = s.attempts + 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    submission_id uuid, outcome text, version integer, result jsonb, problem jsonb, conflict_id uuid, waiting_for uuid
)
WHERE s.submission_id = r.submission_id
