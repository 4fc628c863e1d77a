-- in: :days, :breakdown
-- out: day, mine: may the caller keep counts of this day? Only one transaction at a time may, up to its end
-- locks: an advisory lock per day that is free; it waits for nobody
SELECT asked.day, pg_try_advisory_xact_lock(hashtextextended('indicator_count ' || asked.day || ' ' || :breakdown, 0)) AS mine
FROM unnest(CAST(:days AS date[])) AS asked (day)
