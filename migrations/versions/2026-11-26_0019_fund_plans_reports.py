"""The Fund for the poor, plans of hamlets, the reporting line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019_fund_plans_reports"
down_revision = "0018_credit_and_insurance"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


_BOOK = """
CREATE FUNCTION book_fund_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM fund_entry
        WHERE id = NEW.reverses_id AND area_id = NEW.area_id AND direction = NEW.direction
            AND amount_vnd = -NEW.amount_vnd AND reverses_id IS NULL
    ) THEN
        RAISE EXCEPTION 'a reversal takes back one whole entry of its own Fund'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_fund_entry_reverses_its_own';
    END IF;
    INSERT INTO fund (area_id, income_vnd, outlay_vnd) VALUES (NEW.area_id, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE fund
    SET income_vnd = income_vnd + CASE WHEN NEW.direction = 'income' THEN NEW.amount_vnd ELSE 0 END,
        outlay_vnd = outlay_vnd + CASE WHEN NEW.direction = 'outlay' THEN NEW.amount_vnd ELSE 0 END
    WHERE area_id = NEW.area_id;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("income_vnd", sa.BigInteger(), nullable=False),
        sa.Column("outlay_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("income_vnd >= 0", name=op.f("ck_fund_income_plausible")),
        sa.CheckConstraint("outlay_vnd BETWEEN 0 AND income_vnd", name=op.f("ck_fund_spent_as_given")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_fund_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_fund")),
    )
    op.create_table(
        "fund_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("giver", sa.Text(), nullable=True),
        sa.Column("public_name", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("intervention_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _WHEN, nullable=False),
        sa.CheckConstraint("direction IN ('income', 'outlay')", name=op.f("ck_fund_entry_direction_known")),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount_vnd > 0) AND amount_vnd <> 0",
            name=op.f("ck_fund_entry_negative_to_reverse"),
        ),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reason IS NOT NULL", name=op.f("ck_fund_entry_reversed_with_reason")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_fund_entry_area_id")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_fund_entry_hamlet_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_fund_entry_household_id")),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"], name=op.f("fk_fund_entry_intervention_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_fund_entry_organisation_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["fund_entry.id"], name=op.f("fk_fund_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_entry")),
    )
    op.create_index("ix_fund_entry_area", "fund_entry", ["area_id", "booked_on"], unique=False)
    op.create_index(op.f("ix_fund_entry_household_id"), "fund_entry", ["household_id"], unique=False)
    op.create_index("uq_fund_entry_reverses", "fund_entry", ["reverses_id"], unique=True)
    op.create_table(
        "hamlet_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'accepted')", name=op.f("ck_hamlet_plan_state_known")
        ),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_hamlet_plan_hamlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hamlet_plan")),
    )
    op.create_index("uq_hamlet_plan_year", "hamlet_plan", ["hamlet_id", "year"], unique=True)
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("recipients", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "author IN ('front_committee', 'hamlet_head', 'commune')", name=op.f("ck_report_author_known")
        ),
        sa.CheckConstraint(
            "period IN ('month', 'quarter', 'six_months', 'year', 'ad_hoc')", name=op.f("ck_report_period_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'accepted')", name=op.f("ck_report_state_known")
        ),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_report_days_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_report_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_area", "report", ["area_id", "period_from"], unique=False)
    op.execute(_BOOK)
    op.execute(
        "CREATE TRIGGER fund_entry_is_booked BEFORE INSERT ON fund_entry "
        "FOR EACH ROW EXECUTE FUNCTION book_fund_entry()"
    )
    op.execute(
        "CREATE TRIGGER fund_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("hamlet_plan")
    op.drop_table("fund_entry")
    op.drop_table("fund")
    op.execute("DROP FUNCTION book_fund_entry() CASCADE")
