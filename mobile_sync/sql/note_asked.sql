-- in: device, after_seq (what it is told lies beyond it), now
-- out: nothing
-- locks: the tablet, where it is told of something that is not in force and new to it; not while a batch holds it
UPDATE device SET outcomes_asked_at = :now
WHERE id IN (
    SELECT d.id FROM device d
    WHERE d.id = :device AND (
        SELECT min(s.seq) FROM sync_submission s
        WHERE s.device_id = d.id AND s.outcome IN ('conflict', 'held', 'rejected', 'quarantined')
            AND s.decided_at > coalesce(d.outcomes_asked_at, '-infinity')
    ) > :after_seq
    FOR NO KEY UPDATE SKIP LOCKED
)
