"""What a tablet says of itself in a batch, and what of its work is not in a backup yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_sync_promises"
down_revision = "0009_review_procedure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("oldest_pending_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("device", sa.Column("form_version", sa.Text(), nullable=True))
    op.add_column("device", sa.Column("arrivals", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("device", sa.Column("undurable_from", sa.BigInteger(), nullable=True))
    op.add_column("sync_submission", sa.Column("arrival", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("sync_submission", "arrival", server_default=None)
    # what came before is in no backup that we know of
    op.execute(
        "UPDATE device SET undurable_from = (SELECT min(s.seq) FROM sync_submission s WHERE s.device_id = device.id)"
    )


def downgrade() -> None:
    op.drop_column("sync_submission", "arrival")
    for column in ("undurable_from", "arrivals", "form_version", "oldest_pending_at"):
        op.drop_column("device", column)
