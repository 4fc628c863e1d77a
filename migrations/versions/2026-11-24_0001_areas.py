"""The tree of areas, as dated data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_areas"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("name_toned", sa.Text(), nullable=False),
        sa.Column("local_kind", sa.Text(), nullable=False),
        sa.Column("area_type", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("area_type IN ('rural', 'urban')", name=op.f("ck_area_area_type_known")),
        sa.CheckConstraint("level IN ('province', 'district', 'commune', 'hamlet')", name=op.f("ck_area_level_known")),
        sa.CheckConstraint(
            "local_kind IN ('tinh', 'thanh_pho', 'huyen', 'quan', 'thi_xa', 'xa', 'phuong', 'thi_tran', 'xom', 'thon', 'to_dan_pho')",
            name=op.f("ck_area_local_kind_known"),
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_area_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
    )
    op.create_index("ix_area_code", "area", ["code"], unique=False)
    op.create_table(
        "area_parent",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_area_parent_dates_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_area_parent_area_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name="fk_area_parent_parent_id"),
        sa.PrimaryKeyConstraint("area_id", "valid_from", name="pk_area_parent"),
    )
    op.create_index("ix_area_parent_parent_id", "area_parent", ["parent_id"], unique=False)
    op.create_table(
        "area_closure",
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("descendant_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ancestor_id"], ["area.id"], name="fk_area_closure_ancestor_id"),
        sa.ForeignKeyConstraint(["descendant_id"], ["area.id"], name="fk_area_closure_descendant_id"),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", "valid_from", name="pk_area_closure"),
    )
    op.create_index("ix_area_closure_descendant", "area_closure", ["descendant_id", "ancestor_id"], unique=False)
    op.create_table(
        "area_succession",
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('merged_into', 'split_from', 'abolished')", name=op.f("ck_area_succession_kind_known")
        ),
        sa.ForeignKeyConstraint(["predecessor_id"], ["area.id"], name="fk_area_succession_predecessor_id"),
        sa.ForeignKeyConstraint(["successor_id"], ["area.id"], name="fk_area_succession_successor_id"),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", "on_day", name="pk_area_succession"),
    )
    op.create_table(
        "area_statistic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "households >= 0 AND persons >= households", name=op.f("ck_area_statistic_counts_plausible")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_area_statistic_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_area_statistic"),
    )
    op.create_index("ix_area_statistic_day", "area_statistic", ["area_id", "as_of"], unique=False)
    op.execute(
        "ALTER TABLE area ADD CONSTRAINT ex_area_code_days EXCLUDE USING gist "
        "(code WITH =, level WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )
    op.execute(
        "ALTER TABLE area_parent ADD CONSTRAINT ex_area_parent_days EXCLUDE USING gist "
        "(area_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )


def downgrade() -> None:
    op.drop_table("area_statistic")
    op.drop_table("area_succession")
    op.drop_table("area_closure")
    op.drop_table("area_parent")
    op.drop_table("area")
