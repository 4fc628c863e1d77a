"""Loans and lists 03/TD; the monthly lists of health insurance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_credit_and_insurance"
down_revision = "0017_money"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("outstanding_vnd", sa.BigInteger(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("contract_no", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("state IN ('active', 'repaid', 'overdue', 'written_off')", name=op.f("ck_loan_state_known")),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_loan_amount_positive")),
        sa.CheckConstraint("outstanding_vnd BETWEEN 0 AND amount_vnd", name=op.f("ck_loan_outstanding_plausible")),
        sa.CheckConstraint("term_months > 0", name=op.f("ck_loan_term_positive")),
        sa.CheckConstraint("state <> 'repaid' OR outstanding_vnd = 0", name=op.f("ck_loan_repaid_is_paid")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_loan_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_loan_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index("ix_loan_household", "loan", ["household_id"], unique=False)
    op.create_table(
        "loan_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("drawn_up_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("state IN ('drafted', 'confirmed')", name=op.f("ck_loan_list_state_known")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_loan_list_hamlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_list")),
    )
    op.create_index("ix_loan_list_hamlet", "loan_list", ["hamlet_id"], unique=False)
    op.create_table(
        "loan_list_line",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("poverty_class", sa.Text(), nullable=True),
        sa.Column("newly_escaped", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("taken_off", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "poverty_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_loan_list_line_poverty_class_known")
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_loan_list_line_amount_positive")),
        sa.CheckConstraint("term_months > 0", name=op.f("ck_loan_list_line_term_positive")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_loan_list_line_household_id")),
        sa.ForeignKeyConstraint(["list_id"], ["loan_list.id"], name=op.f("fk_loan_list_line_list_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_loan_list_line_member_id")),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_loan_list_line")),
    )
    op.create_index("ix_loan_list_line_household", "loan_list_line", ["household_id"], unique=False)
    op.create_table(
        "insurance_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'sent', 'returned', 'settled')", name=op.f("ck_insurance_list_state_known")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_insurance_list_first_of_the_month")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_insurance_list_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_list")),
    )
    op.create_index("uq_insurance_list_month", "insurance_list", ["area_id", "month", "number"], unique=True)
    op.create_index(
        "uq_insurance_list_draft",
        "insurance_list",
        ["area_id"],
        unique=True,
        postgresql_where=sa.text("state = 'drafted'"),
    )
    op.create_table(
        "insurance_line",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("card_no", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("taken_off", sa.Text(), nullable=True),
        sa.CheckConstraint("change IN ('increase', 'decrease')", name=op.f("ck_insurance_line_change_known")),
        sa.CheckConstraint(
            "reason IN ('newly_recognised', 'escaped', 'born', 'died', 'moved_in', 'moved_out', 'other_group', 'correction')",
            name=op.f("ck_insurance_line_reason_known"),
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_insurance_line_household_id")),
        sa.ForeignKeyConstraint(["list_id"], ["insurance_list.id"], name=op.f("fk_insurance_line_list_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_insurance_line_member_id")),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_insurance_line")),
    )
    op.create_index(op.f("ix_insurance_line_household_id"), "insurance_line", ["household_id"], unique=False)
    op.create_index("ix_insurance_line_member", "insurance_line", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("insurance_line")
    op.drop_table("insurance_list")
    op.drop_table("loan_list_line")
    op.drop_table("loan_list")
    op.drop_table("loan")
