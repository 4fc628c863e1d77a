"""Poverty standards: versions that never change, but for the one step from draft to verified."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_standards"
down_revision = "0007_journal"
branch_labels = None
depends_on = None

_IMMUTABLE = """
CREATE FUNCTION refuse_standard_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change CONSTANT text[] := ARRAY['status', 'verified_at', 'verified_by', 'verified_by_name'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'draft' AND NEW.status = 'verified' AND NEW.verified_at IS NOT NULL
            AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a published standard never changes' USING ERRCODE = 'raise_exception';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "standard",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Uuid(), nullable=True),
        sa.Column("loaded_by_name", sa.Text(), nullable=False),
        sa.Column("verified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_by_name", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('live', 'training')", name=op.f("ck_standard_kind_known")),
        sa.CheckConstraint("status IN ('draft', 'verified')", name=op.f("ck_standard_status_known")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_standard_dates_in_order")),
        sa.CheckConstraint(
            "verified_by IS NULL OR verified_by IS DISTINCT FROM loaded_by", name=op.f("ck_standard_two_people")
        ),
        sa.PrimaryKeyConstraint("code", "version", name="pk_standard"),
        sa.UniqueConstraint("form_version", name="uq_standard_form_version"),
    )
    op.execute(_IMMUTABLE)
    op.execute(
        "CREATE TRIGGER standard_never_changes BEFORE UPDATE OR DELETE ON standard "
        "FOR EACH ROW EXECUTE FUNCTION refuse_standard_change()"
    )
    op.execute(
        "CREATE TRIGGER standard_is_never_emptied BEFORE TRUNCATE ON standard "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("standard")
    op.execute("DROP FUNCTION refuse_standard_change() CASCADE")
