-- in: :held [{sha256, arrivals, whole}] (of the files a dump refers to), :at
-- out: nothing
-- locks: nothing more (the caller holds these files already)
-- A file that has arrived for one more declaration since the dump is not durable: that arrival is not in the dump.
UPDATE attachment
SET backed_up_at = CASE
    WHEN held.whole AND held.arrivals = (
        SELECT count(*) FROM attachment_link l WHERE l.sha256 = attachment.sha256 AND l.arrived_at IS NOT NULL
    ) THEN CAST(:at AS timestamptz)
END
FROM jsonb_to_recordset(CAST(:held AS jsonb)) AS held (sha256 text, arrivals bigint, whole boolean)
WHERE held.sha256 = attachment.sha256
