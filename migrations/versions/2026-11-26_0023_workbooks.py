"""Workbooks that were handed in, and their rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_workbooks"
down_revision = "0022_indicators"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "workbook_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", _WHEN, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state IN ('read', 'checked', 'confirmed', 'cancelled')", name=op.f("ck_workbook_import_state_known")
        ),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_workbook_import_progress_possible")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_workbook_import_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook_import")),
    )
    op.create_index("ix_workbook_import_area", "workbook_import", ["area_id", "created_at"])
    op.create_table(
        "workbook_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("problems", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('new_household', 'new_member', 'change', 'same', 'question', 'waiting', 'error', "
            "'left_out', 'not_data')",
            name=op.f("ck_workbook_row_verdict_known"),
        ),
        sa.ForeignKeyConstraint(["import_id"], ["workbook_import.id"], name=op.f("fk_workbook_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_workbook_row")),
    )
    op.create_index("ix_workbook_row_verdict", "workbook_row", ["import_id", "verdict", "position"])


def downgrade() -> None:
    op.drop_table("workbook_row")
    op.drop_table("workbook_import")
