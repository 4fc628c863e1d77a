"""Deliveries and signing sheets; what was delivered under an intervention is summed by triggers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_deliveries"
down_revision = "0015_interventions"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


# What people received under an intervention, kept as one sum: an intervention paid from a budget line cannot hand out
# more than the chair approved (ck_intervention_delivered_as_approved). Locked in the order of ids, once a statement.
_SUM = """
CREATE FUNCTION sum_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM intervention WHERE id IN (SELECT intervention_id FROM written) ORDER BY id FOR NO KEY UPDATE;
        UPDATE intervention SET delivered_vnd = delivered_vnd + sums.vnd
        FROM (
            SELECT intervention_id, sum(amount_vnd) AS vnd FROM written
            WHERE outcome = 'delivered' AND reversed_at IS NULL GROUP BY intervention_id
        ) AS sums
        WHERE id = sums.intervention_id AND sums.vnd <> 0;
    ELSE
        PERFORM 1 FROM intervention WHERE id IN (SELECT intervention_id FROM written) ORDER BY id FOR NO KEY UPDATE;
        UPDATE intervention SET delivered_vnd = delivered_vnd - sums.vnd
        FROM (
            SELECT now_is.intervention_id, sum(now_is.amount_vnd) AS vnd
            FROM written AS now_is JOIN replaced AS was ON was.id = now_is.id
            WHERE now_is.outcome = 'delivered' AND was.reversed_at IS NULL AND now_is.reversed_at IS NOT NULL
            GROUP BY now_is.intervention_id
        ) AS sums
        WHERE id = sums.intervention_id AND sums.vnd <> 0;
    END IF;
    RETURN NULL;
END $$
"""

# A delivery is a fact: only that it was reversed is ever added, once.
_FACT = """
CREATE FUNCTION refuse_delivery_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.reversed_at IS NULL
        AND to_jsonb(OLD) - '{reversed_at,reversed_by,reversal_reason,version,updated_at}'::text[]
          = to_jsonb(NEW) - '{reversed_at,reversed_by,reversal_reason,version,updated_at}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'delivery is append-only' USING ERRCODE = 'raise_exception';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("headcount", postgresql.JSONB(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("paid_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("attachments", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("reversed_at", _WHEN, nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("form IN ('cash', 'in_kind', 'service')", name=op.f("ck_delivery_form_known")),
        sa.CheckConstraint("outcome IN ('delivered', 'refused')", name=op.f("ck_delivery_outcome_known")),
        sa.CheckConstraint("paid_by IN ('hand', 'account')", name=op.f("ck_delivery_paid_by_known")),
        sa.CheckConstraint(
            "(reversed_at IS NULL) = (reversal_reason IS NULL)", name=op.f("ck_delivery_reversed_with_reason")
        ),
        sa.CheckConstraint("amount_vnd IS NULL OR amount_vnd >= 0", name=op.f("ck_delivery_amount_plausible")),
        sa.CheckConstraint(
            "member_id IS NULL OR household_id IS NOT NULL", name=op.f("ck_delivery_person_of_a_household")
        ),
        sa.CheckConstraint(
            "num_nonnulls(household_id, organisation_id, headcount) >= 1", name=op.f("ck_delivery_somebody")
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity >= 0", name=op.f("ck_delivery_quantity_plausible")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_delivery_household_id")),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"], name=op.f("fk_delivery_intervention_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_delivery_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_household", "delivery", ["household_id"], unique=False)
    op.create_index("ix_delivery_intervention", "delivery", ["intervention_id"], unique=False)
    op.create_table(
        "signing_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("hand_out_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("paid_by", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("form IN ('cash', 'in_kind', 'service')", name=op.f("ck_signing_sheet_form_known")),
        sa.CheckConstraint("paid_by IN ('hand', 'account')", name=op.f("ck_signing_sheet_paid_by_known")),
        sa.CheckConstraint("state IN ('open', 'closed', 'cancelled')", name=op.f("ck_signing_sheet_state_known")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_signing_sheet_hamlet_id")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_signing_sheet_intervention_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_sheet")),
    )
    op.create_index("ix_signing_sheet_hamlet", "signing_sheet", ["hamlet_id"], unique=False)
    op.create_index("ix_signing_sheet_intervention", "signing_sheet", ["intervention_id"], unique=False)
    op.create_table(
        "sheet_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", _WHEN, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'delivered' OR delivery_id IS NOT NULL", name=op.f("ck_sheet_line_delivered_by_a_delivery")
        ),
        sa.CheckConstraint(
            "state IN ('awaited', 'delivered', 'refused', 'absent', 'returned')", name=op.f("ck_sheet_line_state_known")
        ),
        sa.CheckConstraint("amount_vnd IS NULL OR amount_vnd >= 0", name=op.f("ck_sheet_line_amount_plausible")),
        sa.CheckConstraint("quantity IS NULL OR quantity >= 0", name=op.f("ck_sheet_line_quantity_plausible")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_sheet_line_delivery_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_sheet_line_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sheet_line_member_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["signing_sheet.id"], name=op.f("fk_sheet_line_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_line")),
    )
    op.create_index("ix_sheet_line_delivery", "sheet_line", ["delivery_id"], unique=False)
    op.create_index("ix_sheet_line_household", "sheet_line", ["household_id"], unique=False)
    op.create_index(
        "uq_sheet_line_household",
        "sheet_line",
        ["sheet_id", "household_id", "member_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("uq_sheet_line_position", "sheet_line", ["sheet_id", "position"], unique=True)
    _attach_to("'review', 'meeting', 'intervention', 'delivery'")
    op.execute(_SUM)
    op.execute(
        "CREATE TRIGGER delivery_is_summed AFTER INSERT ON delivery REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION sum_deliveries()"
    )
    op.execute(
        "CREATE TRIGGER delivery_reversal_is_summed AFTER UPDATE ON delivery "
        "REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION sum_deliveries()"
    )
    op.execute(_FACT)
    op.execute(
        "CREATE TRIGGER delivery_is_a_fact BEFORE UPDATE OR DELETE ON delivery "
        "FOR EACH ROW EXECUTE FUNCTION refuse_delivery_change()"
    )


def _attach_to(entities: str) -> None:
    op.drop_constraint("ck_attachment_link_entity_known", "attachment_link")
    op.create_check_constraint(op.f("ck_attachment_link_entity_known"), "attachment_link", f"entity IN ({entities})")


def downgrade() -> None:
    _attach_to("'review', 'meeting'")
    op.drop_table("sheet_line")
    op.drop_table("signing_sheet")
    op.drop_table("delivery")
    op.execute("DROP FUNCTION sum_deliveries() CASCADE")
    op.execute("DROP FUNCTION refuse_delivery_change() CASCADE")
