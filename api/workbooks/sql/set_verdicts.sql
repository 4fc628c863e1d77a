-- in: :rows [{position, verdict, problems, keys, found, digest}] (found, digest: base64) and :import_id
-- out: nothing
-- locks: the rows of the import, which the caller holds
UPDATE workbook_row AS w
SET verdict = r.verdict, problems = r.problems, keys = r.keys, found = decode(r.found, 'base64'),
    digest = decode(r.digest, 'base64')
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    position integer, verdict text, problems text[], keys text[], found text, digest text
)
WHERE w.import_id = CAST(:import_id AS uuid) AND w.position = r.position
