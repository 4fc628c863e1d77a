-- in: device; came (how many arrivals it counts as: senders.note_arrival), undurable_from, now, skew, newest (its
--     largest seq), pending, oldest_pending_at, app_version, form_version (null: it said nothing); account, batch,
--     protocol, sent_at, submissions, replayed
-- out: nothing
-- locks: the tablet (the caller holds it already)
WITH heard AS (
    UPDATE device
    SET arrivals = arrivals + CAST(:came AS integer), undurable_from = :undurable_from, last_contact_at = :now,
        clock_skew_seconds = :skew, last_seq = greatest(last_seq, :newest),
        pending = coalesce(:pending, pending),
        oldest_pending_at = CASE
            WHEN CAST(:pending AS integer) IS NULL THEN oldest_pending_at ELSE CAST(:oldest_pending_at AS timestamptz)
        END,
        app_version = coalesce(:app_version, app_version), form_version = coalesce(:form_version, form_version),
        refused_at = NULL, refused_with = NULL
    WHERE id = :device
)
INSERT INTO sync_batch (
    batch_id, device_id, account_id, protocol, sent_at, received_at, skew_seconds, submissions, replayed
)
VALUES (:batch, :device, :account, :protocol, :sent_at, :now, :skew, :submissions, :replayed)
