"""The order of priority groups that a commune sets; who was moved out of a household is found by its id."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_eligibility"
down_revision = "0019_fund_plans_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "priority_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_priority_order_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_order")),
    )
    op.create_index("ix_priority_order_area", "priority_order", ["area_id", "valid_from"])
    # A few rows of the history: those by which somebody was moved to another household.
    op.execute(
        "CREATE INDEX ix_record_version_left_household ON record_version ((change -> 'household_id' ->> 0)) "
        "WHERE change ? 'household_id'"
    )


def downgrade() -> None:
    op.drop_index("ix_record_version_left_household", "record_version")
    op.drop_table("priority_order")
