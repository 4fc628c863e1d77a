"""Files that records declare, and which of them are here."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_attachments"
down_revision = "0011_backups"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("complete_at", _WHEN, nullable=False),
        sa.Column("backed_up_at", _WHEN, nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_sha256_form")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size_positive")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment")),
    )
    op.create_index(
        "ix_attachment_not_backed_up", "attachment", ["complete_at"], postgresql_where=sa.text("backed_up_at IS NULL")
    )
    op.create_table(
        "attachment_link",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("declared_at", _WHEN, nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("arrived_at", _WHEN, nullable=True),
        sa.CheckConstraint("entity IN ('review', 'meeting')", name=op.f("ck_attachment_link_entity_known")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_link_sha256_form")),
        sa.CheckConstraint("(household_id IS NULL) <> (area_id IS NULL)", name=op.f("ck_attachment_link_one_place")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_attachment_link_area_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_attachment_link_household_id")),
        sa.PrimaryKeyConstraint("entity", "record_id", "position", name=op.f("pk_attachment_link")),
    )
    op.create_index("ix_attachment_link_sha256", "attachment_link", ["sha256"])
    op.create_index("ix_attachment_link_household", "attachment_link", ["household_id"])
    op.create_index(
        "ix_attachment_link_missing",
        "attachment_link",
        ["declared_at", "record_id", "position"],
        postgresql_where=sa.text("arrived_at IS NULL"),
    )
    _link("review", "review", "attachments", "household_id", "surveyor_id")
    _link("meeting", "meeting", "minutes", "area_id", "recorded_by", place="hamlet_id")


def _link(entity: str, table: str, column: str, into: str, by: str, place: str = "household_id") -> None:
    """What was declared before there was a place to send it to."""
    op.execute(
        f"""
        INSERT INTO attachment_link (entity, record_id, position, sha256, size_bytes, media_type, purpose, {into},
            declared_at, declared_by)
        SELECT '{entity}', t.id, f.n - 1, f.file->>'sha256', (f.file->>'size')::bigint, f.file->>'media_type',
            f.file->>'purpose', t.{place}, t.created_at, t.{by}
        FROM {table} t, jsonb_array_elements(t.{column}) WITH ORDINALITY AS f (file, n)
        """  # noqa: S608
    )


def downgrade() -> None:
    op.drop_table("attachment_link")
    op.drop_table("attachment")
