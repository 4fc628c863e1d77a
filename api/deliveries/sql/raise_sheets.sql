-- in: :ids (uuid[]), :at
-- out: nothing. A sheet counts every change of its lines: who read it before must not close it unseen.
-- locks: the sheets named, whose interventions the caller holds
UPDATE signing_sheet SET version = version + 1, updated_at = :at WHERE id = ANY(CAST(:ids AS uuid[]))
