-- in: :list_id, :rows [{position, code, text, card_no}]
-- out: the positions that the list has, of lines that were not taken off; they came back with these errors
-- locks: these lines; the caller holds the list
UPDATE insurance_line
SET error_code = r.code, error_text = r.text, card_no = coalesce(r.card_no, insurance_line.card_no),
    resolved_on = NULL, resolution = NULL
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (position integer, code text, text text, card_no text)
WHERE insurance_line.list_id = :list_id AND insurance_line.position = r.position AND insurance_line.taken_off IS NULL
RETURNING insurance_line.position
