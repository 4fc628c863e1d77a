"""The register of the demo's commune goes out as a workbook and comes in again: nothing changes."""

from collections import Counter
from collections.abc import Callable

import httpx
from sqlalchemy import Engine, text

from tests.make.workbooks import cells_of, checked, confirmed, exported, rows, sent

SignIn = Callable[[str], httpx.Client]


def versions(engine: Engine) -> list[tuple[object, ...]]:
    """Every record with its version."""
    asked = "SELECT id, version FROM household UNION ALL SELECT id, version FROM member ORDER BY 1"
    classes = "SELECT household_id, decision_id, days FROM recognition ORDER BY 1, 2"
    with engine.connect() as connection:
        return [tuple(row) for one in (asked, classes) for row in connection.execute(text(one))]


def test_an_export_holds_every_household_and_person_and_says_how_many(sign_in: SignIn, engine: Engine) -> None:
    content = exported(sign_in("truc-thai"))
    codes = [row[27] for row in cells_of(content)]
    with engine.connect() as connection:
        counted = connection.execute(text(_COUNTED), {"code": "14080-%"}).one()
    assert (len(set(codes)), len(codes)) == tuple(counted)
    assert cells_of(content, 0, 5)[0][0] == f"Số hộ: {counted[0]}; số nhân khẩu: {counted[1]}"


_COUNTED = """
SELECT count(DISTINCT h.id), count(m.id)
FROM household h
JOIN area a ON a.id = h.hamlet_id AND a.code LIKE :code
JOIN recognition r ON r.household_id = h.id AND upper(r.days) IS NULL AND r.poverty_class IN ('poor', 'near_poor')
JOIN member m ON m.household_id = h.id AND m.left_on IS NULL
WHERE h.status = 'active'
"""


def test_out_and_in_again_is_the_identity(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    content = exported(officer)
    assert len(cells_of(content)) > 400
    assert len(cells_of(content, 1, 10)) > 5
    before = versions(engine)
    made = checked(officer, content)
    odd = {place: one for place, one in rows(officer, made).items() if one["verdict"] != "same"}
    assert odd == {}
    assert made["counts"].keys() == {"same", "not_data"}
    confirmed(officer, made)
    assert versions(engine) == before


def test_what_is_masked_comes_in_again_without_wiping_anything(sign_in: SignIn, engine: Engine) -> None:
    officer, district = sign_in("truc-thai"), sign_in("truc-ninh")
    content = exported(district)
    numbers = {row[7] for row in cells_of(content) if row[7]}
    assert len(numbers) > 50
    assert all(number.startswith("********") for number in numbers)
    assert {row[14] for row in cells_of(content)} == {None}, "the district does not see ethnic groups"
    before = versions(engine)
    made = checked(officer, content)
    assert made["counts"].keys() == {"same", "not_data"}
    confirmed(officer, made)
    assert versions(engine) == before


def test_without_our_codes_it_is_the_same_or_asked_about_and_never_a_second_one(sign_in: SignIn) -> None:
    from tests.make.workbooks import without_columns

    officer = sign_in("truc-thai")
    bare = without_columns(exported(officer), {0: ("AB", "AC"), 1: ("T", "U"), 2: ("T", "U")})
    made = checked(officer, bare)
    found = Counter(one["verdict"] for one in rows(officer, made).values())
    assert set(found) <= {"same", "question", "waiting"}, found
    assert found["same"] > 0.9 * found.total()


def test_a_hamlets_surveyor_takes_out_their_own_hamlet_and_brings_nothing_in(sign_in: SignIn) -> None:
    from tests.make.households import hamlet

    surveyor = sign_in("xom-3")
    content = exported(surveyor, hamlet(3))
    assert {row[13] for row in cells_of(content) if row[13]} == {"Xóm 3"}
    assert sent(surveyor, content).status_code == 403
    other = surveyor.get("/api/v1/workbook-exports/households", params={"area_id": hamlet(4)})
    assert other.status_code == 404
