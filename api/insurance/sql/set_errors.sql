-- in: :list_id, :returned_on, :rows [{position, code, text, card_no}]
-- out: the positions that the list has, of lines that were not taken off; they came back with these errors
-- locks: these lines; the caller holds the list
UPDATE insurance_line
SET error_code = r.code, error_text = r.text, card_no = coalesce(r.card_no, insurance_line.card_no),
    resolved_on = CASE WHEN known.same THEN insurance_line.resolved_on END,
    resolution = CASE WHEN known.same THEN insurance_line.resolution END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (position integer, code text, text text, card_no text)
JOIN insurance_line AS before ON before.list_id = :list_id AND before.position = r.position
-- the error that was resolved, said once more: it stays resolved
CROSS JOIN LATERAL (
    SELECT (before.error_code, before.error_text) IS NOT DISTINCT FROM (r.code, r.text)
        AND CAST(:returned_on AS date) <= before.resolved_on AS same
) AS known
WHERE insurance_line.list_id = :list_id AND insurance_line.position = r.position AND insurance_line.taken_off IS NULL
RETURNING insurance_line.position
