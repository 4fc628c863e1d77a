"""What is refused: a form that there is not, a list of people to whoever may not see it."""

from typing import Any

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.problems import DoesNotBalance, PermissionDenied, UnknownForm
from api.reports.definition import ListForm, forms, list_forms, monitoring_forms
from api.reports.rule_words import heading
from api.reports.schemas import OfficialReportOut


def unknown_form(form: str) -> UnknownForm:
    """The problem, which names the forms."""
    known = ", ".join((*forms(), *list_forms(), *monitoring_forms()))
    return UnknownForm(f"Không có biểu {form!r}. Các biểu: {known}.", f"There is no form {form!r}. There are: {known}.")


def need_of(actor: Actor, form: ListForm) -> None:
    """Raises PermissionDenied: forms 14 and 15 need `households:read`, lists for posting `households:list`."""
    needed = Permission.households_read if form.detailed else Permission.households_list
    if not actor.has(needed):
        raise denied(needed)


def denied(permission: Permission, vi: str = "", en: str = "", **extras: Any) -> PermissionDenied:
    """The right that is missing, by its name."""
    return PermissionDenied(
        vi or f"Việc này cần quyền {permission}.",
        en or f"This needs the permission {permission}.",
        permission=permission.value,
        **extras,
    )


def balanced(found: OfficialReportOut) -> None:
    """Raises DoesNotBalance, which says of the first fault the form, the row, the column, both numbers and the rule in
    the words that stand on the form."""
    if not found.faults:
        return
    fault = found.faults[0]
    column = next((heading(one) for one in found.columns if one.code == fault.column), None)
    row = next((one.label for one in (*found.rows, *found.totals) if one.code == fault.row), None)
    vi = [f"«{found.title.vi}»", f"dòng «{row.vi}»" if row else "", f"cột {column.vi}" if column else ""]
    en = [f"«{found.title.en}»", f"row «{row.en}»" if row else "", f"column {column.en}" if column else ""]
    vi_relation, en_relation = _WORDS[fault.relation]
    raise DoesNotBalance(
        f"{', '.join(filter(None, vi))}: có {fault.left}, {vi_relation} {fault.right}. {fault.words.vi} "
        "Hãy sửa số liệu trước khi xuất báo cáo.",
        f"{', '.join(filter(None, en))}: there are {fault.left}, {en_relation} {fault.right}. {fault.words.en}",
        form=found.form,
        **fault.model_dump(exclude={"words"}),
    )


_WORDS = {"=": ("phải là", "there have to be"), "<=": ("nhiều nhất là", "at most")}
