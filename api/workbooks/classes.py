"""The class a file gives a household: history of a decision taken on paper. It is added to what the register says, and
never put over it."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from api.codes import label
from api.workbooks.reading import ClassSaid, HomeSaid, Meaning
from api.workbooks.register import Known, Recognised, Register, decision_key
from api.workbooks.tables import RowChoice, SheetRole

if TYPE_CHECKING:
    from api.workbooks.planning import Plan, Seen

_NOT = "not_poor"
# A household on the list of those who escaped from a class has any other one.
_LEFT = {SheetRole.escaped_poor: ("poor",), SheetRole.escaped_near_poor: ("poor", "near_poor")}


def imported_decision(area_id: UUID, said: ClassSaid) -> UUID:
    """The id of a decision that imports record: the same for every file that names it."""
    number, day = decision_key(said.number, said.decided_on)
    return uuid5(area_id, f"workbook decision:{number}:{day}")


def plan_class(
    plan: "Plan", home: HomeSaid, known: Known | None, register: Register, by: Meaning, seen: "Seen"
) -> None:
    """The class that the household's first row gives, or the question it raises."""
    said, line = home.recognised, plan.line
    if said is None:
        return
    if line.role != SheetRole.listed and known and f"h:{SheetRole.listed}:{known.id}" in seen:
        line.says("listed_here_too")
        return
    of_home = register.classes.get(known.id, []) if known else []
    by_this = _by(of_home, said)
    if by_this is not None:
        _compare(plan, said, by_this, register, by, may_take=False)
        return
    if said.poverty_class == _NOT and not of_home:
        line.says("nothing_to_recognise" if line.role == SheetRole.listed else "never_listed")
        return
    day = said.decided_on
    now = next((one for one in of_home if one.since <= day and (one.until is None or day < one.until)), None)
    later = any(one.since >= day for one in of_home)
    if now is not None and (later or now.poverty_class != said.poverty_class):
        _compare(plan, said, now, register, by, may_take=not later)
    elif later:
        _compare(plan, said, of_home[0], register, by, may_take=False)
    else:
        _recognise(plan, said, now, register, by)


def _by(of_home: list[Recognised], said: ClassSaid) -> Recognised | None:
    """The class the household has by this very decision."""
    wanted = decision_key(said.number, said.decided_on)
    return next((one for one in of_home if decision_key(one.number, one.decided_on) == wanted), None)


def _compare(
    plan: "Plan", said: ClassSaid, stands: Recognised, register: Register, by: Meaning, *, may_take: bool
) -> None:
    same = stands.poverty_class == said.poverty_class
    if plan.line.role != SheetRole.listed:
        same = stands.poverty_class not in _LEFT[plan.line.role]
    if same and not may_take:
        if decision_key(stands.number, stands.decided_on) != decision_key(said.number, said.decided_on):
            plan.line.says("class_stands", "poverty_class")
        return
    if _chosen(plan, by, RowChoice.keep):
        plan.line.says("class_kept", "poverty_class")
    elif _chosen(plan, by, RowChoice.take) and may_take:
        _recognise(plan, said, stands, register, by)
    else:
        choices = [RowChoice.keep, *([RowChoice.take] if may_take else []), RowChoice.leave_out]
        words = {
            "register": label("poverty_class", stands.poverty_class),
            "file": label("poverty_class", said.poverty_class),
        }
        plan.asks("class_differs", "poverty_class", choices, **words)


def _recognise(plan: "Plan", said: ClassSaid, now: Recognised | None, register: Register, by: Meaning) -> None:
    """A class that the register does not have, by a decision that imports may record or add to."""
    stored = register.decisions.get(decision_key(said.number, said.decided_on))
    if stored is None or stored == imported_decision(register.area_id, said):
        _take(plan, said, now)
        return
    if _chosen(plan, by, RowChoice.keep):
        plan.line.says("class_kept", "poverty_class")
    else:
        value = f"{said.number} ngày {said.decided_on:%d/%m/%Y}"
        plan.asks("decision_known", "decision_no", [RowChoice.keep, RowChoice.leave_out], value=value)


def _chosen(plan: "Plan", by: Meaning, choice: RowChoice) -> bool:
    return by.chosen(plan.line.sheet, plan.line.row, choice) is not None


def _take(plan: "Plan", said: ClassSaid, now: Recognised | None) -> None:
    plan.recognised = said
    plan.changes["poverty_class"] = [now and now.poverty_class, said.poverty_class]
    plan.changes["decision"] = [now and now.number, f"{said.number} ({said.decided_on:%d/%m/%Y})"]
