"""Who may do what: the names of the rights and the roles that have them. Source: the plan's section VI (numbers),
QĐ 24/2021/QĐ-TTg (Q), our design (D)."""

from dataclasses import dataclass
from enum import StrEnum

from api.areas.tables import Level


class Role(StrEnum):
    district_officer = "district_officer"
    commune_officer = "commune_officer"
    commune_chair = "commune_chair"
    hamlet_surveyor = "hamlet_surveyor"
    bank_officer = "bank_officer"
    finance_officer = "finance_officer"
    culture_officer = "culture_officer"
    oversight = "oversight"
    admin = "admin"
    service = "service"


class Permission(StrEnum):
    """What a route may ask for: `resource:action`."""

    areas_read = "areas:read"
    areas_write = "areas:write"
    accounts_write = "accounts:write"
    tablets_enrol = "tablets:enrol"
    tablets_revoke = "tablets:revoke"
    fleet_read = "fleet:read"
    statistics_write = "statistics:write"
    households_list = "households:list"
    households_read = "households:read"
    persons_sensitive = "persons:sensitive"
    persons_id_full = "persons:id_full"
    households_write = "households:write"
    households_merge = "households:merge"
    requests_write = "requests:write"
    rounds_write = "rounds:write"
    rounds_approve = "rounds:approve"
    reviews_write = "reviews:write"
    reviews_override = "reviews:override"
    conflicts_resolve = "conflicts:resolve"
    meetings_write = "meetings:write"
    meetings_observe = "meetings:observe"
    postings_write = "postings:write"
    complaints_register = "complaints:register"
    complaints_decide = "complaints:decide"
    opinions_write = "opinions:write"
    recognitions_prepare = "recognitions:prepare"
    recognitions_sign = "recognitions:sign"
    certificates_issue = "certificates:issue"
    certificates_print = "certificates:print"
    standards_load = "standards:load"
    standards_verify = "standards:verify"
    programmes_read = "programmes:read"
    plans_write = "plans:write"
    plans_approve = "plans:approve"
    hamlet_plans_write = "hamlet_plans:write"
    hamlet_plans_accept = "hamlet_plans:accept"
    needs_write = "needs:write"
    interventions_write = "interventions:write"
    deliveries_write = "deliveries:write"
    deliveries_reverse = "deliveries:reverse"
    budget_read = "budget:read"
    budget_write = "budget:write"
    commitments_write = "commitments:write"
    commitments_approve = "commitments:approve"
    disbursements_write = "disbursements:write"
    settlements_write = "settlements:write"
    credit_write = "credit:write"
    credit_exists = "credit:exists"
    credit_amounts = "credit:amounts"
    jobs_write = "jobs:write"
    trainings_write = "trainings:write"
    communications_write = "communications:write"
    fund_write = "fund:write"
    helpers_assign = "helpers:assign"
    inspections_write = "inspections:write"
    supervision_write = "supervision:write"
    reports_prepare = "reports:prepare"
    reports_submit = "reports:submit"
    reports_accept = "reports:accept"
    indicators_read = "indicators:read"
    changes_read = "changes:read"
    audit_read = "audit:read"


# The abbreviations of the table below. HS+ is a surveyor whose grant says `head: true` (trưởng xóm).
_ROLE = {
    "DO": Role.district_officer,
    "CO": Role.commune_officer,
    "CC": Role.commune_chair,
    "HS": Role.hamlet_surveyor,
    "BK": Role.bank_officer,
    "FN": Role.finance_officer,
    "CU": Role.culture_officer,
    "OV": Role.oversight,
    "AD": Role.admin,
    "SV": Role.service,
}

# On which level an area of a grant may lie. Where the district tier is gone (01/7/2025), a district
# officer's grant lies on the level that took over: the province, or the merged commune.
ROLE_LEVELS: dict[Role, frozenset[Level]] = {
    Role.district_officer: frozenset({Level.province, Level.district, Level.commune}),
    Role.commune_officer: frozenset({Level.commune}),
    Role.commune_chair: frozenset({Level.commune}),
    Role.hamlet_surveyor: frozenset({Level.hamlet}),
    Role.bank_officer: frozenset({Level.province, Level.district, Level.commune}),
    Role.finance_officer: frozenset({Level.commune}),
    Role.culture_officer: frozenset({Level.commune}),
    Role.oversight: frozenset({Level.commune}),
    Role.admin: frozenset(Level),
    Role.service: frozenset(Level),
}

_ALL = "DO CO CC HS BK FN CU OV AD SV"

# right, roles, basis
_TABLE: tuple[tuple[Permission, str, str], ...] = (
    (Permission.areas_read, _ALL, "D"),
    (Permission.areas_write, "AD", "D"),
    (Permission.accounts_write, "AD", "D"),
    (Permission.tablets_enrol, "CO", "D"),
    (Permission.tablets_revoke, "CO AD", "D"),
    (Permission.fleet_read, "CO DO AD", "D"),
    (Permission.statistics_write, "CO", "D"),
    (Permission.households_list, "DO CO CC HS BK FN OV", "1,2,3,5,6"),
    (Permission.households_read, "DO CO CC HS", "1,6"),
    (Permission.persons_sensitive, "CO CC HS", "D"),
    (Permission.persons_id_full, "CO CC BK", "D"),
    (Permission.households_write, "CO HS", "1,6"),
    (Permission.households_merge, "CO", "1"),
    (Permission.requests_write, "CO HS", "1,6"),
    (Permission.rounds_write, "CO", "1"),
    (Permission.rounds_approve, "CC", "Q"),
    (Permission.reviews_write, "HS CO", "1,6"),
    (Permission.reviews_override, "CO", "D"),
    (Permission.conflicts_resolve, "CO", "D"),
    (Permission.meetings_write, "CO HS+", "6,Q"),
    (Permission.meetings_observe, "OV", "5,Q"),
    (Permission.postings_write, "CO HS+", "Q"),
    (Permission.complaints_register, "CO HS OV", "Q"),
    (Permission.complaints_decide, "CC", "Q"),
    (Permission.opinions_write, "DO", "Q"),
    (Permission.recognitions_prepare, "CO", "1"),
    (Permission.recognitions_sign, "CC", "Q"),
    (Permission.certificates_issue, "CC", "Q"),
    (Permission.certificates_print, "CO", "D"),
    (Permission.standards_load, "DO CO", "D"),
    (Permission.standards_verify, "DO CC", "D"),
    (Permission.programmes_read, "DO CO CC HS BK FN CU OV", "IV"),
    (Permission.plans_write, "CO", "1"),
    (Permission.plans_approve, "CC", "D"),
    (Permission.hamlet_plans_write, "HS+", "6"),
    (Permission.hamlet_plans_accept, "CO", "1"),
    (Permission.needs_write, "CO HS", "6"),
    (Permission.interventions_write, "CO", "1"),
    (Permission.deliveries_write, "CO HS", "1,6"),
    (Permission.deliveries_reverse, "CO", "D"),
    (Permission.budget_read, "DO CO CC FN OV", "1,3,5"),
    (Permission.budget_write, "FN", "3"),
    (Permission.commitments_write, "CO", "D"),
    (Permission.commitments_approve, "CC", "D"),
    (Permission.disbursements_write, "FN", "3"),
    (Permission.settlements_write, "FN", "3"),
    (Permission.credit_write, "BK", "2"),
    (Permission.credit_exists, "DO CO CC HS OV", "2"),
    (Permission.credit_amounts, "BK CO", "2"),
    (Permission.jobs_write, "CO HS", "1,6"),
    (Permission.trainings_write, "CO CU", "1,4"),
    (Permission.communications_write, "CU CO OV", "4,5"),
    (Permission.fund_write, "OV HS+", "5,6"),
    (Permission.helpers_assign, "HS+ OV", "5,6"),
    (Permission.inspections_write, "CO DO", "1"),
    (Permission.supervision_write, "OV", "5"),
    (Permission.reports_prepare, "CO HS+ OV", "1,6"),
    (Permission.reports_submit, "CC", "1"),
    (Permission.reports_accept, "DO CO", "1"),
    (Permission.indicators_read, "DO CO CC HS BK FN CU OV", "1,5"),
    (Permission.changes_read, "SV DO", "D"),
    (Permission.audit_read, "AD CC", "D"),
)


@dataclass(frozen=True)
class Holder:
    """A role that has a right; `head_only`: only where the grant says `head: true` (trưởng xóm)."""

    role: Role
    head_only: bool


def _holders(roles: str) -> tuple[Holder, ...]:
    return tuple(Holder(_ROLE[name.removesuffix("+")], name.endswith("+")) for name in roles.split())


# Whom small counts of people and households are not told to (api/suppression.py).
SMALL_COUNTS_HIDDEN = frozenset(_ROLE[name] for name in ["BK", "CU", "OV"])

ROLE_PERMISSIONS: dict[Permission, tuple[Holder, ...]] = {right: _holders(roles) for right, roles, _ in _TABLE}
BASIS: dict[Permission, str] = {right: basis for right, _, basis in _TABLE}


def holds(role: Role, head: bool, permission: Permission) -> bool:
    """Does a grant of this role (as hamlet head or not) carry the right?"""
    return any(holder.role is role and (head or not holder.head_only) for holder in ROLE_PERMISSIONS[permission])
