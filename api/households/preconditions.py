"""A verb on a household, on the version that the caller saw (`If-Match`), where they say which."""

from api.changes.fold import Record, stale


def refuse_stale(record: Record, read: int | None) -> None:
    """Raises StaleVersion where somebody changed the record after `read`. None: the caller does not say."""
    if read is not None and read != record.version:
        raise stale(read, record.version)
