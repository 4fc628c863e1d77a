"""A household, and a round in its time of surveys that lists it."""

from uuid import UUID

import pytest
from sqlmodel import Session

from tests.make import rounds
from tests.make.reviews import household


@pytest.fixture
def home(session: Session) -> str:
    made = household(session)
    session.commit()
    return str(made)


@pytest.fixture
def round_id(session: Session, home: str) -> str:
    made = rounds.review_round(session)
    rounds.cases(session, made, [UUID(home)])
    session.commit()
    return str(made)
