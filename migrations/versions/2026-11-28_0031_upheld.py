"""What of a decided submission still holds as its tablet said it: the surveyor's later work is made on that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031_upheld"
down_revision = "0030_outcomes_asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # nobody kept it of what was decided before: there nothing counts as the tablet's own
    op.add_column("sync_submission", sa.Column("upheld", postgresql.ARRAY(sa.Text), nullable=True))


def downgrade() -> None:
    op.drop_column("sync_submission", "upheld")
