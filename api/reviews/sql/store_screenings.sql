-- in: :rows [{id, request_id, form_code, form_version, passed, reason, answers, screened_on, screened_by, by_rule,
--     differs_from_device, version}], :at
-- out: nothing. A new one of a request that has one already takes its place: the caller has read it, under its lock.
-- locks: the rows named; their requests, which the caller holds FOR UPDATE
INSERT INTO screening (
    id, request_id, form_code, form_version, passed, reason, answers, screened_on, screened_by, by_rule,
    differs_from_device, version, recorded_at
)
SELECT r.id, r.request_id, r.form_code, r.form_version, r.passed, r.reason, r.answers, r.screened_on, r.screened_by,
    r.by_rule, r.differs_from_device, r.version, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    id uuid, request_id uuid, form_code text, form_version integer, passed boolean, reason text, answers jsonb,
    screened_on date, screened_by uuid, by_rule boolean, differs_from_device boolean, version integer
)
ON CONFLICT (id) DO UPDATE SET
    form_code = excluded.form_code, form_version = excluded.form_version, passed = excluded.passed,
    reason = excluded.reason, answers = excluded.answers, screened_on = excluded.screened_on,
    screened_by = excluded.screened_by, by_rule = excluded.by_rule,
    differs_from_device = excluded.differs_from_device, version = excluded.version, recorded_at = excluded.recorded_at
