-- in: :rows [{household_id, hamlet_id, poverty_class, persons}] and :round_id
-- out: nothing; a household stands once at the end of a round (pk_standing)
-- locks: the new rows; the round, households and hamlets FOR KEY SHARE
INSERT INTO standing (round_id, household_id, hamlet_id, poverty_class, persons)
SELECT :round_id, r.household_id, r.hamlet_id, r.poverty_class, r.persons
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    household_id uuid, hamlet_id uuid, poverty_class text, persons integer
)
