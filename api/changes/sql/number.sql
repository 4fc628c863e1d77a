-- in: nothing; the caller holds the feed's advisory lock and has made sure that an epoch exists
-- out: one row per change that got its number (older changes of a record in an area give way to the newest)
-- locks: deletes what is committed in change_pending; the newest row of feed_epoch; the feed rows it replaces
WITH taken AS (
    DELETE FROM change_pending RETURNING *
),
newest AS (
    SELECT DISTINCT ON (record_id, area_id) *,
           CASE entity WHEN 'household' THEN 0 WHEN 'member' THEN 1 WHEN 'screening' THEN 3 ELSE 2 END AS rank
    FROM taken
    ORDER BY record_id, area_id, version DESC, id DESC
),
-- parents first: a household changed after its members were added is still numbered before them
placed AS (
    SELECT *, row_number() OVER (ORDER BY rank, id) AS place FROM newest
),
counter AS (
    UPDATE feed_epoch
    SET last_seq = last_seq + (SELECT count(*) FROM newest)
    WHERE epoch = (SELECT epoch FROM feed_epoch ORDER BY started_at DESC, epoch LIMIT 1)
    RETURNING last_seq - (SELECT count(*) FROM newest) AS start
)
INSERT INTO change_feed AS feed
    (record_id, area_id, seq, first_seq, entity, rank, household_id, version, op, reason, into_id)
SELECT record_id, area_id, start + place, start + place, entity, rank, household_id, version, op, reason, into_id
FROM placed, counter
ON CONFLICT (record_id, area_id) DO UPDATE SET
    seq = excluded.seq,
    -- new to readers again: it had left the area, or it stands under another household now
    first_seq = CASE
        WHEN feed.op = 'put' AND feed.household_id = excluded.household_id THEN feed.first_seq
        WHEN excluded.op = 'remove' THEN feed.first_seq
        ELSE excluded.seq
    END,
    entity = excluded.entity,
    rank = excluded.rank,
    household_id = excluded.household_id,
    version = excluded.version,
    op = excluded.op,
    reason = excluded.reason,
    into_id = excluded.into_id
