-- in: held (a jsonb array of device, arrivals: how many arrivals of each tablet the backup has)
-- out: nothing
-- locks: the tablets whose mark moves (the caller holds all tablets already)
WITH missing AS (
    SELECT s.device_id, min(s.seq) AS seq
    FROM sync_submission s
    LEFT JOIN jsonb_to_recordset(CAST(:held AS jsonb)) AS held (device uuid, arrivals bigint)
        ON held.device = s.device_id
    WHERE s.arrival > coalesce(held.arrivals, -1)
    GROUP BY s.device_id
)
UPDATE device
SET undurable_from = missing.seq
FROM device AS every
LEFT JOIN missing ON missing.device_id = every.id
WHERE every.id = device.id AND device.undurable_from IS DISTINCT FROM missing.seq
