"""Publishes reports: an edition is frozen with its hash; a correction is a new edition that names the one before."""

import hashlib
import json
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.places import covers
from api.areas.tables import Level
from api.idempotency import new_id
from api.problems import Conflict, FieldError, Invalid, NotFound
from api.procedure import records
from api.recognitions.books import hold_books
from api.reports.basis import Asked
from api.reports.definition import forms, list_forms
from api.reports.edition_schemas import EditionIn
from api.reports.queries import whole
from api.reports.schemas import OfficialReportOut
from api.reports.small import minimised, sees_small_counts
from api.reports.tables import ReportAudience
from api.reports.upper import EDITION
from api.reports.wrong import balanced


def publish(session: Session, actor: Actor, form: str, body: EditionIn, key: str | None) -> UUID:
    """A frozen edition. The same id or key again gives what is stored.

    Raises UnknownForm, NotFound (the area, the round), Invalid, DoesNotBalance; Conflict where there is an edition
    already that this one does not replace, and for whoever is not told small counts.
    """
    edition_id = new_id(actor.account_id, "report_edition", body.id, key)
    sent = {"form": form, "asked": body.model_dump(mode="json", exclude={"id"})}
    if records.made_before(session, EDITION, edition_id, sent, by_key=bool(key) and body.id is None) is not None:
        return edition_id
    _check(form, body)
    found = whole(session, actor, form, _asked(body))
    if found.area.level is not Level.commune or not covers(session, actor.scope, found.area.id):
        raise NotFound("Không tìm thấy xã này trong địa bàn của bạn.", "There is no such commune in your areas.")
    if not sees_small_counts(session, actor, found.area.id):
        vi = "Biểu chính thức do cán bộ xã lập; Mặt trận gửi báo cáo của mình ở report-submissions."
        raise Conflict(vi, "The commune's officer prepares official forms.")
    balanced(found)
    if body.audience is ReportAudience.public and found.kind != "list":
        found = minimised(found, forms().get(form))
    hold_books(session, found.area.id)
    if records.made_before(session, EDITION, edition_id, sent, by_key=bool(key) and body.id is None) is not None:
        return edition_id
    before = _before(session, found, body)
    content = _frozen(found, body, before)
    _insert(session, actor, edition_id, found, body, before, content, sent)
    return edition_id


def _asked(body: EditionIn) -> Asked:
    return Asked(body.area, body.round_id, body.as_of, body.period, body.known_at, where="#/")


def _check(form: str, body: EditionIn) -> None:
    if (body.replaces_id is None) != (body.reason is None):
        vi = "Bản thay thế phải nêu bản bị thay và lý do."
        raise Invalid(vi, "A correction names what it replaces, and why.", errors=(
            FieldError("#/reason", "missing", vi, "Say both, or neither."),))  # fmt: skip
    listed = list_forms().get(form)
    if listed is not None and listed.detailed and body.audience is ReportAudience.public:
        vi = "Danh sách chi tiết không đăng công khai: hãy dùng danh sách niêm yết."
        raise Invalid(vi, "A detailed list is not public: use the list for posting.", errors=(
            FieldError("#/audience", "not_public", vi, "Not public."),))  # fmt: skip


def _before(session: Session, found: OfficialReportOut, body: EditionIn) -> Row[Any] | None:
    """The last edition of the same report. Raises Conflict where it is not the one that is replaced."""
    last = session.execute(
        select(EDITION.c.id, EDITION.c.edition, EDITION.c.number)
        .where(
            EDITION.c.area_id == found.area.id, EDITION.c.form == found.form, EDITION.c.period == found.period,
            EDITION.c.audience == body.audience,
        )
        .order_by(EDITION.c.edition.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    if (last.id if last else None) == body.replaces_id:
        return last
    vi = "Báo cáo này chưa có bản nào để thay." if last is None else (
        f"Báo cáo này đã có bản {last.edition} (số {last.number}): bản mới phải nêu bản đó và lý do thay.")  # fmt: skip
    en = "There is nothing to replace." if last is None else f"Name edition {last.edition} and the reason."
    raise Conflict(vi, en, last_edition_id=str(last.id) if last else None)


def _frozen(found: OfficialReportOut, body: EditionIn, before: Row[Any] | None) -> str:
    """The report as canonical JSON: sorted keys, no spaces, so that its hash can be checked anywhere."""
    header = {
        "edition": before.edition + 1 if before else 1, "number": body.number, "issued_on": body.issued_on.isoformat(),
        "prepared_by": body.prepared_by, "signatory": body.signatory, "recipients": body.recipients,
        "audience": body.audience.value, "replaces": before.number if before else None, "reason": body.reason,
    }  # fmt: skip
    content = {"header": header, "report": found.model_dump(mode="json")}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _insert(
    session: Session, actor: Actor, edition_id: UUID, found: OfficialReportOut, body: EditionIn,
    before: Row[Any] | None, content: str, sent: dict[str, Any],
) -> None:  # fmt: skip
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    session.execute(
        insert(EDITION).values(
            id=edition_id, area_id=found.area.id, period=found.period, audience=body.audience,
            edition=before.edition + 1 if before else 1, round_id=found.round_id, as_of=found.as_of, number=body.number,
            issued_on=body.issued_on, signatory=body.signatory, recipients=body.recipients,
            replaces_id=body.replaces_id,
            reason=body.reason, content=content, sha256=sha256, published_by=actor.account_id, published_at=clock.now(),
            **sent,
        )
    )  # fmt: skip
    audit.record(session, actor, "reports.publish", "report_edition", [edition_id], form=found.form, sha256=sha256)
