-- in: :decision_id, :today, :at
-- out: id of each certificate withdrawn: its household is not poor any more by this decision, or was merged into one that
--   the decision is about, and holds its own
-- locks: the certificates it withdraws
WITH RECURSIVE known AS (
    SELECT r.household_id AS home, r.household_id AS id, r.poverty_class
    FROM recognition r
    WHERE r.decision_id = :decision_id AND r.days @> CAST(:today AS date)
    UNION
    SELECT known.home, h.id, known.poverty_class FROM household h JOIN known ON h.merged_into = known.id
)
UPDATE certificate
SET withdrawn_on = :today, version = version + 1, updated_at = :at
FROM known
WHERE certificate.household_id = known.id AND certificate.withdrawn_on IS NULL
    AND (known.poverty_class = 'not_poor' OR known.id <> known.home)
RETURNING certificate.id
