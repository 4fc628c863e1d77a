-- in: a row for each change, binary
-- out: nothing. Rows get their place in the feed after commit (feed.number).
-- locks: nothing but the new rows
COPY change_pending (entity, record_id, area_id, household_id, version, op, reason, into_id) FROM STDIN (FORMAT BINARY)
