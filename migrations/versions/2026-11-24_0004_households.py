"""The register: households, members, moves, merges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_households"
down_revision = "0003_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("household_no", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("residence", sa.Text(), nullable=False),
        sa.Column("head_member_id", sa.Uuid(), nullable=True),
        sa.Column("no_labour_capacity", sa.Boolean(), nullable=False),
        sa.Column("no_labour_capacity_ground", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_household_merged_has_survivor")
        ),
        sa.CheckConstraint("residence IN ('permanent', 'temporary')", name=op.f("ck_household_residence_known")),
        sa.CheckConstraint(
            "status IN ('active', 'left', 'merged', 'dissolved')", name=op.f("ck_household_status_known")
        ),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name="fk_household_hamlet_id"),
        sa.ForeignKeyConstraint(["merged_into"], ["household.id"], name="fk_household_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_household"),
    )
    op.create_index("ix_household_hamlet", "household", ["hamlet_id", "id"], unique=False)
    op.create_index(
        "ix_household_merged_into",
        "household",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "uq_household_hamlet_no",
        "household",
        ["hamlet_id", "household_no"],
        unique=True,
        postgresql_where=sa.text("status = 'active' AND household_no IS NOT NULL"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("name_toned", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(collation="C"), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("relation_to_head", sa.Text(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=False),
        sa.Column("personal_id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("personal_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("personal_id_last4", sa.Text(), nullable=True),
        sa.Column("schooling", sa.Text(), nullable=True),
        sa.Column("right_level", sa.Boolean(), nullable=True),
        sa.Column("qualification", sa.Text(), nullable=True),
        sa.Column("labour_status", sa.Text(), nullable=True),
        sa.Column("labour_contract", sa.Boolean(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("health_insurance", sa.Boolean(), nullable=True),
        sa.Column("social_allowance", sa.Boolean(), nullable=True),
        sa.Column("pension", sa.Boolean(), nullable=True),
        sa.Column("merit_person", sa.Boolean(), nullable=False),
        sa.Column("disability", sa.Text(), nullable=False),
        sa.Column("nutrition", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "disability IN ('none', 'mild', 'severe', 'very_severe')", name=op.f("ck_member_disability_known")
        ),
        sa.CheckConstraint(
            "labour_status IN ('working', 'unemployed', 'studying', 'not_working')",
            name=op.f("ck_member_labour_status_known"),
        ),
        sa.CheckConstraint(
            "left_reason IN ('died', 'moved', 'married', 'split', 'error')",
            name=op.f("ck_member_left_reason_known"),
        ),
        sa.CheckConstraint(
            "nutrition IN ('normal', 'stunted', 'underweight', 'stunted_underweight')",
            name=op.f("ck_member_nutrition_known"),
        ),
        sa.CheckConstraint(
            "qualification IN ('none', 'primary', 'lower_secondary', 'upper_secondary', 'elementary_vocational', 'intermediate', 'college', 'university')",
            name=op.f("ck_member_qualification_known"),
        ),
        sa.CheckConstraint(
            "relation_to_head IN ('head', 'spouse', 'child', 'parent', 'grandchild', 'grandparent', 'sibling', 'in_law', 'other')",
            name=op.f("ck_member_relation_to_head_known"),
        ),
        sa.CheckConstraint(
            "schooling IN ('none', 'preschool', 'primary', 'lower_secondary', 'upper_secondary', 'vocational', 'college', 'university')",
            name=op.f("ck_member_schooling_known"),
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_member_sex_known")),
        sa.CheckConstraint("birth_date IS NOT NULL OR birth_year IS NOT NULL", name=op.f("ck_member_birth_known")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_member_household_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.create_index("ix_member_household", "member", ["household_id"], unique=False)
    op.create_index(
        "ix_member_personal_id",
        "member",
        ["personal_id_index"],
        unique=False,
        postgresql_where=sa.text("personal_id_index IS NOT NULL"),
    )
    op.create_table(
        "household_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("from_hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("to_hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["from_hamlet_id"], ["area.id"], name="fk_household_move_from_hamlet_id"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_household_move_household_id"),
        sa.ForeignKeyConstraint(["to_hamlet_id"], ["area.id"], name="fk_household_move_to_hamlet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_household_move"),
    )
    op.create_index("ix_household_move_household_id", "household_move", ["household_id"], unique=False)
    op.create_table(
        "household_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("moved_member_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("told_record_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("merged_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("absorbed_id <> survivor_id", name=op.f("ck_household_merge_two_households")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["household.id"], name="fk_household_merge_absorbed_id"),
        sa.ForeignKeyConstraint(["survivor_id"], ["household.id"], name="fk_household_merge_survivor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_household_merge"),
    )
    op.create_index("ix_household_merge_survivor", "household_merge", ["survivor_id"], unique=False)
    op.create_index(
        "uq_household_merge_absorbed",
        "household_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.execute("CREATE INDEX ix_member_name_folded ON member USING gin (name_folded gin_trgm_ops)")


def downgrade() -> None:
    op.drop_table("household_merge")
    op.drop_table("household_move")
    op.drop_table("member")
    op.drop_table("household")
