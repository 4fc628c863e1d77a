"""Households and their people as papers print them, masked for whoever prints: what is withheld stays empty.

A citizen number is printed whole or not at all: a masked one would be crossed out by the pen that completes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.codes import label
from api.households.stored import among
from api.households.tables import Relation, Residence
from api.households.wire_records import HOUSEHOLD, MEMBER, member_record, member_select
from api.papers.parts import Member, Person
from api.printing.places import Place
from api.printing.sheet import NAMELESS

_ORDER = {relation.value: number for number, relation in enumerate(Relation)}
# Mẫu 01 and 04 know three states
_ACTIVITY = {
    "working": "Có việc làm",
    "unemployed": "Không có việc làm",
    "not_working": "Không có việc làm",
    "studying": "Đang đi học",
}


@dataclass(frozen=True, slots=True)
class Home:
    """A household of today: `people` are the records of those who live there, the head first."""

    id: UUID
    hamlet_id: UUID
    household_no: str | None
    address: str | None
    residence: str
    no_labour_capacity: bool
    people: tuple[dict[str, Any], ...]

    @property
    def head(self) -> dict[str, Any] | None:
        return self.people[0] if self.people else None

    @property
    def head_name(self) -> str | None:
        return self.people[0]["full_name"] if self.people else None


def homes(session: Session, actor: Actor, household_ids: Iterable[UUID]) -> dict[UUID, Home]:
    """These households, of those in the actor's scope, with their people; two statements for any number."""
    ids = list(household_ids)
    inside = actor.scope.covers(HOUSEHOLD.c.hamlet_id)
    columns = ("id", "hamlet_id", "household_no", "address", "residence", "no_labour_capacity", "head_member_id")
    found = session.execute(
        select(*(HOUSEHOLD.c[name] for name in columns)).where(among(HOUSEHOLD.c.id, ids), inside)
    ).all()
    living: dict[UUID, list[dict[str, Any]]] = {}
    for row in session.execute(_people(actor, [row.id for row in found])).mappings():
        # without the right the record holds a mask; the paper leaves room for the pen
        number = row["sees_number"]
        record = member_record(session, row)
        living.setdefault(record["household_id"], []).append(record if number else record | {"personal_id": None})
    return {
        row.id: Home(
            **{name: getattr(row, name) for name in columns if name != "head_member_id"},
            people=_head_first(living.get(row.id, []), row.head_member_id),
        )
        for row in found
    }


def _people(actor: Actor, household_ids: list[UUID]) -> Select[Any]:
    query = member_select(actor).add_columns(MEMBER.c.name_sort)
    return query.where(among(MEMBER.c.household_id, household_ids), MEMBER.c.left_on.is_(None))


def _head_first(people: list[dict[str, Any]], head_id: UUID | None) -> tuple[dict[str, Any], ...]:
    """The head as `households.search.head_name` finds it, the others by relation and age."""
    if not people:
        return ()

    def rank(one: dict[str, Any]) -> tuple[Any, ...]:
        named = 0 if one["id"] == head_id else 1 if one["relation_to_head"] == Relation.head else 2
        return named, one["name_sort"], one["id"]

    head = min(people, key=rank)
    others = [one for one in people if one["id"] != head["id"]]
    others.sort(key=lambda one: (_ORDER[one["relation_to_head"]], _birth_year(one), one["name_sort"], one["id"]))
    return head, *others


def _birth_year(one: dict[str, Any]) -> int:
    return one["birth_date"].year if one["birth_date"] else int(one["birth_year"])


def born(one: dict[str, Any]) -> date | int | None:
    """The day, or the year where only that is known."""
    found: date | int | None = one["birth_date"] or one["birth_year"]
    return found


def word(code_list: str, code: str | None) -> str | None:
    """The Vietnamese word for a code; None stays None."""
    return None if code is None else label(code_list, code)


def person(home: Home, place: Place) -> Person | None:
    """The head of a household; None where nobody is registered. The day of issue of the card is not in the register."""
    head = home.head
    if head is None:
        return None
    here = place.address(home.address)
    return Person(
        name=head["full_name"],
        sex=head["sex"],
        born=born(head),
        ethnicity=word("ethnicity", head["ethnicity"]),
        citizen_id=head["personal_id"],
        permanent_residence=here if home.residence == Residence.permanent else None,
        current_residence=here,
    )


def members(home: Home) -> tuple[Member, ...]:
    """Everybody who lives there, the head too."""
    return tuple(
        Member(
            name=one["full_name"],
            sex=one["sex"],
            born=born(one),
            ethnicity=word("ethnicity", one["ethnicity"]),
            relation=word("relation", one["relation_to_head"]),
            activity=_activity(one),
        )
        for one in home.people
    )


def _activity(one: dict[str, Any]) -> str | None:
    if one["labour_status"] is None and one["schooling"] not in (None, "none"):
        return _ACTIVITY["studying"]
    return _ACTIVITY.get(one["labour_status"])


def nobody() -> Person:
    """The head of a household where nobody is registered any more."""
    return Person(name=NAMELESS)
