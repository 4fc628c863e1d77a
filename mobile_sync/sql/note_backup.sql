-- in: held (a jsonb array of device, arrivals: how many arrivals of each tablet the backup has)
-- out: nothing
-- locks: the tablets whose mark moves (the caller holds all tablets already)
-- An arrival without a submission of its own is work of another tablet, sent again (senders.loose_from): which it was
-- nobody knows any more, so where the backup lacks such a one the tablet's mark does not rise.
WITH held AS (
    SELECT * FROM jsonb_to_recordset(CAST(:held AS jsonb)) AS told (device uuid, arrivals bigint)
), missing AS (
    SELECT s.device_id, min(s.seq) AS seq, count(DISTINCT s.arrival) AS arrivals
    FROM sync_submission s
    LEFT JOIN held ON held.device = s.device_id
    WHERE s.arrival > coalesce(held.arrivals, -1)
    GROUP BY s.device_id
), mark AS (
    SELECT d.id, CASE
        WHEN d.arrivals - coalesce(held.arrivals, 0) > coalesce(missing.arrivals, 0)
        THEN least(d.undurable_from, missing.seq)
        ELSE missing.seq
    END AS seq
    FROM device d
    LEFT JOIN missing ON missing.device_id = d.id
    LEFT JOIN held ON held.device = d.id
)
UPDATE device
SET undurable_from = mark.seq
FROM mark
WHERE mark.id = device.id AND device.undurable_from IS DISTINCT FROM mark.seq
