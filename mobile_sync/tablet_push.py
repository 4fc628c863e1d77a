"""How a tablet sends its outbox: in batches, each piece of work as often as it takes until a receipt names it.

Where the server turns out to have been restored (another epoch), all work still kept is sent again, the acknowledged
too, as it was: what the server still has comes back `replayed`, what it lost is applied.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage
from mobile_sync.tablet_work import Work

_PAGE = 500
# a line that breaks within every large batch still carries small ones
_SMALLEST_BATCH = 20
# room for what surrounds the submissions of a batch
_ENVELOPE_BYTES = 1000

# What a batch tells of the tablet beside the work in it: device_id, sent_at, pending, …
Said = Callable[[list[Work]], dict[str, Any]]


@dataclass
class _Limits:
    """`refused`: the records whose work was too large even alone, so that what was done on them later waits too."""

    submissions: int
    size: int
    refused: dict[str, Refused] = field(default_factory=dict)


def push(storage: Storage, line: Line, said: Said) -> list[dict[str, Any]]:
    """Sends what is in the outbox, in batches; the outcomes as the receipts tell them.

    Raises Unreachable or Refused; whatever was acknowledged until then is marked, the rest stays. What the server does
    not take even alone (413) keeps nothing else back: it is told at the end, as Refused, and stays.
    """
    told: list[dict[str, Any]] = []
    if not storage.holds_work():
        return told
    info = line.call("GET", "/sync/v1/info").json()
    # before the first batch: what a restored server lost goes before what it never had
    with storage.transaction():
        storage.heard(info["epoch"])
    limits = _Limits(info["max_submissions"], info["max_bytes"])
    while batch := _ready(storage, limits):
        told += _send(storage, line, said, batch, limits)
    for refused in limits.refused.values():
        raise refused
    return told


def _ready(storage: Storage, limits: _Limits) -> list[Work]:
    """The next batch: in order, within the limits, and no change of a record whose earlier change has no receipt.

    Two changes of one record on the road at once could arrive in the wrong order, and of a record made here only the
    receipt tells the version. A review is scored from the people as the server has them when it comes: what was left
    out ahead of it goes first.
    """
    batch: list[Work] = []
    size = _ENVELOPE_BYTES
    touched = set(limits.refused)
    left_out = False
    for one in storage.unsent():
        if left_out and one.entity == "review":
            break
        if one.record_id in touched:
            left_out = left_out or one.record_id not in limits.refused
            continue
        touched.add(one.record_id)
        work = _sealed(storage, one)
        size += len(json.dumps(_submission(work), ensure_ascii=False).encode()) + 2
        if batch and (len(batch) >= limits.submissions or size > limits.size):
            break
        batch.append(work)
    return batch


def _sealed(storage: Storage, work: Work) -> Work:
    """The work as it is sent, now and at every repetition: made on the version that the surveyor saw.

    Never on what an earlier change has become: that version may hold what somebody else changed, which nobody here
    has seen, and which would be overwritten as if they had. The server knows what this tablet changed itself. Only
    the version of a record made here is told by its receipt.
    """
    if work.sealed:
        return work
    base = work.base_version
    if base is not None:
        base = max([base, *(one.created_as for one in storage.work_on(work.record_id) if one.seq < work.seq)])
    storage.seal(work.seq, base)
    return replace(work, base_version=base, sealed=True)


def _send(storage: Storage, line: Line, said: Said, batch: list[Work], limits: _Limits) -> list[dict[str, Any]]:
    """Sends one batch; where it is too large for the server or the line after all, two halves of it."""
    body = {
        "protocol": 1,
        "batch_id": str(uuid4()),
        **said(batch),
        "submissions": [_submission(work) for work in batch],
    }
    try:
        response = line.call(
            "POST",
            "/sync/v1/batches",
            content=gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 6),
            headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        )
    except Refused as refused:
        if refused.status != 413:
            raise
        if len(batch) == 1:
            limits.refused[batch[0].record_id] = refused
            return []
        return _halved(storage, line, said, batch, limits)
    except Unreachable as gone:
        if len(batch) <= _SMALLEST_BATCH or gone.retry_after:
            raise
        return _halved(storage, line, said, batch, limits)
    receipt: dict[str, Any] = response.json()
    _note(storage, receipt, receipt["outcomes"])
    outcomes: list[dict[str, Any]] = receipt["outcomes"]
    return outcomes


def _halved(storage: Storage, line: Line, said: Said, batch: list[Work], limits: _Limits) -> list[dict[str, Any]]:
    limits.submissions = max(1, len(batch) // 2)
    middle = len(batch) // 2
    first = _send(storage, line, said, batch[:middle], limits)
    return first + _send(storage, line, said, batch[middle:], limits)


def ask_again(storage: Storage, line: Line, device_id: str) -> None:
    """Brings the stored outcomes up to date: what was held may be applied by now, a conflict decided."""
    after: int | None = -1
    while after is not None:
        query = {"device_id": device_id, "after_seq": after, "limit": _PAGE}
        page = line.call("GET", "/sync/v1/submissions", params=query).json()
        _note(storage, page, page["items"])
        after = page["after_seq"]


def _note(storage: Storage, answer: dict[str, Any], outcomes: list[dict[str, Any]]) -> None:
    with storage.transaction():
        storage.heard(answer["epoch"], answer["durable_through"])
        for outcome in outcomes:
            storage.mark(outcome, answer["epoch"])


def _submission(work: Work) -> dict[str, Any]:
    return {
        "submission_id": work.submission_id,
        "seq": work.seq,
        "entity": work.entity,
        "id": work.record_id,
        "base_version": work.base_version,
        "recorded_at": work.recorded_at,
        "data": work.data,
    }
