"""The commune whose years are played."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session

from api.accounts.tables import Account
from api.clock import VIET_NAM
from tests.year.commune import Commune


@pytest.fixture
def commune(base_url: str, tmp_path: Path, session: Session) -> Iterator[Commune]:
    # the cast was made today: a password newer than a session ends it, and the years lie before
    session.execute(update(Account).values(password_changed_at=datetime(2023, 12, 1, tzinfo=VIET_NAM)))
    session.commit()
    made = Commune(base_url, tmp_path)
    yield made
    made.close()
