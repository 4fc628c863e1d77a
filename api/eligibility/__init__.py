"""Who appears eligible for what, why, by which article, and what is still open. Judges; decides nothing."""
