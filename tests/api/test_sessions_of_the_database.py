"""What every session with the database has, however the database itself is set."""

from sqlalchemy import text
from sqlmodel import Session

from api.db import close, make_engine


def test_days_are_read_as_text_in_one_style_whatever_the_database_prefers(database_url: str) -> None:
    """Ids and days are read as text (households, the facts of a review): 24/12/1990 would be no day there."""
    owner = make_engine(database_url)
    with owner.connect() as connection, connection.begin():
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET datestyle = 'SQL, DMY'")
    close(owner)

    engine = make_engine(database_url)
    with Session(engine) as session:
        assert session.execute(text("SELECT CAST(DATE '1990-12-24' AS text)")).scalar_one() == "1990-12-24"
    close(engine)
