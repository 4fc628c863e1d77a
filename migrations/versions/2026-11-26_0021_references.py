"""A step may name another intervention: the referral of a job seeker its vacancy."""

import sqlalchemy as sa
from alembic import op

revision = "0021_references"
down_revision = "0020_eligibility"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intervention_step", sa.Column("refers_to", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_intervention_step_refers_to"), "intervention_step", "intervention", ["refers_to"], ["id"]
    )
    op.create_index(
        "ix_intervention_step_refers_to", "intervention_step", ["refers_to"],
        postgresql_where=sa.text("refers_to IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_intervention_step_refers_to", "intervention_step")
    op.drop_constraint(op.f("fk_intervention_step_refers_to"), "intervention_step", type_="foreignkey")
    op.drop_column("intervention_step", "refers_to")
