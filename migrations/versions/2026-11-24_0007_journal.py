"""The journal of what tablets sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_journal"
down_revision = "0006_reviews_and_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.Integer(), nullable=False),
        sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("skew_seconds", sa.Integer(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("replayed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sync_batch_account_id"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_sync_batch_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sync_batch"),
    )
    op.create_index("ix_sync_batch_batch_id", "sync_batch", ["batch_id"], unique=False)
    op.create_index("ix_sync_batch_device_id", "sync_batch", ["device_id"], unique=False)
    op.create_table(
        "sync_submission",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("conflict_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('applied', 'merged', 'conflict', 'held', 'rejected', 'quarantined')",
            name=op.f("ck_sync_submission_outcome_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sync_submission_account_id"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_sync_submission_device_id"),
        sa.PrimaryKeyConstraint("submission_id", name="pk_sync_submission"),
    )
    op.create_index("ix_sync_submission_device_seq", "sync_submission", ["device_id", "seq"], unique=False)
    op.create_index("ix_sync_submission_record", "sync_submission", ["record_id"], unique=False)
    op.create_index(
        "ix_sync_submission_waiting",
        "sync_submission",
        ["waiting_for"],
        unique=False,
        postgresql_where=sa.text("outcome = 'held'"),
    )
    op.create_table(
        "sync_reuse",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_sync_reuse_device_id"),
        sa.PrimaryKeyConstraint("submission_id", "digest", name="pk_sync_reuse"),
    )
    op.create_table(
        "sync_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("resolved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_sync_conflict_state_known")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_sync_conflict_area_id"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["sync_submission.submission_id"], name="fk_sync_conflict_submission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sync_conflict"),
        sa.UniqueConstraint("submission_id", name="uq_sync_conflict_submission_id"),
    )
    op.create_index("ix_sync_conflict_area", "sync_conflict", ["area_id", "state"], unique=False)
    op.create_index("ix_sync_conflict_record_id", "sync_conflict", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sync_conflict")
    op.drop_table("sync_reuse")
    op.drop_table("sync_submission")
    op.drop_table("sync_batch")
