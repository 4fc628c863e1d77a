"""What a change made by law does to the tree: worked out on values, before anything is written.

Pure: reads no database and no clock. `api/areas/law.py` feeds it and writes what it says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from api.areas.documents import ChangeDocument, DatedUnit, Ending
from api.areas.loading import Row, hung, is_above, row_of
from api.areas.tables import Level, SuccessionKind
from api.problems import Text


@dataclass(frozen=True)
class Link:
    """`area_id` hangs under `parent_id` from the first to the last day (None: open)."""

    area_id: UUID
    parent_id: UUID
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Ended:
    row: Row
    successor: Row
    kind: SuccessionKind
    source: str


@dataclass(frozen=True)
class Moved:
    """A link that ends, and the unit under which the area hangs instead (None: the area ends too)."""

    row: Row
    link: Link
    parent: Row | None


@dataclass
class Reform:
    """A change worked out against one register. `obstacles` empty: it can be applied."""

    change: ChangeDocument
    new: list[Row] = field(default_factory=list)
    ended: dict[UUID, Ended] = field(default_factory=dict)
    absent: list[Ending] = field(default_factory=list)  # units of the file that this register need not hold
    moved: list[Moved] = field(default_factory=list)
    obstacles: list[Text] = field(default_factory=list)
    before: "Tree" = field(default_factory=lambda: Tree({}, {}))  # on the last day of the old units
    after: "Tree" = field(default_factory=lambda: Tree({}, {}))  # on the first day of the new ones

    def obstacle(self, vi: str, en: str) -> None:
        self.obstacles.append(Text(vi, en))

    def communes_after(self, area_id: UUID) -> list[Row]:
        """The communes that hold on the day what hung under an area the day before."""
        found = {}
        for row in self.before.below(area_id):
            if row.level is Level.commune:
                holder = self.ended[row.id].successor if row.id in self.ended else row
                found[holder.id] = holder
        return list(found.values())


@dataclass
class Tree:
    """The units of one day, and what each hangs under."""

    rows: dict[UUID, Row]
    parent_of: dict[UUID, UUID]

    def __post_init__(self) -> None:
        self._children: dict[UUID, list[UUID]] = {}
        for child, parent in self.parent_of.items():
            self._children.setdefault(parent, []).append(child)

    def below(self, area_id: UUID) -> list[Row]:
        """The area and everything under it; nothing where it does not live on this day."""
        found, open_ids = [], [area_id]
        while open_ids:
            current = open_ids.pop()
            if current in self.rows:
                found.append(self.rows[current])
                open_ids += self._children.get(current, [])
        return found

    def hamlets(self, area_id: UUID) -> frozenset[UUID]:
        return frozenset(row.id for row in self.below(area_id) if row.level is Level.hamlet)

    def hamlets_of(self, ids: frozenset[UUID]) -> frozenset[UUID]:
        """Those of the ids that live on this day."""
        return ids & self.rows.keys()


def tree_on(day: date, rows: Iterable[Row], links: Iterable[Link]) -> Tree:
    """The tree of a day."""
    living = {row.id: row for row in rows if _holds(row.valid_from, row.valid_to, day)}
    return Tree(
        living,
        {
            link.area_id: link.parent_id
            for link in links
            if link.area_id in living and link.parent_id in living and _holds(link.valid_from, link.valid_to, day)
        },
    )


def work_out(change: ChangeDocument, rows: Iterable[Row], links: Iterable[Link]) -> Reform:
    """What the change does to these units and links, and what stands in its way."""
    rows, links = list(rows), list(links)
    reform = Reform(change, before=tree_on(change.last_day, rows, links))
    _find_new(reform)
    _find_clashes(reform, rows)
    _find_ended(reform)
    _find_moved(reform, {row.id: row for row in rows}, links)
    _find_after(reform, rows, links)
    return reform


def _find_new(reform: Reform) -> None:
    change = reform.change
    ending = {(end.code, end.level) for end in change.ends}
    found: dict[str, list[Row]] = {}
    for row in reform.before.rows.values():
        if (row.code, row.level) not in ending:
            found.setdefault(row.code, []).append(row)
    for unit in sorted(change.new, key=lambda u: list(Level).index(u.level)):
        dated = DatedUnit(**unit.model_dump(), valid_from=change.day)
        row = hung(row_of(dated, change.source), unit.parent, found)
        found.setdefault(row.code, []).append(row)
        reform.new.append(row)


def _find_clashes(reform: Reform, rows: Iterable[Row]) -> None:
    new = {(row.code, row.level) for row in reform.new}
    ending = {(end.code, end.level) for end in reform.change.ends}
    for row in rows:
        later = row.valid_to is None or row.valid_to >= reform.change.day
        ends = (row.code, row.level) in ending and row.id in reform.before.rows
        if (row.code, row.level) in new and later and not ends:
            reform.obstacle(f"Mã {row.code} đang là của {row.name}.", f"The code {row.code} is {row.name}'s.")


def _find_ended(reform: Reform) -> None:
    by_code = {(row.code, row.level): row for row in reform.before.rows.values()}
    ending = {(end.code, end.level) for end in reform.change.ends}
    heirs = {row.code: row for row in by_code.values() if (row.code, row.level) not in ending}
    heirs |= {row.code: row for row in reform.new}
    for end in reform.change.ends:
        row, successor = by_code.get((end.code, end.level)), heirs.get(end.into)
        if row is None:
            reform.absent.append(end)
            if end.required:
                reform.obstacle(
                    f"Sổ này không có đơn vị {end.code} ({end.level}) còn hiệu lực ngày {reform.change.last_day}.",
                    f"This register has no unit {end.code} ({end.level}) on {reform.change.last_day}.",
                )
        elif successor is None:
            reform.obstacle(f"Không có đơn vị kế tiếp {end.into}.", f"There is no successor {end.into}.")
        else:
            reform.ended[row.id] = Ended(row, successor, end.kind, end.source)


def _find_moved(reform: Reform, rows: dict[UUID, Row], links: Iterable[Link]) -> None:
    """Every link that still holds on the day (or begins later) and whose parent, or whose area, ends before it."""
    told = {move.code: move.parent for move in reform.change.moves}
    homes = {row.code: row for row in [*reform.before.rows.values(), *reform.new] if row.id not in reform.ended}
    for link in links:
        row = rows[link.area_id]
        if link.valid_to is not None and link.valid_to < reform.change.day:
            continue
        if row.id in reform.ended:
            reform.moved.append(Moved(row, link, None))
        elif row.code in told or link.parent_id in reform.ended:
            parent = homes.get(told[row.code]) if row.code in told else _heir(reform, link.parent_id)
            if parent is None or not is_above(parent.level, row.level):
                reform.obstacle(
                    f"{row.code} {row.name} sẽ không còn đơn vị cấp trên: tệp chưa nói nó thuộc đơn vị nào.",
                    f"{row.code} would hang under nothing: the file does not say where it goes.",
                )
            else:
                reform.moved.append(Moved(row, link, parent))


def _heir(reform: Reform, parent_id: UUID) -> Row | None:
    # What hangs under an abolished unit does not follow its duties: the file has to say where it goes.
    end = reform.ended[parent_id]
    return end.successor if end.kind is SuccessionKind.merged_into else None


def _find_after(reform: Reform, rows: Iterable[Row], links: Iterable[Link]) -> None:
    day = reform.change.day
    cut = {(move.link.area_id, move.link.valid_from) for move in reform.moved}
    kept = [link for link in links if (link.area_id, link.valid_from) not in cut]
    fresh = [
        Link(move.row.id, move.parent.id, max(day, move.link.valid_from), move.link.valid_to)
        for move in reform.moved
        if move.parent is not None
    ]
    first = [Link(row.id, row.parent_id, day, None) for row in reform.new if row.parent_id is not None]
    living = [row for row in rows if row.id not in reform.ended]
    reform.after = tree_on(day, [*living, *reform.new], [*kept, *fresh, *first])
    for row in reform.after.rows.values():
        if (
            row.level is not Level.province
            and row.id not in reform.after.parent_of
            and row.id in reform.before.parent_of
        ):
            reform.obstacle(f"{row.code} {row.name} sẽ không còn đơn vị cấp trên.", f"{row.code} would be orphaned.")


def _holds(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or valid_to >= day)
