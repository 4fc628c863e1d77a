"""A fault of the server: the database refuses one value for a reason that no code of ours expects."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

_FAULT = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.note = 'độc' THEN RAISE EXCEPTION 'poisoned'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON household FOR EACH ROW EXECUTE FUNCTION poison();
"""


@contextmanager
def poisoned(engine: Engine) -> Iterator[None]:
    """Inside the block no household whose note is "độc" can be stored, unless it is `mended` before its end."""
    with engine.begin() as connection:
        connection.execute(text(_FAULT))
    try:
        yield
    finally:
        mended(engine)


def mended(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION IF EXISTS poison CASCADE"))
