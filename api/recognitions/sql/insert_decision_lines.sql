-- in: :rows [{household_id, hamlet_id, review_id, poverty_class, class_before, movement, persons}] and :decision_id
-- out: nothing; a household stands in a decision once (pk_decision_household)
-- locks: the new rows; the decision and the households FOR KEY SHARE
INSERT INTO decision_household (
    decision_id, household_id, hamlet_id, review_id, poverty_class, class_before, movement, persons
)
SELECT :decision_id, r.household_id, r.hamlet_id, r.review_id, r.poverty_class, r.class_before, r.movement, r.persons
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    household_id uuid, hamlet_id uuid, review_id uuid, poverty_class text, class_before text, movement text,
    persons integer
)
