-- in: :rows [{id, version, in_force}], :at
-- out: nothing. Those that are no longer in force come first: uq_review_in_force is looked at row by row.
-- locks: the rows named, whose cases the caller holds
UPDATE review SET in_force = r.in_force, version = r.version, updated_at = :at
FROM (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, version integer, in_force boolean)
) AS r
WHERE review.id = r.id
