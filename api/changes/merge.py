"""Three-way merge of a record by base version, and the decision table. Pure: values in, values out.

Values are what JSON holds. A citizen number is `{"sealed", "index", "last4"}` and compares by its blind index:
the same number sealed twice is the same number.

What an edit meets (tests/vectors/merge has every row; tablets do not merge, they ask):

| edit | record on the server | verdict |
|---|---|---|
| creates | is not there | `create` |
| creates | is there, with these values now or when it was created | `repeat` |
| creates | is there, with other values | `exists` |
| names today's version | | `apply`, or `unchanged` where every value is there already |
| names another version, the caller wants no merging | | `stale` |
| names an older version | other fields were changed since | `merge` |
| names an older version | every value is there already | `unchanged` |
| names an older version | the same field was changed to another value | `conflict` |
| names a version that does not exist | it would overwrite or empty a value | `conflict`: nobody knows what was seen |
| says otherwise than an officer has decided | about the same editor's earlier edit | `conflict`: that was not seen |
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Values = Mapping[str, Any]
Change = Mapping[str, Sequence[Any]]  # {field: [old, new]}
# In the place of a value that the editor cannot have seen: whatever they say of it was changed, by them and by others.
UNSEEN: Any = object()
Verdict = Literal["create", "repeat", "exists", "apply", "unchanged", "stale", "merge", "conflict"]


@dataclass(frozen=True, slots=True)
class Merge:
    """`take`: fields to set on the server's record. `clashes`: fields both sides changed, with all three values."""

    take: dict[str, Any]
    clashes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    merge: Merge


def same(one: Any, other: Any) -> bool:
    """Equal as a person would see it."""
    if isinstance(one, dict) and isinstance(other, dict) and "index" in one and "index" in other:
        return bool(one["index"] == other["index"])
    return bool(one == other)


def values_at(values: Values, past: Iterable[tuple[int, Change | None]], version: int) -> dict[str, Any]:
    """The values a record had at `version`: today's, with every later change taken back (`past` in rising order)."""
    then = dict(values)
    for number, change in reversed(list(past)):
        if number <= version:
            break
        then.update({name: old_new[0] for name, old_new in (change or {}).items()})
    return then


def three_way(base: Values | None, server: Values, device: Values, together: Iterable[Sequence[str]] = ()) -> Merge:
    """Merges `device` (only the fields it sent) into `server`; both come from `base`. None: a version that never was
    here, of which nobody knows what it held. Then whatever is sent was changed, also what is sent empty, and whatever
    is there was changed too: only an empty field is filled.

    `together` names fields that mean one thing (birth date and year): changing one of them here and another one
    there is a clash, because the mixture is what nobody said.
    """
    seen: Values = base or {}
    merge = Merge({})
    for group in groups(device, together):
        wanted = meant(group, base, server, device)
        differing = [name for name in wanted if not same(wanted[name], server.get(name))]
        if not differing:
            continue
        if any(not same(server.get(name), seen.get(name)) for name in group):
            for name in differing:
                started = None if seen.get(name) is UNSEEN else seen.get(name)
                merge.clashes[name] = {"base": started, "server": server.get(name), "device": wanted[name]}
        else:
            merge.take.update((name, wanted[name]) for name in differing)
    return merge


def meant(group: Sequence[str], base: Values | None, server: Values, device: Values) -> dict[str, Any]:
    """What `device` says of a group of fields; nothing where it changed none of them. Those it did not change are as
    it saw them, or as they stand here where nobody knows what it saw."""
    seen = {name: UNSEEN if base is None else base.get(name) for name in group}
    changed = {name: device[name] for name in group if name in device and not same(device[name], seen[name])}
    unchanged = {name: server.get(name) if value is UNSEEN else value for name, value in seen.items()}
    return unchanged | changed if changed else {}


def groups(device: Values, together: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """The fields that `device` sets, each with those it means one thing with."""
    joined = [group for group in together if any(name in device for name in group)]
    inside = {name for group in joined for name in group}
    return [*joined, *((name,) for name in device if name not in inside)]


def plain(server: Values, device: Values) -> Merge:
    """An edit of today's version: whatever differs is taken."""
    return Merge({name: value for name, value in device.items() if not same(value, server.get(name))})


def decide_create(now: Values | None, first: Values | None, device: Values) -> Decision:
    """`now`: the record's values today, None where it is not there. `first`: those of its version 1."""
    if now is None:
        return Decision("create", Merge(dict(device)))
    for stored in (now, first):
        if stored is not None and all(same(value, stored.get(name)) for name, value in device.items()):
            return Decision("repeat", Merge({}))
    return Decision("exists", Merge({}))


def decide_update(
    base: Values | None,
    server: Values,
    device: Values,
    *,
    current: bool,
    strict: bool = False,
    together: Iterable[Sequence[str]] = (),
) -> Decision:
    """`base`: the values the editor saw, None where that version does not exist. `current`: it is today's version."""
    if current:
        merge = plain(server, device)
        return Decision("apply" if merge.take else "unchanged", merge)
    if strict:
        return Decision("stale", Merge({}))
    merge = three_way(base, server, device, together)
    if merge.clashes:
        return Decision("conflict", merge)
    return Decision("merge" if merge.take else "unchanged", merge)
