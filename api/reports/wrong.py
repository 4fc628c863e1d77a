"""What is refused: a form that there is not, a list of people to whoever may not see it."""

from typing import Any

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.problems import DoesNotBalance, PermissionDenied, UnknownForm
from api.reports.definition import ListForm, forms, list_forms, monitoring_forms
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
    """Raises DoesNotBalance, which names the form, the row, the column and both numbers of the first fault."""
    if not found.faults:
        return
    fault = found.faults[0]
    heading = next((column.heading.vi for column in found.columns if column.code == fault.column), fault.column)
    raise DoesNotBalance(
        f"Biểu {found.form}, dòng {fault.row}, cột «{heading}»: {fault.left} không {_WORDS[fault.relation]} "
        f"{fault.right} ({fault.rule}). Hãy sửa số liệu trước khi xuất báo cáo.",
        f"{found.form}, row {fault.row}, column {fault.column}: {fault.left} {fault.relation} {fault.right} does not "
        f"hold ({fault.rule}).",
        form=found.form,
        **fault.model_dump(),
    )


_WORDS = {"=": "bằng", "<=": "nhỏ hơn hoặc bằng"}
