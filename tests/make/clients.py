"""Web clients of the tests."""

from typing import Any

import httpx

# The certificates of the machine take 20 ms to read, and httpx reads them for every client, also for plain HTTP.
ROOTS = httpx.create_ssl_context()


def client_of(base_url: str, **more: Any) -> httpx.Client:
    """A client that waits three minutes for an answer: a loaded machine is slow, not broken."""
    return httpx.Client(base_url=base_url, verify=ROOTS, **{"timeout": 180, **more})
