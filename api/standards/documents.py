"""From the content of a standard (a file, or what is stored) to a standard that can score, checked as a whole."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api import field_errors
from api.problems import FieldError, Invalid
from api.standards.compiled import Standard, compile_standard
from api.standards.definition import Cited, Definition, Group
from api.standards.expressions import ExpressionError

_ADAPTER: TypeAdapter[Definition] = TypeAdapter(Definition)
_REASONS = {"poor", "near_poor", "not_poor", "b1_unknown", "deprivations_unknown", "no_threshold"}
_WORDS = {"yes", "no", "unknown", "no_score", "none_of_these", "from_paper", "members", "members_unknown", "nobody",
          "member_count"}  # fmt: skip


def canonical(content: dict[str, Any]) -> str:
    """The content as one text, the same wherever it is made."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def standard_of(content: dict[str, Any], verified: bool | None = None) -> Standard:
    """The standard, ready to score by. `verified`: whether it has been confirmed since (default: as the content says).

    Raises Invalid with a pointer for everything that is wrong: shapes, references, bands with gaps, conditions outside
    of the profile.
    """
    try:
        definition = _ADAPTER.validate_python(content)
    except ValidationError as error:
        raise refused(field_errors.translate(one) for one in error.errors()) from error
    faults = list(_faults(definition))
    if faults:
        raise refused(faults)
    try:
        confirmed = definition.status == "verified" if verified is None else verified
        return compile_standard(definition, sha256_of(content), confirmed)
    except ExpressionError as error:
        said = f"Điều kiện ngoài khuôn khổ cho phép: {error}"
        raise refused([FieldError("#", "expression", said, f"A condition outside of the profile: {error}")]) from error


def refused(faults: Iterable[FieldError]) -> Invalid:
    """All of it in one answer; the first five in its sentence, for people at a command line."""
    found = tuple(faults)
    vi = "; ".join(f"{fault.pointer}: {fault.vi}" for fault in found[:5])
    en = "; ".join(f"{fault.pointer}: {fault.en}" for fault in found[:5])
    return Invalid(f"Bộ chuẩn chưa đúng: {vi}", f"The standard is not right: {en}", errors=found)


def _faults(definition: Definition) -> Iterator[FieldError]:
    yield from _twice(definition)
    yield from _unknown_references(definition)
    for place, group in enumerate(definition.groups):
        yield from _bands(group, place)
        yield from _points(definition, group, place)
    for name, needed, given in (("reasons", _REASONS, definition.reasons), ("words", _WORDS, definition.words)):
        for missing in sorted(needed - set(given)):
            yield FieldError(f"#/{name}/{missing}", "missing", "Thiếu câu chữ này.", "These words are missing.")
    if definition.valid_to is not None and definition.valid_to < definition.valid_from:
        yield FieldError("#/valid_to", "dates", "Kết thúc trước khi bắt đầu.", "It ends before it begins.")
    if definition.points_known and not definition.columns:
        yield FieldError("#/columns", "missing", "Bảng điểm không có cột nào.", "A points table without columns.")


def _twice(definition: Definition) -> Iterator[FieldError]:
    for name in ("sources", "counts", "dimensions", "indicators", "measures", "groups", "contradictions", "forms"):
        codes = Counter(one.code for one in getattr(definition, name))
        yield from (_repeated(f"#/{name}", code) for code, count in codes.items() if count > 1)
    keys = Counter(column.key for column in definition.columns)
    yield from (_repeated("#/columns", key) for key, count in keys.items() if count > 1)
    questions = [question.code for form in definition.forms for question in form.questions]
    yield from (_repeated("#/forms", code) for code, count in Counter(questions).items() if count > 1)


def _unknown_references(definition: Definition) -> Iterator[FieldError]:
    documents = {source.code for source in definition.sources}
    for name in ("thresholds", "columns", "indicators", "groups", "forms", "causes", "needs"):
        cited: tuple[Cited, ...] = getattr(definition, name)
        for place, one in enumerate(cited):
            if one.document not in documents:
                yield _unknown(f"#/{name}/{place}/document", one.document)
    yield from _unknown_of_indicators(definition)
    yield from _unknown_of_groups(definition)


def _unknown_of_indicators(definition: Definition) -> Iterator[FieldError]:
    dimensions = {dimension.code for dimension in definition.dimensions}
    shown = {question.code for form in definition.forms for question in form.questions}
    shown |= {"counts.members", *(f"counts.{count.code}" for count in definition.counts)}
    for place, indicator in enumerate(definition.indicators):
        if indicator.dimension not in dimensions:
            yield _unknown(f"#/indicators/{place}/dimension", indicator.dimension)
        for code in indicator.shows:
            if code not in shown:
                yield _unknown(f"#/indicators/{place}/shows", code)


def _unknown_of_groups(definition: Definition) -> Iterator[FieldError]:
    measures = {measure.code: measure for measure in definition.measures}
    for place, group in enumerate(definition.groups):
        measure = measures.get(group.measure or group.code)
        if measure is None:
            yield _unknown(f"#/groups/{place}/measure", group.measure or group.code)
        elif measure.kind == "flags":
            for option in group.options:
                if option.code not in measure.flags:
                    yield _unknown(f"#/groups/{place}/options", option.code)


def _bands(group: Group, place: int) -> Iterator[FieldError]:
    """Bands follow each other without gap or overlap, in their order."""
    if len({option.code for option in group.options}) < len(group.options):
        yield _repeated(f"#/groups/{place}/options", group.code)
    if group.answer_type != "band":
        return
    bands = sorted(group.options, key=lambda option: option.min or 0)
    for before, after in pairwise(bands):
        if before.max != after.min:
            yield FieldError(f"#/groups/{place}/options", "bands",
                             f"{group.code}: giữa {before.code} và {after.code} có khoảng trống hoặc chồng nhau.",
                             f"{group.code}: a gap or an overlap between {before.code} and {after.code}.")  # fmt: skip


def _points(definition: Definition, group: Group, place: int) -> Iterator[FieldError]:
    keys = {column.key for column in definition.columns}
    for option in group.options:
        for key in sorted(set(option.points) - keys):
            yield _unknown(f"#/groups/{place}/options/{option.code}/points", key)


def _repeated(pointer: str, code: str) -> FieldError:
    return FieldError(pointer, "twice", f"{code} ghi hai lần.", f"{code} stands there twice.")


def _unknown(pointer: str, code: str) -> FieldError:
    return FieldError(pointer, "unknown", f"Không có {code}.", f"There is no {code}.")
