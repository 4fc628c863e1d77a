"""When a tablet last asked what became of its work: who takes every 200 for success never does."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030_outcomes_asked"
down_revision = "0029_refused_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # nobody knows what was read of the outcomes of before: counting begins here
    asked_at = sa.Column(
        "outcomes_asked_at", postgresql.TIMESTAMP(timezone=True), nullable=True, server_default=sa.func.now()
    )
    op.add_column("device", asked_at)
    op.alter_column("device", "outcomes_asked_at", server_default=None)
    op.create_index(
        "ix_sync_submission_not_in_force",
        "sync_submission",
        ["device_id", "decided_at"],
        postgresql_where=sa.text("outcome IN ('conflict', 'held', 'rejected', 'quarantined')"),
    )


def downgrade() -> None:
    op.drop_index("ix_sync_submission_not_in_force", table_name="sync_submission")
    op.drop_column("device", "outcomes_asked_at")
