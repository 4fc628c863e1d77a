"""What shows that a tablet is in trouble: refused pushes, and full syncs again and again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_fleet"
down_revision = "0012_attachments"
branch_labels = None
depends_on = None

_TIMES = ("first_sync_at", "first_sync_before_at", "refused_at")


def upgrade() -> None:
    for column in _TIMES:
        op.add_column("device", sa.Column(column, postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("device", sa.Column("first_syncs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("device", sa.Column("refused_with", sa.Text(), nullable=True))
    op.create_index(
        "ix_sync_submission_unfinished",
        "sync_submission",
        ["device_id", "outcome", "received_at"],
        postgresql_where=sa.text("outcome IN ('held', 'quarantined', 'conflict')"),
    )


def downgrade() -> None:
    op.drop_index("ix_sync_submission_unfinished", table_name="sync_submission")
    for column in ("refused_with", "first_syncs", *reversed(_TIMES)):
        op.drop_column("device", column)
