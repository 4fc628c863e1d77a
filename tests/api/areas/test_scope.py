"""Scope is the one place where a caller becomes SQL: it must reach exactly what hangs under the grants, that day."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from api.accounts.tables import AccountGrant
from api.areas.scope import Scope
from api.areas.tables import Area, area_id
from tests.api.areas.random_trees import Unit, chain, day_of, store, trees
from tests.make.people import CAST, Person, account_id

THAI = {f"14080-{n:02d}" for n in range(1, 9)}
DAI = {"14071-01", "14071-02"}
TRUC_NINH = {"363", "14071", "14080", "14086"} | THAI | DAI

REACH = {"36": {"36"} | TRUC_NINH, "363": TRUC_NINH, "14080": {"14080"} | THAI, "14071": {"14071"} | DAI}


def codes(session: Session, scope: Scope) -> set[str]:
    return set(session.execute(select(col(Area.code)).where(scope.covers(col(Area.id)))).scalars())


@pytest.mark.parametrize("person", CAST, ids=lambda p: p.username)
def test_everybody_covers_exactly_what_hangs_under_their_grants(session: Session, person: Person) -> None:
    held = select(col(AccountGrant.area_id)).where(col(AccountGrant.account_id) == account_id(person.username))
    scope = Scope.of(session.execute(held).scalars())
    assert codes(session, scope) == REACH.get(person.area, {person.area})


def test_without_an_area_nothing_is_covered(session: Session) -> None:
    assert codes(session, Scope.of(())) == set()


def test_what_ended_is_not_covered_any_more(session: Session) -> None:
    assert codes(session, Scope(frozenset({area_id("363")}), date(2004, 7, 7))) == set()


def test_a_hamlet_is_touched_by_what_its_commune_publishes_and_not_by_its_neighbour(session: Session) -> None:
    scope = Scope.of([area_id("14080-01")])
    touched = set(session.execute(select(col(Area.code)).where(scope.touches(col(Area.id)))).scalars())
    assert touched == {"14080-01", "14080", "363", "36"}


def test_two_scopes_fit_into_one_statement(session: Session) -> None:
    thai, dai = Scope.of([area_id("14080-01")]), Scope.of([area_id("14071-01")])
    both = select(col(Area.code)).where(thai.touches(col(Area.id)), dai.touches(col(Area.id)))
    assert set(session.execute(both).scalars()) == {"363", "36"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=trees(), data=st.data())
def test_covers_is_what_python_would_say(engine: Engine, units: list[Unit], data: st.DataObject) -> None:
    granted = data.draw(st.sets(st.integers(0, len(units) - 1), max_size=3))
    day = data.draw(st.integers(0, 40))
    with Session(engine) as session:
        ids = store(session, units)
        scope = Scope(frozenset(ids[number] for number in granted), day_of(day))
        covered = set(session.execute(select(col(Area.id)).where(scope.covers(col(Area.id)))).scalars())
        expected = {ids[n] for n in range(len(units)) if granted & set(chain(units, n, day))}
        assert covered == expected
        session.rollback()
