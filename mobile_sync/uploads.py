"""Takes the bytes of a declared file as they come: what came before a cut is kept, the next call goes on from there.

No transaction is open while the line is waited for: one short one before the bytes, one after the last of them.
"""

from contextlib import suppress
from uuid import UUID

from fastapi import Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.accounts.actor import Actor
from api.attachments import commands, queries, store
from api.attachments.queries import Expected
from api.attachments.schemas import UploadOut
from api.attachments.store import Slot
from api.attachments.tables import AttachmentEntity
from api.config import Settings
from api.db import short_unit_of_work
from api.deliveries.rows import told_again as deliveries_again
from api.problems import HashMismatch, NotAcceptable, Unavailable
from api.reviews.review_store import told_again as reviews_again

# whose readers are told by the feed that a file has arrived
_TOLD = {AttachmentEntity.review: reviews_again, AttachmentEntity.delivery: deliveries_again}


def status(session: Session, actor: Actor, settings: Settings, sha256: str) -> UploadOut:
    """How much of a file is here for the caller. Raises NotFound, Unavailable."""
    file = queries.expected(session, actor, sha256)
    slot = Slot(settings.files_folder, sha256, actor.account_id)
    here = _here(file, slot)
    return _told(file, file.size if here else store.received(slot), complete=here and file.settled)


async def upload(request: Request, actor: Actor, sha256: str, offset: int) -> UploadOut:
    """Takes the rest of the request's bytes, from `offset` on. The answer says what is here then.

    Raises NotFound, WrongOffset, TooLarge, HashMismatch, NotAcceptable, Unavailable.
    """
    file = await run_in_threadpool(_begin, request, actor, sha256)
    slot = Slot(request.app.state.settings.files_folder, sha256, actor.account_id)
    here = await run_in_threadpool(_here, file, slot)
    if not here:
        there = await _take(request, slot, offset, file.size)
        if there < file.size:
            return _told(file, there, complete=False)
        try:
            await run_in_threadpool(store.finish, slot, file.size, file.media_type)
        except (HashMismatch, Unavailable):
            # the same upload, cut behind its last byte and sent again: the first of the two has finished it meanwhile
            file = await run_in_threadpool(_begin, request, actor, sha256)
            if not await run_in_threadpool(_here, file, slot):
                raise
    if not here or not file.settled:
        await run_in_threadpool(_end, request, actor, file)
    await run_in_threadpool(store.let_go, slot)
    return _told(file, file.size, complete=True)


async def _take(request: Request, slot: Slot, offset: int, size: int) -> int:
    """Writes what comes, piece by piece; where the file ends then."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # photos do not get smaller, and half a gzip stream could not be gone on with
        raise NotAcceptable("Hãy gửi tệp không nén.", "Send the bytes of the file as they are.")
    there = await run_in_threadpool(store.append, slot, offset, b"", max(size, offset))
    length = request.headers.get("content-length", "")
    if length.isdecimal() and there + int(length) > size:
        raise store.too_long(size, there)
    with suppress(ClientDisconnect):  # nobody is there to be answered, and the tablet asks when it comes back
        async for piece in request.stream():
            if piece:
                there = await run_in_threadpool(store.append, slot, there, piece, size)
    return there


def _begin(request: Request, actor: Actor, sha256: str) -> Expected:
    with short_unit_of_work(request) as session:
        return queries.expected(session, actor, sha256)


def _end(request: Request, actor: Actor, file: Expected) -> list[UUID]:
    with short_unit_of_work(request) as session:
        records = commands.settle(session, actor, file)
        for entity, tell in _TOLD.items():
            tell(session, actor.scope, [record_id for kind, record_id in records if kind == entity])
        return [record_id for _, record_id in records]


def _here(file: Expected, slot: Slot) -> bool:
    """Known to the database and on the disk: after a restore of an older folder a file is asked for again."""
    return file.here and store.is_whole(slot.folder, file.sha256, file.size)


def _told(file: Expected, received: int, *, complete: bool) -> UploadOut:
    return UploadOut(
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        received=received,
        complete=complete,
        durable=complete and file.durable,
    )
