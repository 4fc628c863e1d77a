-- in: :decision_id, :area_id, :today, :at, :by. The caller holds the books of the commune.
-- out: nothing; whoever is poor or near-poor by this decision today and holds no certificate gets one, with the next
--   number of the book, in the order of the hamlets and their household numbers
-- locks: the new rows; their households FOR KEY SHARE
INSERT INTO certificate (id, household_id, area_id, book_no, issued_on, issued_by, version, created_at, updated_at)
SELECT gen_random_uuid(), r.household_id, :area_id,
    (SELECT coalesce(max(book_no), 0) FROM certificate WHERE area_id = :area_id)
        + row_number() OVER (ORDER BY a.code, h.household_no NULLS LAST, h.id),
    :today, :by, 1, :at, :at
FROM recognition r
JOIN household h ON h.id = r.household_id AND h.status = 'active'
JOIN area a ON a.id = h.hamlet_id
WHERE r.decision_id = :decision_id AND r.poverty_class IN ('poor', 'near_poor') AND r.days @> CAST(:today AS date)
    AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.household_id = r.household_id AND c.withdrawn_on IS NULL)
