"""The officers' list of what waits: a few of millions of submissions, oldest first."""

import sqlalchemy as sa
from alembic import op

revision = "0014_waiting_submissions"
down_revision = "0013_fleet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_sync_submission_open",
        "sync_submission",
        ["received_at", "submission_id"],
        postgresql_where=sa.text("outcome IN ('held', 'quarantined', 'rejected')"),
    )


def downgrade() -> None:
    op.drop_index("ix_sync_submission_open", "sync_submission")
