"""A push that was refused as a whole: the tablet's officer sees it, for the tablet alone cannot help itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select, update
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.tables import Device
from api.problems import Problem, TooLarge

_device = Device.__table__  # type: ignore[attr-defined]


@contextmanager
def noted(session: Session, actor: Actor) -> Iterator[None]:
    """Notes what is refused inside the block, of the tablet the session is bound to. Too large is no trouble: the
    tablet splits and sends again. Neither is what passes by itself (503)."""
    try:
        yield
    except Problem as problem:
        if actor.device_id is not None and problem.status < 500 and not isinstance(problem, TooLarge):
            _note(session, actor, problem.slug)
        raise


def _note(session: Session, actor: Actor, slug: str) -> None:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    # in a transaction of its own: the refusal takes the request's back
    mine = select(_device.c.id).where(_device.c.id == actor.device_id, _device.c.account_id == actor.account_id)
    with Session(bind) as own, own.begin():
        free = mine.with_for_update(key_share=True, skip_locked=True)
        noticed = {"refused_at": clock.now(), "refused_with": slug, "last_contact_at": clock.now()}
        own.execute(update(_device).where(_device.c.id.in_(free)).values(noticed))
