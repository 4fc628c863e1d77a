"""`python -m tests.bench [--quick]`."""

from tests.bench.run import main

main()
