-- in: nothing
-- out: one text, the ANALYZE of every table: run it, and the planner knows how many rows every table holds, those of this
-- transaction among them
-- locks: nothing itself; what it gives keeps VACUUM and ANALYZE of others away until the transaction ends, readers and
-- writers go on
SELECT 'ANALYZE ' || string_agg(quote_ident(tablename), ', ' ORDER BY tablename)
FROM pg_tables
WHERE schemaname = current_schema()
