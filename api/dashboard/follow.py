"""From a number on the page to the list of the records behind it, for whoever may see that list."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from api.accounts.actor import Actor
from api.dashboard.charts import Cell, Value, number
from api.indicators.catalogue import INDICATORS
from api.indicators.records import Part, may_list


@dataclass(frozen=True)
class Follow:
    """The visitor, to whose rights the links of a page are cut."""

    actor: Actor

    def cell(self, value: Value, count: int | None, code: str, area: UUID, day: date, part: Part = "numerator") -> Cell:
        """`value` as text, with a link where `count` records are behind it."""
        return Cell(number(value), self.to(code, area, day, part) if count and value is not None else None)

    def to(self, code: str, area: UUID, day: date, part: Part) -> str | None:
        """The address of the list; None where the visitor may not see it."""
        if not may_list(self.actor, INDICATORS[code]):
            return None
        return "/records?" + urlencode({"code": code, "area": str(area), "as_of": day.isoformat(), "part": part})
