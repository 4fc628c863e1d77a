"""PURE: the procedure as one table: which step may follow which, who takes it, and what else must hold.

QĐ 24/2021/QĐ-TTg, Điều 4 (periodic), Điều 5 (regular), Điều 6 (average living standard). Three things go through
stages: a round, a case (a household on the list of a round), and a case of the third path. Days are not counted here:
they are parameters of the procedure's version (api/procedure).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Subject = Literal["round", "case", "living_standard"]


@dataclass(frozen=True, slots=True)
class Step:
    """`action` takes `subject` from any stage of `before` to `after`, by whoever holds `permission`.

    `needs`: conditions that must hold besides, by the names of CONDITIONS.
    """

    subject: Subject
    action: str
    before: tuple[str, ...]
    after: str
    permission: str
    needs: tuple[str, ...] = ()


# What else must hold, in the words of a refusal: Vietnamese, English.
CONDITIONS: dict[str, tuple[str, str]] = {
    "round_is_surveying": (
        "Đợt rà soát phải đang trong giai đoạn rà soát tại xóm.",
        "The round must be in its time of surveys.",
    ),
    "list_is_not_empty": ("Danh sách rà soát của đợt còn trống.", "The round has no household on its list."),
    "all_cases_settled": (
        "Còn hộ chưa rà soát, chưa họp, chưa niêm yết xong; hãy hoàn thành hoặc ghi lý do chưa gặp được hộ.",
        "Some households are not surveyed, voted on or posted to the end; finish them, or record why one was not met.",
    ),
    "opinion_required": (
        "Đợt này không phải xin ý kiến cấp trên.",
        "This round needs no opinion of a level above.",
    ),
    "opinion_settled": (
        "Phải có ý kiến đồng ý của cấp trên trước khi quyết định.",
        "The level above has to agree before the decision.",
    ),
    "has_legal_effect": (
        "Đợt tập huấn không có giá trị pháp lý nên không ra quyết định.",
        "A training round has no legal effect, so nothing is decided in it.",
    ),
    "no_case_held_back": (
        "Còn hộ đang chờ giải quyết kiến nghị; hãy ra quyết định bổ sung trước khi kết thúc đợt.",
        "Complaints still hold households back; a supplementary decision has to come before the end of the round.",
    ),
    "class_determined": (
        "Chưa xác định được phân loại: còn thiếu thông tin trong phiếu.",
        "The class cannot be told yet: facts are missing in the review.",
    ),
    "window_is_open": (
        "Đã hết hạn niêm yết.",
        "The days of the posting are over.",
    ),
    "posting_is_over": (
        "Thời gian niêm yết chưa hết.",
        "The days of the posting are not over yet.",
    ),
}

TABLE: tuple[Step, ...] = (
    # a round
    Step("round", "approve", ("prepared",), "surveying", "rounds:approve", ("list_is_not_empty",)),
    Step("round", "consolidate", ("surveying",), "consolidated", "rounds:write", ("all_cases_settled",)),
    Step("round", "reopen", ("consolidated", "opinion_given"), "surveying", "rounds:write"),
    Step("round", "ask_opinion", ("consolidated",), "opinion_asked", "rounds:approve", ("opinion_required",)),
    Step("round", "give_opinion", ("opinion_asked",), "opinion_given", "opinions:write"),
    Step(
        "round",
        "sign",
        ("consolidated", "opinion_given", "recognised"),
        "recognised",
        "recognitions:sign",
        ("has_legal_effect", "opinion_settled"),
    ),
    Step("round", "close", ("recognised",), "closed", "rounds:write", ("no_case_held_back",)),
    Step("round", "end_training", ("surveying", "consolidated"), "closed", "rounds:write"),
    # a case: a household on the list of a round
    Step("case", "miss", ("listed", "resurvey"), "not_reached", "reviews:write", ("round_is_surveying",)),
    Step(
        "case",
        "review",
        ("listed", "not_reached", "resurvey"),
        "surveyed",
        "reviews:write",
        ("round_is_surveying",),
    ),
    Step("case", "agree", ("surveyed",), "agreed", "meetings:write", ("round_is_surveying", "class_determined")),
    Step("case", "refuse", ("surveyed",), "resurvey", "meetings:write", ("round_is_surveying",)),
    Step("case", "post", ("agreed", "decided"), "posted", "postings:write"),
    Step("case", "complain", ("posted", "cleared"), "complained", "complaints:register", ("window_is_open",)),
    Step("case", "re_verify", ("complained",), "re_verified", "reviews:write"),
    Step("case", "decide", ("re_verified",), "decided", "complaints:decide"),
    Step("case", "end_posting", ("posted",), "cleared", "postings:write", ("posting_is_over",)),
    Step("case", "recognise", ("cleared",), "recognised", "recognitions:sign", ("class_determined",)),
    # a case of the third path: no meeting (Điều 6)
    Step("living_standard", "measure", ("requested", "measured"), "measured", "reviews:write"),
    Step("living_standard", "post", ("measured", "re_verified"), "posted", "postings:write"),
    Step(
        "living_standard", "complain", ("posted", "cleared"), "complained", "complaints:register", ("window_is_open",)
    ),
    Step("living_standard", "re_verify", ("complained",), "re_verified", "reviews:write"),
    Step("living_standard", "end_posting", ("posted",), "cleared", "postings:write", ("posting_is_over",)),
    Step("living_standard", "recognise", ("cleared",), "recognised", "recognitions:sign"),
    Step(
        "living_standard", "refuse", ("requested", "measured", "re_verified", "cleared"), "refused", "recognitions:sign"
    ),
)

_BY_ACTION: Mapping[tuple[str, str], Step] = {(step.subject, step.action): step for step in TABLE}

# Where a case may stand when its round is consolidated: through, held back by a complaint, or not met with a reason.
SETTLED: frozenset[str] = frozenset({"not_reached", "complained", "re_verified", "decided", "cleared", "recognised"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible now. `missing`: conditions that do not hold, empty where the stage itself is wrong."""

    subject: Subject
    action: str
    stage: str
    missing: tuple[str, ...]
    allowed: tuple[Step, ...]


def step(subject: Subject, action: str) -> Step:
    """The row of the table. Raises KeyError for an action that is not there: a mistake of ours."""
    return _BY_ACTION[subject, action]


def allowed(subject: Subject, stage: str) -> tuple[Step, ...]:
    """What may be done from a stage, in the order of the table."""
    return tuple(row for row in TABLE if row.subject == subject and stage in row.before)


def taken(subject: Subject, action: str, stage: str, holding: Collection[str] = ()) -> str | Refusal:
    """The stage after `action`, or why not. `holding`: which of the conditions hold now."""
    row = step(subject, action)
    missing = tuple(need for need in row.needs if need not in holding)
    if stage not in row.before or missing:
        return Refusal(subject, action, stage, missing if stage in row.before else (), allowed(subject, stage))
    return row.after
