"""The ledger of movements and the numbers of decisions, as they are told to whom small counts are not told."""

from typing import Any
from uuid import UUID

from api.recognitions.decision_schemas import ClassTotal, DecisionTotals
from api.recognitions.movement_schemas import CountOut, LedgerColumn, MovementsOut, RowOut
from api.recognitions.tables import Movement
from api.suppression import Line, suppress

# (unit, area or None for the total, class, column)
_Cell = tuple[str, UUID | None, str, str]
_UNITS = ("households", "persons")
_COLUMNS = tuple(column.value for column in LedgerColumn)
_CLASSES = ("poor", "near_poor", "not_poor")
_NOT_POOR = (Movement.escaped_poor, Movement.escaped_near_poor, Movement.stays_not_poor)


def ledger_without_small_counts(ledger: MovementsOut, least: int) -> MovementsOut:
    """A row is one equation (closing from opening), a column another (the hamlets and their total), and what became of
    the other class is what came from it. Where a number of households is hidden, that of their people is too."""
    cells: dict[_Cell, int] = {
        (unit, area_id, row.poverty_class, column): getattr(getattr(row, unit), column)
        for area_id, row in _rows(ledger)
        for unit in _UNITS
        for column in _COLUMNS
    }
    areas = [area_id for area_id, _ in _rows(ledger) if area_id is not None]
    lines = _lines(cells, list(dict.fromkeys(areas)))
    hidden = suppress(cells, lines, least=least)
    people: set[_Cell] = {("persons", *cell[1:]) for cell in hidden if cell[0] == "households"}
    hidden = suppress(cells, lines, least=least, hidden=hidden | people)

    def told(area_id: UUID | None, row: RowOut) -> RowOut:
        counts = {}
        for unit in _UNITS:
            keys = {column: (unit, area_id, row.poverty_class, column) for column in _COLUMNS}
            counts[unit] = CountOut(**{c: None if key in hidden else cells[key] for c, key in keys.items()})
        return RowOut(area_id=row.area_id, poverty_class=row.poverty_class, **counts)

    return ledger.model_copy(
        update={
            "rows": [told(row.area_id, row) for row in ledger.rows],
            "totals": [told(None, row) for row in ledger.totals],
            "suppressed": bool(hidden),
        }
    )


def _rows(ledger: MovementsOut) -> list[tuple[UUID | None, RowOut]]:
    return [*((row.area_id, row) for row in ledger.rows), *((None, row) for row in ledger.totals)]


def _lines(cells: dict[_Cell, int], areas: list[UUID]) -> list[Line[_Cell]]:
    classes = list(dict.fromkeys(cell[2] for cell in cells))
    lines: list[Line[_Cell]] = []
    for unit in _UNITS:
        for one in classes:
            lines += [Line(tuple((unit, area, one, c) for c in _COLUMNS)) for area in [*areas, None]]
            lines += [Line(tuple((unit, a, one, c) for a in areas), (unit, None, one, c)) for c in _COLUMNS]
        if len(classes) > 1:
            for left, came in (classes, classes[::-1]):
                pairs = (
                    ((unit, a, left, "to_other_class"), (unit, a, came, "from_other_class")) for a in [*areas, None]
                )
                lines += [Line(pair) for pair in pairs]
    return lines


def totals_without_small_counts(totals: DecisionTotals, least: int) -> DecisionTotals:
    """Classes and movements are two ways to add up the same households."""
    cells: dict[Any, int] = {(one, unit): getattr(getattr(totals, one), unit) for one in _CLASSES for unit in _UNITS}
    cells |= {movement: count or 0 for movement, count in totals.movements.items()}
    cells |= {"living_standard": totals.living_standard or 0}
    cells["listed"] = cells["poor", "households"] + cells["near_poor", "households"]
    left = tuple(one for one in _NOT_POOR if one in cells)
    lines: list[Line[Any]] = [
        Line(left, ("not_poor", "households")),
        Line(tuple(one for one in totals.movements if one not in left), "listed"),
        Line((("poor", "households"), ("near_poor", "households")), "listed"),
    ]
    hidden = suppress(cells, lines, least=least)
    people = {(one, "persons") for one in _CLASSES if (one, "households") in hidden}

    def told(key: Any) -> Any:
        return None if key in hidden | people else cells[key]

    return DecisionTotals(
        **{one: ClassTotal(households=told((one, "households")), persons=told((one, "persons"))) for one in _CLASSES},
        movements={movement: told(movement) for movement in totals.movements},
        living_standard=told("living_standard"),
        suppressed=bool(hidden),
    )
