"""PURE: the counts of a meeting: who was there, and which votes passed (QĐ 24/2021, Điều 4.3; domain.md 10.8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.problems import FieldError


@dataclass(frozen=True, slots=True)
class Vote:
    """Hands counted: on the whole list (`household_id` None) or on one contested household."""

    household_id: UUID | None
    votes_for: int
    votes_against: int

    def passed(self, present: int, agree_share_percent: int) -> bool:
        """Did enough of those present agree? Whoever did not raise a hand did not agree."""
        return self.votes_for * 100 >= agree_share_percent * present


def faults(present: int, attendance: Mapping[str, int], votes: Sequence[Vote]) -> tuple[FieldError, ...]:
    """What contradicts itself in the counts, and where."""
    found = []
    counted = sum(attendance.values())
    if counted != present:
        found.append(
            FieldError(
                "#/present",
                "attendance_differs",
                f"Số người dự là {present} nhưng cộng theo thành phần là {counted}; hãy kiểm tra lại biên bản.",
                f"{present} were present, but the roles add up to {counted}; look at the minutes again.",
            )
        )
    on_the_list = [vote for vote in votes if vote.household_id is None]
    if len(on_the_list) != 1:
        found.append(
            FieldError(
                "#/votes",
                "one_vote_on_the_list",
                "Cần đúng một lần biểu quyết cho cả danh sách (household_id để trống).",
                "Exactly one vote is on the whole list (household_id null).",
            )
        )
    return (*found, *_faults_of_votes(present, votes))


def _faults_of_votes(present: int, votes: Sequence[Vote]) -> list[FieldError]:
    found = []
    often = Counter(vote.household_id for vote in votes)
    for position, vote in enumerate(votes):
        if vote.votes_for + vote.votes_against > present:
            found.append(
                FieldError(
                    f"#/votes/{position}",
                    "more_votes_than_present",
                    f"Số phiếu ({vote.votes_for} + {vote.votes_against}) nhiều hơn số người dự ({present}).",
                    f"More votes ({vote.votes_for} + {vote.votes_against}) than people present ({present}).",
                )
            )
        if vote.household_id is not None and often[vote.household_id] > 1:
            found.append(
                FieldError(
                    f"#/votes/{position}/household_id",
                    "voted_twice",
                    "Mỗi hộ chỉ biểu quyết riêng một lần trong một cuộc họp.",
                    "A household is voted on once in a meeting.",
                )
            )
    return found
