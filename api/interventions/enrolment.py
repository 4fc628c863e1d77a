"""Checks who is to be enrolled: set-wise against the register, and one by one against the roles of the kind."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.households.stored import Lock, among, hold_households, survivors
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions import fields
from api.interventions.organisation_queries import working
from api.interventions.participant_schemas import ParticipantIn
from api.problems import FieldError, Invalid, NotFound, PermissionDenied
from api.programmes.definition import Kind, Role

# Whoever enrols a household or one of its people may list it: they see and change whom they have put down.
LISTING = (Permission.households_list, Permission.households_read)

_WHO = {
    "household": "cả hộ", "member": "từng người trong hộ", "organisation": "tổ chức",
    "outsider": "người ngoài danh sách", "headcount": "nhóm chỉ ghi số lượng",
}  # fmt: skip


@dataclass(frozen=True)
class Homes:
    """Each household that was named, as of today."""

    today: dict[UUID, UUID]


def homes_of(session: Session, mine: Actor, listed: Scope, sent: Sequence[ParticipantIn]) -> Homes:
    """Looks up all households, people and organisations at once; households are held until the end of the transaction.

    `mine`: the caller, narrowed to the right of the kind; `listed`: where they may list households, without which they
    name none. Raises NotFound with the places of those that are not there, or not the caller's, PermissionDenied.
    """
    named = {one.household_id for one in sent if one.household_id is not None}
    if named and not listed.area_ids:
        raise _lists_nobody()
    held = hold_households(session, mine.scope, named, Lock.share)
    merged = survivors(session, held, mine.scope, Lock.share)
    seen = _listed(session, mine.scope, listed, held.mine)
    today = {one: merged.get(one, one) for one in named if merged.get(one, one) in seen}
    members = [one.member_id for one in sent if one.member_id is not None]
    lives: dict[UUID, UUID] = {}
    if members:
        query = select(MEMBER.c.id, MEMBER.c.household_id).where(
            among(MEMBER.c.id, members), MEMBER.c.left_on.is_(None)
        )
        lives = {row.id: row.household_id for row in session.execute(query)}
    known = working(session, mine.scope, {one.organisation_id for one in sent if one.organisation_id is not None})
    missing: list[FieldError] = []
    for n, one in enumerate(sent):
        home = one.household_id and today.get(one.household_id)
        if one.household_id is not None and home is None:
            missing.append(_missing(n, "household_id", "Không tìm thấy hộ này.", "There is no such household."))
        elif home is not None and one.member_id is not None and lives.get(one.member_id) != home:
            vi, en = "Không tìm thấy người này trong hộ.", "There is no such person in the household."
            missing.append(_missing(n, "member_id", vi, en))
        if one.organisation_id is not None and one.organisation_id not in known:
            vi, en = "Không tìm thấy tổ chức này.", "There is no such organisation."
            missing.append(_missing(n, "organisation_id", vi, en))
    if missing:
        raise NotFound(missing[0].vi, missing[0].en, errors=tuple(missing[:100]))
    return Homes(today)


def _lists_nobody() -> PermissionDenied:
    return PermissionDenied(
        f"Ghi hộ hoặc người trong danh sách hộ tham gia cần quyền {Permission.households_list}. Người ngoài danh "
        "sách, tổ chức và số lượng thì ghi được.",
        f"Enrolling households or their people needs the permission {Permission.households_list}. People from "
        "outside of the register, organisations and numbers are enrolled without it.",
        permission=Permission.households_list.value,
    )


def _listed(session: Session, scope: Scope, listed: Scope, homes: Collection[UUID]) -> Collection[UUID]:
    """Those of the households that the caller may list; mostly that is wherever they record."""
    if scope.area_ids <= listed.area_ids or not homes:
        return homes
    query = select(HOUSEHOLD.c.id).where(among(HOUSEHOLD.c.id, homes), listed.covers(HOUSEHOLD.c.hamlet_id))
    return set(session.scalars(query))


def _missing(n: int, name: str, vi: str, en: str) -> FieldError:
    return FieldError(f"#/participants/{n}/{name}", "not_found", vi, en)


def check(kind: Kind, sent: Sequence[ParticipantIn], homes: Homes) -> list[dict[str, Any]]:
    """The rows as they are stored, in the same order. Raises Invalid with the places of all that is wrong."""
    rows: list[dict[str, Any]] = []
    wrong: list[FieldError] = []
    given = [one.id for one in sent if one.id is not None]
    for n, one in enumerate(sent):
        at = f"#/participants/{n}"
        if one.id is not None and given.count(one.id) > 1:
            wrong.append(FieldError(f"{at}/id", "twice", "Mã này ghi hai lần.", "This id stands there twice."))
        role = kind.role(one.role)
        if role is None:
            wrong.append(_unknown_role(kind, at))
            continue
        wrong += _who_faults(role, one, at)
        found = fields.checked(role.fields, one.fields, f"{at}/fields")
        if isinstance(found, tuple):
            wrong += found
            continue
        plain = one.model_dump(mode="python", exclude={"id", "fields", "household_id"})
        plain["outsider"] = one.outsider and one.outsider.model_dump(mode="json")
        rows.append(plain | {"fields": found, "household_id": one.household_id and homes.today[one.household_id]})
    if wrong:
        raise Invalid(errors=tuple(wrong[:100]))
    return rows


def _who_faults(role: Role, one: ParticipantIn, at: str) -> Iterator[FieldError]:
    named = _named(one)
    if one.member_id is not None and one.household_id is None:
        vi, en = "Nêu một người thì phải nêu hộ của người đó.", "Who names a person names their household."
        yield FieldError(f"{at}/household_id", "missing", vi, en)
    elif not named:
        vi, en = "Phải nêu ai tham gia.", "Who takes part is missing."
        yield FieldError(at, "nobody", vi, en)
    elif len(named) > 1 and set(named) != {"organisation", "headcount"}:
        vi, en = "Mỗi dòng chỉ nêu một người, một hộ hoặc một tổ chức.", "A line names one who takes part."
        yield FieldError(at, "more_than_one", vi, en)
    refused = [what for what in named if what not in role.who]
    if refused and named:
        takes = ", ".join(_WHO[what] for what in role.who)
        english = ", ".join(role.who)
        yield FieldError(
            f"{at}/{named[refused[0]]}",
            "not_of_this_role",
            f"Vai trò «{role.label.vi}» chỉ ghi: {takes}.",
            f"The role «{role.label.en}» takes: {english}.",
        )
    if one.headcount is not None and not any(one.headcount.model_dump().values()):
        vi, en = "Số người phải lớn hơn 0.", "The numbers are all zero."
        yield FieldError(f"{at}/headcount", "nobody", vi, en)


def _named(one: ParticipantIn) -> dict[str, str]:
    """Who is named, as what, with the field that says so."""
    found = {}
    if one.member_id is not None:
        found["member"] = "member_id"
    elif one.household_id is not None:
        found["household"] = "household_id"
    for what in ("organisation", "outsider", "headcount"):
        name = "organisation_id" if what == "organisation" else what
        if getattr(one, name) is not None:
            found[what] = name
    return found


def _unknown_role(kind: Kind, at: str) -> FieldError:
    known = "; ".join(f"{role.code} ({role.label.vi})" for role in kind.roles) or "không ghi người tham gia"
    english = ", ".join(role.code for role in kind.roles) or "none"
    return FieldError(
        f"{at}/role",
        "unknown_role",
        f"Loại hoạt động này không có vai trò như vậy. Các vai trò: {known}.",
        f"This kind has no such role. Its roles: {english}.",
    )
