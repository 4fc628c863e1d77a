-- in: keys (text[], sorted), now, opened (the moment before which a window has passed)
-- out: nothing
-- locks: the rows of these keys, in the order of the keys
INSERT INTO failed_attempt (key, window_start, failures)
SELECT key, :now, 1 FROM unnest(CAST(:keys AS text[])) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    window_start = CASE WHEN failed_attempt.window_start <= :opened THEN :now ELSE failed_attempt.window_start END,
    failures = CASE WHEN failed_attempt.window_start <= :opened THEN 1 ELSE failed_attempt.failures + 1 END
