-- In: :rows, a JSON array of grants that follow an area (grant_id, ends_on, and the new one: id, area_id, valid_from;
--     a null id: nothing follows); :granted_by, :now. Out: nothing.
-- Locks: the grants that end.
WITH given AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS following (
        grant_id uuid, ends_on date, id uuid, area_id uuid, valid_from date
    )
), followed AS (
    INSERT INTO account_grant (id, account_id, role, area_id, head, valid_from, valid_to, granted_by, created_at,
                               followed_from)
    SELECT given.id, old.account_id, old.role, given.area_id, old.head, given.valid_from, old.valid_to, :granted_by,
           :now, old.id
    FROM given JOIN account_grant AS old ON old.id = given.grant_id
    WHERE given.id IS NOT NULL
)
UPDATE account_grant AS old SET valid_to = given.ends_on
FROM (SELECT DISTINCT grant_id, ends_on FROM given) AS given
WHERE old.id = given.grant_id
