"""Writes reports: hamlet to commune, commune to the level above; handed in, returned with a remark, or accepted.

Of a hamlet its head or the Front's committee reports, and the commune's officer accepts; of a commune the officer
prepares, the chair hands in, and the level above accepts (permissions.md, reports:*).
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission, Role
from api.areas.places import covers, require_level
from api.areas.scope import Scope
from api.areas.tables import Level
from api.idempotency import new_id
from api.problems import Conflict, FieldError, Invalid, SeparationOfDuties
from api.procedure import records
from api.report_submissions.figures import figures
from api.report_submissions.queries import REPORT, mine, no_such_report
from api.report_submissions.schemas import ReportIn, ReportPatch
from api.report_submissions.tables import ReportAuthor, ReportState
from api.reviews.rounds import expect_version

_SENT = ("area_id", "author", "period", "period_from", "period_to", "due_on", "title", "recipients")
_OPEN = (ReportState.draft, ReportState.returned)
_AUTHORS = {
    Level.hamlet: (ReportAuthor.front_committee, ReportAuthor.hamlet_head),
    Level.commune: (ReportAuthor.commune,),
}
# who hands in and who accepts, by the level of the reporting area
_HANDS_IN = {Level.hamlet: Permission.reports_prepare, Level.commune: Permission.reports_submit}
_ACCEPTS = {Level.hamlet: Role.commune_officer, Level.commune: Role.district_officer}


def draft(session: Session, actor: Actor, body: ReportIn, key: str | None) -> UUID:
    """A first draft. The same id or key again gives what is stored. Raises NotFound (the area), Invalid (an author of
    another level, a period that ends before it begins)."""
    _check(body, require_level(session, actor.scope, body.area_id, Level.commune, Level.hamlet))
    report_id = new_id(actor.account_id, "report", body.id, key)
    sent = {name: getattr(body, name) for name in _SENT} | {"content": body.content.model_dump()}
    if records.made_before(session, REPORT, report_id, sent, by_key=bool(key) and body.id is None) is not None:
        return report_id
    more = {"state": ReportState.draft, "written_by": actor.account_id}
    session.execute(insert(REPORT).values(**records.new_row(report_id, sent, **more)))
    audit.record(session, actor, "reports.draft", "report", [report_id])
    return report_id


def _check(body: ReportIn, level: Level) -> None:
    if body.author not in _AUTHORS[level]:
        vi, en = "Báo cáo của xóm do Mặt trận hoặc trưởng xóm lập; của xã do xã lập.", "An author of another level."
        raise Invalid(vi, en, errors=(FieldError("#/author", "author_of_another_level", vi, en),))
    if body.period_to < body.period_from:
        vi, en = "Kỳ báo cáo kết thúc trước khi bắt đầu.", "The period ends before it begins."
        raise Invalid(vi, en, errors=(FieldError("#/period_to", "days_in_order", vi, en),))


def rewrite(session: Session, actor: Actor, report_id: UUID, version: int, body: ReportPatch) -> None:
    """Changes a draft, or one that was returned. Raises NotFound, StaleVersion, IllegalStage."""
    row = _hold(session, actor, report_id)
    expect_version(row, version)
    _at(row, *_OPEN)
    changes = body.model_dump(exclude_unset=True)
    for name in ("title", "content", "recipients"):
        if name in changes and changes[name] is None:
            vi, en = "Không được bỏ trống.", "This cannot be emptied."
            raise Invalid(vi, en, errors=(FieldError(f"#/{name}", "missing", vi, en),))
    _change(session, actor, row, "rewrite", **changes)


def submit(session: Session, actor: Actor, report_id: UUID, version: int | None) -> None:
    """Hands the report in, with the numbers of today. Raises NotFound, StaleVersion, IllegalStage, Conflict for who
    reports on another level, SeparationOfDuties for who wrote that of a commune (a hamlet's has one hand)."""
    row = _hold(session, actor, report_id)
    _of_their_level(session, actor.scope_of(_HANDS_IN[Level(row.level)]), row)
    if Level(row.level) is Level.commune and row.written_by == actor.account_id:
        vi = "Người viết báo cáo của xã không tự nộp: người khác có quyền nộp báo cáo sẽ nộp."
        raise SeparationOfDuties(vi, "Whoever wrote the commune's report does not hand it in: another person does.")
    expect_version(row, version)
    _at(row, *_OPEN)
    today = clock.today()
    counted = figures(session, row.area_id, row.period_from, row.period_to, today).model_dump(mode="json")
    said: dict[str, Any] = {"submitted_on": today, "submitted_by": actor.account_id, "remark": None}
    _change(session, actor, row, "submit", state=ReportState.submitted, figures=counted, **said)


def decide(session: Session, actor: Actor, report_id: UUID, version: int | None, remark: str | None) -> None:
    """The level above accepts it, or returns it with a remark.

    Raises NotFound, SeparationOfDuties, StaleVersion, IllegalStage, Conflict for who accepts on another level.
    """
    row = _hold(session, actor, report_id)
    role = _ACCEPTS[Level(row.level)]
    _of_their_level(session, Scope.of(grant.area_id for grant in actor.grants if grant.role is role), row)
    if row.submitted_by == actor.account_id:
        raise SeparationOfDuties("Người gửi báo cáo không tự tiếp nhận.", "Whoever handed it in may not accept it.")
    expect_version(row, version)
    _at(row, ReportState.submitted)
    state = ReportState.accepted if remark is None else ReportState.returned
    said = {"remark": remark, "decided_on": clock.today(), "decided_by": actor.account_id}
    _change(session, actor, row, "accept" if remark is None else "return", state=state, **said)


def _hold(session: Session, actor: Actor, report_id: UUID) -> Row[Any]:
    row = session.execute(mine(actor, REPORT.c.id == report_id).with_for_update(of=REPORT)).one_or_none()
    if row is None:
        raise no_such_report()
    return row


def _of_their_level(session: Session, scope: Scope, row: Row[Any]) -> None:
    if not covers(session, scope, row.area_id):
        raise Conflict(
            "Báo cáo của xóm do xóm gửi, xã tiếp nhận; báo cáo của xã do chủ tịch gửi, cấp trên tiếp nhận.",
            "A hamlet hands in its own report and the commune accepts it; the chair hands in that of the commune, and"
            " the level above accepts it.",
        )


def _at(row: Row[Any], *states: ReportState) -> None:
    records.expect_state(row, "Báo cáo đang ở bước khác.", "The report is at another step.", *states)


def _change(session: Session, actor: Actor, row: Row[Any], action: str, **changes: Any) -> None:
    records.change(session, REPORT, row, None, **changes)
    audit.record(session, actor, f"reports.{action}", "report", [row.id])
