"""`python -m tests.season [--tablets 200] [--days 60] [--seed 1]`."""

from tests.season.run import main

main()
