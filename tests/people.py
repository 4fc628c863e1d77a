"""The named cast: the contract's demo accounts, and who stands where. Everybody in a test signs in as somebody."""

from typing import NamedTuple

from api.accounts.permissions import Role

# One password for the whole cast; the demo's own is generated at first start.
PASSWORD = "mật khẩu thử nghiệm 2024"


class Person(NamedTuple):
    username: str
    role: Role
    area: str  # code
    head: bool = False


CAST: tuple[Person, ...] = (
    Person("truc-ninh", Role.district_officer, "363"),
    Person("truc-thai", Role.commune_officer, "14080"),
    Person("chu-tich", Role.commune_chair, "14080"),
    *(Person(f"xom-{n}", Role.hamlet_surveyor, f"14080-{n:02d}", head=True) for n in range(1, 9)),
    Person("truc-dai", Role.commune_officer, "14071"),
    Person("ngan-hang", Role.bank_officer, "363"),
    Person("tai-chinh", Role.finance_officer, "14080"),
    Person("van-hoa", Role.culture_officer, "14080"),
    Person("mat-tran", Role.oversight, "14080"),
    Person("admin", Role.admin, "36"),
    # beyond the contract: a system that reads the feed, and a surveyor of the other commune
    Person("he-thong", Role.service, "36"),
    Person("xom-td-1", Role.hamlet_surveyor, "14071-01"),
)

# One person per role, for tests that try every door as every role.
ONE_OF_EACH = tuple({person.role: person for person in reversed(CAST)}.values())
