-- in: :list_id, :rows [{position, poverty_class, newly_escaped, objection}]
-- out: nothing; the lines of the list say what was found of their households
-- locks: these lines; the caller holds the list
UPDATE loan_list_line
SET poverty_class = r.poverty_class, newly_escaped = r.newly_escaped, objection = r.objection
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r (position integer, poverty_class text, newly_escaped boolean, objection text)
WHERE loan_list_line.list_id = :list_id AND loan_list_line.position = r.position
