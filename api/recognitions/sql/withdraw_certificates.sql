-- in: :decision_id, :today, :at
-- out: id of each certificate withdrawn: its household is not poor any more, by this decision
-- locks: the certificates it withdraws
UPDATE certificate
SET withdrawn_on = :today, version = version + 1, updated_at = :at
FROM recognition r
WHERE r.decision_id = :decision_id AND r.poverty_class = 'not_poor' AND r.days @> CAST(:today AS date)
    AND certificate.household_id = r.household_id AND certificate.withdrawn_on IS NULL
RETURNING certificate.id
