"""What a round asks for beside the answers (a photo, a signature, the position), and where a review was done."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0026_evidence"
down_revision = "0025_known_then"
branch_labels = None
depends_on = None

_KNOWN = "<@ ARRAY['photo', 'signature', 'position']"


def upgrade() -> None:
    for column in ("evidence", "evidence_before"):
        op.add_column("review_round", sa.Column(column, ARRAY(sa.Text()), nullable=False, server_default="{}"))
        op.create_check_constraint(op.f(f"ck_review_round_{column}_known"), "review_round", f"{column} {_KNOWN}")
    op.add_column("review", sa.Column("position", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("review", "position")
    for column in ("evidence_before", "evidence"):
        op.drop_column("review_round", column)
