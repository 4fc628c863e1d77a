-- in: :today; :catalogue; :oldest, a transaction: every count that is being made now began after it (null: not known)
-- out: nothing. Gone are the counts of days that nobody asks for again (not today, not the end of a month), those of
--      another catalogue, and the marks that every count that is kept, or being made, has seen
-- locks: the rows it deletes
WITH gone AS (
    DELETE FROM indicator_count
    WHERE catalogue <> :catalogue OR (day <> :today AND extract(day FROM day + 1) <> 1)
)
DELETE FROM fact_mark
WHERE xid < least(
    CAST(:oldest AS bigint),
    (SELECT min(CAST(CAST(pg_snapshot_xmin(CAST(snapshot AS pg_snapshot)) AS text) AS bigint)) FROM indicator_count)
) AND CAST(:oldest AS bigint) IS NOT NULL
