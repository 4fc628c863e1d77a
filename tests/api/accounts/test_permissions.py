"""The table of who may do what, kept here a second time: whoever changes one line shows it in both places."""

import httpx
import pytest

from api.accounts.permissions import BASIS, ROLE_LEVELS, ROLE_PERMISSIONS, Permission, Role, holds
from tests.conftest import SignIn
from tests.make.people import CAST, ONE_OF_EACH, Person

# The plan's section VI (numbers), QĐ 24/2021/QĐ-TTg (Q), our design (D). HS+: a surveyor who is the hamlet's head.
TABLE = """
areas:read              | all                          | D
areas:write             | AD                           | D
accounts:write          | AD                           | D
tablets:enrol           | CO                           | D
tablets:revoke          | CO AD                        | D
fleet:read              | CO DO AD                     | D
statistics:write        | CO                           | D
households:list         | DO CO CC HS BK FN OV         | 1,2,3,5,6
households:read         | DO CO CC HS                  | 1,6
persons:sensitive       | CO CC HS                     | D
persons:id_full         | CO CC BK                     | D
households:write        | CO HS                        | 1,6
households:merge        | CO                           | 1
requests:write          | CO HS                        | 1,6
rounds:write            | CO                           | 1
rounds:approve          | CC                           | Q
reviews:write           | HS CO                        | 1,6
reviews:override        | CO                           | D
conflicts:resolve       | CO                           | D
meetings:write          | CO HS+                       | 6,Q
meetings:observe        | OV                           | 5,Q
postings:write          | CO HS+                       | Q
complaints:register     | CO HS OV                     | Q
complaints:decide       | CC                           | Q
opinions:write          | DO                           | Q
recognitions:prepare    | CO                           | 1
recognitions:sign       | CC                           | Q
certificates:issue      | CC                           | Q
certificates:print      | CO                           | D
standards:load          | DO CO                        | D
standards:verify        | DO CC                        | D
programmes:read         | DO CO CC HS BK FN CU OV      | IV
plans:write             | CO                           | 1
plans:approve           | CC                           | D
hamlet_plans:write      | HS+                          | 6
hamlet_plans:accept     | CO                           | 1
needs:write             | CO HS                        | 6
interventions:write     | CO                           | 1
deliveries:write        | CO HS                        | 1,6
deliveries:reverse      | CO                           | D
budget:read             | DO CO CC FN OV               | 1,3,5
budget:write            | FN                           | 3
commitments:write       | CO                           | D
commitments:approve     | CC                           | D
disbursements:write     | FN                           | 3
settlements:write       | FN                           | 3
credit:write            | BK                           | 2
credit:exists           | DO CO CC HS OV               | 2
credit:amounts          | BK CO                        | 2
jobs:write              | CO HS                        | 1,6
trainings:write         | CO CU                        | 1,4
communications:write    | CU CO OV                     | 4,5
fund:write              | OV HS+                       | 5,6
helpers:assign          | HS+ OV                       | 5,6
inspections:write       | CO DO                        | 1
supervision:write       | OV                           | 5
reports:prepare         | CO HS+ OV                    | 1,6
reports:submit          | CC                           | 1
reports:accept          | DO CO                        | 1
indicators:read         | DO CO CC HS BK FN CU OV      | 1,5
changes:read            | SV DO                        | D
audit:read              | AD CC                        | D
"""

SHORT = {
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


def rows() -> list[tuple[str, set[str], str]]:
    found = []
    for line in TABLE.strip().splitlines():
        right, roles, basis = (part.strip() for part in line.split("|"))
        found.append((right, set(SHORT) if roles == "all" else set(roles.split()), basis))
    return found


def test_the_code_says_what_the_table_says() -> None:
    short = {role: name for name, role in SHORT.items()}
    coded = {
        right.value: {short[holder.role] + ("+" if holder.head_only else "") for holder in holders}
        for right, holders in ROLE_PERMISSIONS.items()
    }
    assert coded == {right: roles for right, roles, _ in rows()}
    assert {right.value: basis for right, basis in BASIS.items()} == {right: basis for right, _, basis in rows()}


def test_every_permission_and_every_role_stands_in_the_table() -> None:
    assert {right for right, _, _ in rows()} == {permission.value for permission in Permission}
    assert set(SHORT.values()) == set(Role)
    assert len(rows()) == len(Permission) == 62


def test_no_role_both_prepares_and_signs() -> None:
    pairs = [
        (Permission.recognitions_prepare, Permission.recognitions_sign),
        (Permission.commitments_write, Permission.commitments_approve),
        (Permission.plans_write, Permission.plans_approve),
        (Permission.rounds_write, Permission.rounds_approve),
        (Permission.reports_prepare, Permission.reports_submit),
    ]
    for first, second in pairs:
        both = [role for role in Role if holds(role, True, first) and holds(role, True, second)]
        assert both == [], (first, second)


def test_administrators_and_other_systems_see_no_person() -> None:
    personal = [p for p in Permission if p.value.startswith(("households", "persons", "members", "requests"))]
    assert personal
    for role in (Role.admin, Role.service):
        assert [p for p in personal if holds(role, True, p)] == []


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda person: person.role.value)
def test_me_lists_what_the_table_gives(person: Person, sign_in: SignIn) -> None:
    short = next(name for name, role in SHORT.items() if role is person.role)
    mine = {short, short + "+"} if person.head else {short}
    expected = [right for right, roles, _ in rows() if roles & mine]
    assert sign_in(person.username).get("/api/v1/me").json()["permissions"] == expected


def test_a_surveyor_who_is_no_head_lacks_the_heads_rights(sign_in: SignIn) -> None:
    rights = sign_in("xom-td-1").get("/api/v1/me").json()["permissions"]
    assert "households:write" in rights
    assert not {"meetings:write", "postings:write", "hamlet_plans:write", "fund:write"} & set(rights)


def test_everybody_may_read_the_table(sign_in: SignIn, nobody: httpx.Client) -> None:
    said = sign_in("van-hoa").get("/api/v1/roles").json()["items"]
    assert [role["role"] for role in said] == [role.value for role in Role]
    for role in said:
        short = next(name for name, known in SHORT.items() if known == role["role"])
        expected = [
            (right, short not in roles, basis) for right, roles, basis in rows() if {short, short + "+"} & roles
        ]
        assert [(p["permission"], p["head_only"], p["basis"]) for p in role["permissions"]] == expected
        assert set(role["levels"]) == ROLE_LEVELS[Role(role["role"])]
        assert role["label"]["vi"]
        assert role["label"]["en"]
    assert nobody.get("/api/v1/roles").status_code == 401


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.username)
def test_only_administrators_reach_the_accounts(person: Person, sign_in: SignIn) -> None:
    answer = sign_in(person.username).get("/api/v1/users")
    if person.role is Role.admin:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["permission"]) == (403, "accounts:write")
