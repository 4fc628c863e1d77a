"""Figures that a commune writes down from a paper; of those who were trained, which attendance is the first of the year."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_figures"
down_revision = "0026_evidence"
branch_labels = None
depends_on = None

_VIEWS = Path(__file__).parents[1] / "views"
_KINDS = "'poverty_officers', 'average_premium_due', 'average_premium_supported'"
_TRAINEES = "trainee_facts(uuid[], date, timestamptz)"


def upgrade() -> None:
    op.create_table(
        "area_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_area_figure_kind_known")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_area_figure_value_plausible")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_figure_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_figure")),
    )
    op.create_index("ix_area_figure_day", "area_figure", ["area_id", "kind", "as_of"])
    # counts of the days from the figure's own on are stale
    op.execute(
        "CREATE TRIGGER area_figure_insert_is_marked AFTER INSERT ON area_figure REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION mark_of_areas('area_id', 'w.as_of')"
    )
    _replace_trainees("v02")


def downgrade() -> None:
    _replace_trainees("v01")
    op.drop_table("area_figure")


def _replace_trainees(version: str) -> None:
    op.execute(f"DROP FUNCTION {_TRAINEES}")
    text = (_VIEWS / f"trainee_facts_{version}.sql").read_text(encoding="utf-8")
    op.execute(sa.text(text.replace(":", r"\:")))
