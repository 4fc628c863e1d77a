"""Hands an edition in to the level above: the chair submits; the level above accepts, or returns it with a remark."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, cast, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import Role
from api.areas.places import covers
from api.areas.scope import Scope
from api.problems import Conflict, SeparationOfDuties
from api.procedure import records
from api.reports.edition_queries import no_such_edition, require
from api.reports.tables import HandInState, ReportAudience
from api.reports.upper import EDITION, HAND_IN
from api.reviews.rounds import expect_version


def submit(session: Session, actor: Actor, edition_id: UUID, version: int | None) -> None:
    """Hands in the last internal edition of a report, again too after it was returned.

    Raises NotFound, SeparationOfDuties (who published it), StaleVersion, IllegalStage, Conflict for a public edition or
    one that was replaced.
    """
    row = _held(session, actor, edition_id)
    if not covers(session, actor.scope, row.area_id):
        raise no_such_edition()
    if row.audience != ReportAudience.internal or row.replaced_by_id is not None:
        vi = "Chỉ nộp bản nội bộ mới nhất của báo cáo."
        raise Conflict(vi, "Only the last internal edition is handed in.")
    said_itself = cast(EDITION.c.content, JSONB)["report"]["due_on"].astext
    frozen = session.execute(select(EDITION.c.published_by, said_itself).where(EDITION.c.id == edition_id)).one()
    if frozen.published_by == actor.account_id:
        vi = "Người lập và ban hành báo cáo không tự nộp: người khác có quyền nộp báo cáo sẽ nộp."
        raise SeparationOfDuties(vi, "Whoever published the report does not hand it in: another person does.")
    today, now = clock.today(), clock.now()
    said: dict[str, Any] = {"state": HandInState.submitted, "submitted_by": actor.account_id, "submitted_on": today}
    if row.state is None:
        expect_version(row, version)
        due = None if frozen[1] is None else date.fromisoformat(frozen[1])
        stamps = {"version": 2, "created_at": now, "updated_at": now}
        session.execute(insert(HAND_IN).values(edition_id=edition_id, due_on=due, **said, **stamps))
    else:
        _step(
            session, row, version, HandInState.returned, said | {"remark": None, "decided_by": None, "decided_on": None}
        )
    audit.record(session, actor, "reports.submit", "report_edition", [edition_id])


def decide(session: Session, actor: Actor, edition_id: UUID, version: int | None, remark: str | None) -> None:
    """Accepts what was handed in, or with a remark returns it.

    Raises NotFound, SeparationOfDuties, StaleVersion, IllegalStage, Conflict for who is not of the level above, and for
    accepting an edition that was replaced since: it can only be returned.
    """
    row = _held(session, actor, edition_id)
    above = Scope.of(grant.area_id for grant in actor.grants if grant.role is Role.district_officer)
    if not covers(session, above, row.area_id):
        vi = "Báo cáo của xã do cấp trên tiếp nhận."
        raise Conflict(vi, "The level above accepts what a commune hands in.")
    if row.submitted_by == actor.account_id:
        raise SeparationOfDuties("Người gửi báo cáo không tự tiếp nhận.", "Whoever handed it in may not accept it.")
    if remark is None and row.replaced_by_id is not None:
        raise _replaced(row)
    state = HandInState.accepted if remark is None else HandInState.returned
    said = {"state": state, "remark": remark, "decided_by": actor.account_id, "decided_on": clock.today()}
    _step(session, row, version, HandInState.submitted, said)
    audit.record(session, actor, f"reports.{'accept' if remark is None else 'return'}", "report_edition", [edition_id])


def _replaced(row: Row[Any]) -> Conflict:
    return Conflict(
        "Xã đã ban hành bản mới thay bản báo cáo này: trả lại bản này, rồi tiếp nhận bản mới khi xã nộp.",
        "The commune published a newer edition in its place: return this one, and accept the new one once handed in.",
        replaced_by_id=str(row.replaced_by_id),
    )


def _held(session: Session, actor: Actor, edition_id: UUID) -> Row[Any]:
    """The edition, under a lock of it: whoever takes a step waits for whoever does. Raises NotFound."""
    require(session, actor, edition_id)
    session.execute(select(EDITION.c.id).where(EDITION.c.id == edition_id).with_for_update())
    return require(session, actor, edition_id)


def _step(session: Session, row: Row[Any], version: int | None, before: HandInState, said: dict[str, Any]) -> None:
    expect_version(row, version)
    records.expect_state(row, "Báo cáo đang ở bước khác.", "The report is at another step.", before)
    changes = said | {"version": row.version + 1, "updated_at": clock.now()}
    session.execute(HAND_IN.update().where(HAND_IN.c.edition_id == row.id).values(**changes))
