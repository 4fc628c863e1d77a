"""What an officer writes on a line has to be possible: a code of the line's group, a day near the list's month."""

from datetime import date

from api.insurance.law import law
from api.insurance.rules import Group, months_later
from api.problems import FieldError, Invalid
from api.programmes.definition import in_force


def group_of(policy: str | None, day: date) -> Group | None:
    """The insurer's group that the commune reports by this policy on that day."""
    return next((one for one in law().groups if one.policy == policy and in_force(one, day)), None)


def require_code(code: str | None, policy: str, told: str | None, day: date) -> None:
    """Raises Invalid for a code that is neither the one of the policy's group on the day of the list nor the one that
    the insurer was told of this person (`told`): what was said in its time is ended under its own code."""
    group = group_of(policy, day)
    known = [*([group.code] if group else []), *([told] if told else [])]
    if code is None or code in known:
        return
    every = [one for one in law().groups if in_force(one, day)]
    vi = f"Mã đối tượng không đúng nhóm của dòng này ({', '.join(known) or 'không có mã'}). Các mã: "
    en = f"Not the code of this line's group ({', '.join(known) or 'none'}). Codes: "
    vi += "; ".join(f"{one.code} ({one.label.vi})" for one in every) + "."
    en += "; ".join(f"{one.code} ({one.label.en})" for one in every) + "."
    raise Invalid(vi, en, errors=(FieldError("#/group_code", "not_of_the_group", vi, en),))


def require_near(valid_from: date, month: date) -> None:
    """Raises Invalid for a day too far from the month of the list (api/insurance/data/valid_from.toml)."""
    window = law().window
    first, last = months_later(month, -window.months_before), months_later(month, window.months_after)
    if not first <= valid_from <= last:
        vi = f"Danh sách tháng {month:%m/%Y}: ngày tính phải từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
        en = f"On the list of {month:%Y-%m} the day lies between {first} and {last}."
        raise Invalid(vi, en, errors=(FieldError("#/valid_from", "far_from_the_month", vi, en),))
