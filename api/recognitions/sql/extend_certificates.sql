-- in: :decision_id, :year, :today, :at, :by
-- out: id of each certificate that got a line of this decision, or whose line of this year is the decision's now
-- locks: the certificates and the lines it writes
WITH due AS (
    SELECT c.id, r.poverty_class
    FROM recognition r
    JOIN certificate c ON c.household_id = r.household_id AND c.withdrawn_on IS NULL
    WHERE r.decision_id = :decision_id AND r.poverty_class IN ('poor', 'near_poor') AND r.days @> CAST(:today AS date)
), entered AS (
    INSERT INTO certificate_line AS line (certificate_id, year, poverty_class, decision_id, entered_by, entered_at)
    SELECT due.id, :year, due.poverty_class, :decision_id, :by, :at FROM due
    ON CONFLICT (certificate_id, year) DO UPDATE
    SET poverty_class = excluded.poverty_class, decision_id = excluded.decision_id, entered_by = excluded.entered_by,
        entered_at = excluded.entered_at
    WHERE line.decision_id <> excluded.decision_id
    RETURNING certificate_id
)
UPDATE certificate
SET version = version + 1, updated_at = :at
FROM entered
WHERE certificate.id = entered.certificate_id
RETURNING certificate.id, certificate.book_no, certificate.created_at = :at AS issued
