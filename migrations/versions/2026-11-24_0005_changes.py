"""History of records and the feed of changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_changes"
down_revision = "0004_households"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_version",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("change", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "origin IN ('web', 'tablet', 'move', 'split', 'merge', 'unmerge', 'load')",
            name=op.f("ck_record_version_origin_known"),
        ),
        sa.PrimaryKeyConstraint("record_id", "version", name="pk_record_version"),
    )
    op.create_table(
        "change_pending",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("op IN ('put', 'remove')", name=op.f("ck_change_pending_op_known")),
        sa.CheckConstraint("reason IN ('left-area', 'deleted', 'merged')", name=op.f("ck_change_pending_reason_known")),
        sa.PrimaryKeyConstraint("id", name="pk_change_pending"),
    )
    op.create_table(
        "change_feed",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "area_id", name="pk_change_feed"),
    )
    op.create_index("ix_change_feed_area_first", "change_feed", ["area_id", "first_seq"], unique=False)
    op.create_index("ix_change_feed_area_seq", "change_feed", ["area_id", "seq"], unique=False)
    op.create_index("ix_change_feed_boot", "change_feed", ["household_id", "rank", "record_id"], unique=False)
    op.create_index(
        "ix_change_feed_group", "change_feed", ["area_id", "household_id", "rank", "record_id"], unique=False
    )
    op.create_index("uq_change_feed_seq", "change_feed", ["seq"], unique=True)
    op.create_table(
        "feed_epoch",
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("system_identifier", sa.Text(), nullable=False),
        sa.Column("timeline", sa.Integer(), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name="pk_feed_epoch"),
    )
    op.create_table(
        "feed_run",
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_feed_run"),
        sa.UniqueConstraint("run", name="uq_feed_run_run"),
    )


def downgrade() -> None:
    op.drop_table("feed_run")
    op.drop_table("feed_epoch")
    op.drop_table("change_feed")
    op.drop_table("change_pending")
    op.drop_table("record_version")
