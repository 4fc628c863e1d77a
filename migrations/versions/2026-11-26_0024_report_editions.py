"""Editions of official reports, frozen by a trigger, how they were handed in, and the moment a round was closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_report_editions"
down_revision = "0023_workbooks"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)

_FROZEN = """
CREATE FUNCTION report_edition_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published report never changes: publish a new edition'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_report_edition_frozen';
END $$
"""
_TRIGGERS = """
CREATE TRIGGER report_edition_frozen BEFORE UPDATE OR DELETE ON report_edition
    FOR EACH ROW EXECUTE FUNCTION report_edition_is_frozen();
CREATE TRIGGER report_edition_kept BEFORE TRUNCATE ON report_edition
    FOR EACH STATEMENT EXECUTE FUNCTION report_edition_is_frozen()
"""


def upgrade() -> None:
    op.add_column("review_round", sa.Column("closed_at", _WHEN, nullable=True))
    # the last change of a closed round, where nobody kept the moment
    op.execute("UPDATE review_round SET closed_at = updated_at WHERE closed_on IS NOT NULL")
    op.create_table(
        "report_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("recipients", postgresql.JSONB(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", _WHEN, nullable=False),
        sa.CheckConstraint("audience IN ('internal', 'public')", name=op.f("ck_report_edition_audience_known")),
        sa.CheckConstraint(
            "(edition = 1) = (replaces_id IS NULL)", name=op.f("ck_report_edition_replaces_the_one_before")
        ),
        sa.CheckConstraint(
            "(replaces_id IS NULL) = (reason IS NULL)", name=op.f("ck_report_edition_replaced_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_report_edition_area_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_report_edition_round_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["report_edition.id"], name=op.f("fk_report_edition_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_edition")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_report_edition_replaces_id")),
    )
    op.create_index(
        "uq_report_edition_edition", "report_edition", ["area_id", "form", "period", "audience", "edition"], unique=True
    )
    op.execute(_FROZEN)
    op.execute(_TRIGGERS)
    op.create_table(
        "report_hand_in",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'accepted')", name=op.f("ck_report_hand_in_state_known")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR remark IS NOT NULL", name=op.f("ck_report_hand_in_returned_with_a_remark")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["report_edition.id"], name=op.f("fk_report_hand_in_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_report_hand_in")),
    )


def downgrade() -> None:
    op.drop_table("report_hand_in")
    op.drop_table("report_edition")
    op.execute("DROP FUNCTION report_edition_is_frozen()")
    op.drop_column("review_round", "closed_at")
