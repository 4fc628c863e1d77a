"""Who appears eligible for what, and why; who of them has not been served yet."""
