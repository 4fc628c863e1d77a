-- in: :rows [{position, sheet, row_no, content}] (content: base64 of the sealed cells) and :import_id
-- out: nothing
-- locks: the new rows; their import FOR KEY SHARE
INSERT INTO workbook_row (import_id, position, sheet, row_no, content, problems, keys)
SELECT CAST(:import_id AS uuid), r.position, r.sheet, r.row_no, decode(r.content, 'base64'), '{}', '{}'
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (position integer, sheet integer, row_no integer, content text)
