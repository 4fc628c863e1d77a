"""What the register must be, worked out from what was sent and decided: a second, slow and plain reckoning.

Nothing here asks the server's own code. It takes the order in which the versions of a record came (who made which
version), and says what each version must hold; and it says where a version should not have been made at all.
"""

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
UNSEEN: Any = object()  # in the place of a value that nobody at the tablet can have seen


@dataclass
class Said:
    """All that people did. `sent`: submissions as they were on the wire, by id. `done`: what the web set, by record and
    version. `chosen`: what officers decided about conflicts, by submission: the values they saw, and those they set."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: dict[tuple[str, int], Values] = field(default_factory=dict)
    chosen: dict[str, tuple[Values, Values]] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """Who made a version of a record: a submission, or (None) the web."""

    submission_id: str | None


class Wrong(AssertionError):
    """The history holds what nobody did, or what overwrites somebody's work."""


@dataclass
class Replay:
    """`made`: (record, version) -> who made it. `followed`: submission -> the household its own was merged into.
    `tablets`: submission -> the tablet that sent it."""

    said: Said
    made: dict[tuple[str, int], Made]
    followed: dict[str, str]
    tablets: dict[str, str]
    _known: dict[tuple[str, int], Values] = field(default_factory=dict)

    def at(self, record: str, version: int) -> Values:
        """What the record must hold at that version."""
        place = (record, version)
        if place not in self._known:
            before = self.at(record, version - 1) if version > 1 else {}
            self._known[place] = before | self._set(place, before)
        return self._known[place]

    def newest(self) -> dict[str, int]:
        """Every record's newest version. Raises Wrong where the versions have a gap."""
        versions: dict[str, list[int]] = {}
        for record, version in sorted(self.made):
            versions.setdefault(record, []).append(version)
        for record, found in versions.items():
            if found != list(range(1, len(found) + 1)):
                raise Wrong(f"{record}: versions {found}")
        return {record: found[-1] for record, found in versions.items()}

    def _set(self, place: tuple[str, int], before: Values) -> Values:
        made = self.made[place]
        if made.submission_id is None:
            if place not in self.said.done:
                raise Wrong(f"{place}: nobody did that")
            return self.said.done[place]
        if made.submission_id in self.said.chosen:
            shown, values = self.said.chosen[made.submission_id]
            return self._taken(place, before, self.seen(self.said.sent[made.submission_id], place) | shown, values)
        sent = self.said.sent[made.submission_id]
        data = self._data(made.submission_id, sent)
        if sent["base_version"] is None:
            if place != (sent["id"], 1):
                raise Wrong(f"{place}: created as {sent}")
            return data
        if (sent["id"], sent["base_version"]) == (place[0], place[1] - 1):
            return data
        return self._taken(place, before, self.seen(sent, place), data)

    def seen(self, sent: dict[str, Any], became: tuple[str, int]) -> Values:
        """What the tablet had before its eyes when it changed a record: the version it names, and over it its own
        earlier work. `became`: the version that was made of it, or the one after which it was decided."""
        base = (sent["id"], sent["base_version"])
        if base not in self.made:
            return {}
        seen = dict(self.at(*base))
        for (record, version), made in sorted(self.made.items()):
            later = record != base[0] or version > base[1]
            if later and self._own(sent, made) and (record != became[0] or version < became[1]):
                before, now = self.at(record, version - 1), self.at(record, version)
                set_here = {name: value for name, value in now.items() if before.get(name) != value}
                seen |= self._said(made, set_here)
        return seen

    def _own(self, sent: dict[str, Any], made: Made) -> bool:
        earlier = made.submission_id
        if earlier is None or self.said.sent[earlier]["base_version"] is None:
            return False
        mine = self.tablets[earlier] == self.tablets[sent["submission_id"]]
        return mine and self.said.sent[earlier]["id"] == sent["id"] and self.said.sent[earlier]["seq"] < sent["seq"]

    def _said(self, made: Made, values: Values) -> Values:
        """What an officer chose in the place of a submission its tablet has not seen; the rest is its own."""
        shown, _ = self.said.chosen.get(made.submission_id or "", ({}, {}))
        return {name: UNSEEN if name in shown else value for name, value in values.items()}

    def _data(self, submission_id: str, sent: dict[str, Any]) -> Values:
        data = dict(sent["data"])
        if "household_id" in data and submission_id in self.followed:
            data["household_id"] = self.followed[submission_id]
        return data

    @staticmethod
    def _taken(place: tuple[str, int], before: Values, seen: Values, values: Values) -> Values:
        mine = {name: value for name, value in values.items() if value != seen.get(name)}
        for name, value in mine.items():
            if before.get(name) not in (seen.get(name), value):
                raise Wrong(
                    f"{place}: {name} was {before.get(name)!r}, {value!r} was set by who saw {seen.get(name)!r}"
                )
        return mine
