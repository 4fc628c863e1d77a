"""Which declared files a verified backup has: until then a tablet keeps them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_files_in_backups"
down_revision = "0014_waiting_submissions"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("attachment_link", sa.Column("backed_up_at", _WHEN, nullable=True))
    # nobody ever wrote it: what a restore gives back is a fact of the declaration, as arrival is
    op.drop_index("ix_attachment_not_backed_up", table_name="attachment")
    op.drop_column("attachment", "backed_up_at")


def downgrade() -> None:
    op.add_column("attachment", sa.Column("backed_up_at", _WHEN, nullable=True))
    op.create_index(
        "ix_attachment_not_backed_up", "attachment", ["complete_at"], postgresql_where=sa.text("backed_up_at IS NULL")
    )
    op.drop_column("attachment_link", "backed_up_at")
