-- in: device, seq (the smallest that this arrival brings)
-- out: the number of this arrival, and the tablet's undurable_from: its smallest seq that is in no backup yet
-- locks: the tablet (the caller holds it already)
UPDATE device
SET arrivals = arrivals + 1, undurable_from = least(undurable_from, :seq)
WHERE id = :device
RETURNING arrivals, undurable_from
