-- in: nothing
-- out: nothing; the planner knows how many rows every table holds, those of this transaction among them
-- locks: every table against VACUUM and ANALYZE of others until the transaction ends; readers and writers go on
DO $$
BEGIN
    EXECUTE (
        SELECT 'ANALYZE ' || string_agg(quote_ident(tablename), ', ' ORDER BY tablename)
        FROM pg_tables
        WHERE schemaname = current_schema()
    );
END
$$
