"""Stored deliveries and lines of signing sheets, each under the household and in the hamlet of today."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Row, Select, func, select
from sqlmodel import Session

from api import clock, sql
from api.areas.scope import Scope
from api.changes import history
from api.changes.history import Announcement
from api.deliveries.schemas import CONTENT
from api.deliveries.tables import Delivery, SheetLine, SigningSheet
from api.households.aliases import all_names, ends
from api.households.stored import among
from api.households.tables import HouseholdMerge
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION

ENTITY, LINE_ENTITY = "delivery", "sheet_line"
DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
SHEET = SigningSheet.__table__  # type: ignore[attr-defined]
LINE = SheetLine.__table__  # type: ignore[attr-defined]
_MERGE = HouseholdMerge.__table__  # type: ignore[attr-defined]

HOME = HOUSEHOLD.c.id
# where a delivery stands: with its household, or where its intervention is
PLACE = func.coalesce(HOUSEHOLD.c.hamlet_id, INTERVENTION.c.area_id)


def at_home(query: Select[Any], some: Any = None) -> Select[Any]:
    """Joins deliveries with their intervention, and with the household they stand under today, where they have one.
    `some`: a condition that names few deliveries."""
    followed = ends(None if some is None else select(DELIVERY.c.household_id).where(some))
    today = func.coalesce(followed.c.survivor, DELIVERY.c.household_id)
    return (
        query.join(INTERVENTION, INTERVENTION.c.id == DELIVERY.c.intervention_id)
        .outerjoin(followed, followed.c.absorbed == DELIVERY.c.household_id)
        .outerjoin(HOUSEHOLD, HOUSEHOLD.c.id == today)
    )


# (delivery, the hamlet or commune it stands in)
DELIVERY_PLACES = at_home(select(DELIVERY.c.id, PLACE).select_from(DELIVERY))


def stored_deliveries(session: Session, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Deliveries by id as JSON values, with `home`, `place` and whether they are `mine`."""
    wanted = list(ids)
    if not wanted:
        return {}
    asked = among(DELIVERY.c.id, wanted)
    mine = scope.covers(PLACE).label("mine")
    query = select(DELIVERY, HOME.label("home"), PLACE.label("place"), mine).select_from(DELIVERY)
    rows = session.execute(at_home(query, asked).where(asked)).mappings()
    return {row["id"]: _values(dict(row)) for row in rows}


def _values(row: dict[str, Any]) -> dict[str, Any]:
    quantity = None if row["quantity"] is None else float(row["quantity"])
    ids = {name: row[name] and str(row[name]) for name in _IDS}
    return row | ids | {"delivered_on": row["delivered_on"].isoformat(), "quantity": quantity}


_IDS = ("intervention_id", "household_id", "member_id", "organisation_id")


def store_deliveries(session: Session, added: Iterable[dict[str, Any]]) -> None:
    """Stores new deliveries: the content as JSON values, ids of who recorded them as UUIDs."""
    now = clock.now()
    rows = (
        (
            row["id"], *(row[name] and UUID(row[name]) for name in _IDS), sql.json_bytes(row["headcount"]), row["form"],
            row["service"], date.fromisoformat(row["delivered_on"]), _decimal(row["quantity"]), row["unit"],
            row["amount_vnd"], row["paid_by"], row["outcome"], row["received_by"], row["note"],
            sql.json_bytes(row["attachments"]), row["recorded_by"], row["device_id"], 1, now, now,
        )
        for row in added
    )  # fmt: skip
    sql.copy(session, "api/deliveries/sql/insert_deliveries.sql", _TYPES, rows)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


_TYPES = (
    *["uuid"] * 5, sql.JSON, "text", "text", "date", "numeric", "text", "int8", "text", "text", "text", "text",
    sql.JSON, "uuid", "uuid", "int4", "timestamptz", "timestamptz",
)  # fmt: skip


def content(values: Any) -> dict[str, Any]:
    """What was sent of a delivery, without whose it is."""
    return {name: values[name] for name in CONTENT if name != "household_id"}


def held_lines(session: Session, intervention_ids: Iterable[UUID], homes: Iterable[UUID]) -> Sequence[Row[Any]]:
    """The lines of these households on signing sheets of these interventions, locked by id: with `home`,
    `intervention_id`, `sheet_state`, and the day of the delivery that ticked each."""
    names = all_names(homes).subquery()
    query = (
        select(LINE, names.c.home, SHEET.c.intervention_id, SHEET.c.state.label("sheet_state"), DELIVERY.c.delivered_on)
        .select_from(LINE)
        .join(SHEET, SHEET.c.id == LINE.c.sheet_id)
        .join(names, names.c.known == LINE.c.household_id)
        .outerjoin(DELIVERY, DELIVERY.c.id == LINE.c.delivery_id)
        .where(among(SHEET.c.intervention_id, intervention_ids))
        .order_by(LINE.c.id)
        .with_for_update(of=LINE, key_share=True)
    )
    return session.execute(query).all()


def parted_lines(session: Session, ids: Iterable[UUID]) -> Sequence[Row[Any]]:
    """These lines, as `held_lines` gives them but wherever their households are, each with every household that its own
    was ever merged into, also over others (`survivor`, a row for each)."""
    wanted = among(LINE.c.id, ids)
    followed = ends(select(LINE.c.household_id).where(wanted))
    into = _ever_merged_into(wanted)
    query = (
        select(
            LINE,
            HOME.label("home"),
            SHEET.c.intervention_id,
            SHEET.c.state.label("sheet_state"),
            DELIVERY.c.delivered_on,
            into.c.survivor,
        )
        .select_from(LINE)
        .join(SHEET, SHEET.c.id == LINE.c.sheet_id)
        .join(into, into.c.line == LINE.c.id)
        .outerjoin(followed, followed.c.absorbed == LINE.c.household_id)
        .join(HOUSEHOLD, func.coalesce(followed.c.survivor, LINE.c.household_id) == HOME)
        .outerjoin(DELIVERY, DELIVERY.c.id == LINE.c.delivery_id)
        .where(wanted)
        .order_by(LINE.c.id)
        .with_for_update(of=LINE, key_share=True)
    )
    return session.execute(query).all()


def _ever_merged_into(wanted: Any) -> CTE:
    """(line, survivor): by merges that stand and by those that were taken back."""
    first = select(LINE.c.id.label("line"), _MERGE.c.survivor_id.label("survivor")).where(wanted)
    into = first.join(_MERGE, _MERGE.c.absorbed_id == LINE.c.household_id).cte(recursive=True)
    further = select(into.c.line, _MERGE.c.survivor_id).join(_MERGE, _MERGE.c.absorbed_id == into.c.survivor)
    return into.union(further)


def mark_lines(session: Session, marked: Sequence[dict[str, Any]], by: UUID | None) -> None:
    """The next states of held lines: `[{id, sheet_id, version, state, delivery_id, note}]`; their sheets count one
    change more. Two statements."""
    now = clock.now()
    rows = [{name: one[name] for name in _MARKED} for one in marked]
    statement = sql.load("api/deliveries/sql/mark_lines.sql")
    session.execute(statement, {"rows": sql.rows(rows), "at": now, "by": by})
    sheets = {one["sheet_id"] for one in marked}
    session.execute(sql.load("api/deliveries/sql/raise_sheets.sql"), {"ids": list(sheets), "at": now})


_MARKED = ("id", "version", "state", "delivery_id", "note")


def announce_lines(session: Session, lines: Iterable[tuple[UUID, Any, Any, int]]) -> None:
    """Tells the feed of lines: (id, hamlet, household of today, version)."""
    history.announce(session, [Announcement(LINE_ENTITY, *line) for line in lines])


def told_again(session: Session, scope: Scope, ids: Collection[UUID]) -> None:
    """Tells the readers of the feed of deliveries whose files have arrived, or whose line on a signing sheet is another
    one's now: the same version, read anew."""
    rows = stored_deliveries(session, scope, ids).values()
    history.announce(
        session,
        [Announcement(ENTITY, row["id"], row["place"], row["home"] or row["id"], row["version"]) for row in rows],
    )
