"""Budget lines, commitments and movements of money; triggers keep the sums, checks hold them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_money"
down_revision = "0016_deliveries"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


# A movement changes the sums of its line, its commitment and the commitment's intervention, in this order of locks.
# Nothing else does. CHECK constraints then refuse what is above the sum before it.
_BOOK = """
CREATE FUNCTION book_money_movement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allocated bigint := CASE WHEN NEW.kind = 'allocation' THEN NEW.amount_vnd ELSE 0 END;
    committed bigint := CASE WHEN NEW.kind = 'commitment' THEN NEW.amount_vnd ELSE 0 END;
    disbursed bigint := CASE WHEN NEW.kind = 'disbursement' THEN NEW.amount_vnd ELSE 0 END;
    settled bigint := CASE WHEN NEW.kind = 'settlement' THEN NEW.amount_vnd ELSE 0 END;
    closed date;
    served uuid;
BEGIN
    IF NEW.reverses_id IS NOT NULL THEN
        UPDATE money_movement SET reversed_vnd = reversed_vnd - NEW.amount_vnd
        WHERE id = NEW.reverses_id AND kind = NEW.kind AND budget_line_id = NEW.budget_line_id
            AND commitment_id IS NOT DISTINCT FROM NEW.commitment_id AND reverses_id IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a reversal names a movement of its own kind, line and commitment'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_money_movement_reverses_its_own';
        END IF;
    END IF;
    UPDATE budget_line
    SET approved_vnd = approved_vnd + allocated, committed_vnd = committed_vnd + committed,
        disbursed_vnd = disbursed_vnd + disbursed, settled_vnd = settled_vnd + settled,
        version = version + 1, updated_at = NEW.recorded_at
    WHERE id = NEW.budget_line_id RETURNING closed_on INTO closed;
    IF closed IS NOT NULL AND NEW.reverses_id IS NULL THEN
        RAISE EXCEPTION 'the line is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_money_movement_line_is_open';
    END IF;
    IF NEW.commitment_id IS NOT NULL THEN
        UPDATE commitment
        SET committed_vnd = committed_vnd + committed, disbursed_vnd = disbursed_vnd + disbursed,
            settled_vnd = settled_vnd + settled, version = version + 1, updated_at = NEW.recorded_at
        WHERE id = NEW.commitment_id AND budget_line_id = NEW.budget_line_id AND state = 'approved'
        RETURNING intervention_id INTO served;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the commitment is not approved, or of another line'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_money_movement_commitment_is_approved';
        END IF;
        UPDATE intervention
        SET committed_vnd = committed_vnd + committed, disbursed_vnd = disbursed_vnd + disbursed
        WHERE id = served AND (committed <> 0 OR disbursed <> 0);
    END IF;
    RETURN NEW;
END $$
"""

_FACT = """
CREATE FUNCTION refuse_movement_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'reversed_vnd' = to_jsonb(NEW) - 'reversed_vnd' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'money_movement is append-only' USING ERRCODE = 'raise_exception';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("plan_item_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("approved_vnd", sa.BigInteger(), nullable=False),
        sa.Column("committed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("disbursed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("settled_vnd", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("rest_vnd", sa.BigInteger(), nullable=True),
        sa.Column("carried_to_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "(source = 'state_budget') = (level <> 'none')", name=op.f("ck_budget_line_level_of_the_state")
        ),
        sa.CheckConstraint(
            "level IN ('central', 'province', 'district', 'commune', 'none')", name=op.f("ck_budget_line_level_known")
        ),
        sa.CheckConstraint(
            "source IN ('state_budget', 'integrated_programmes', 'credit', 'mobilised')",
            name=op.f("ck_budget_line_source_known"),
        ),
        sa.CheckConstraint("approved_vnd >= 0", name=op.f("ck_budget_line_approved_plausible")),
        sa.CheckConstraint(
            "committed_vnd BETWEEN 0 AND approved_vnd", name=op.f("ck_budget_line_committed_as_approved")
        ),
        sa.CheckConstraint(
            "disbursed_vnd BETWEEN 0 AND committed_vnd", name=op.f("ck_budget_line_disbursed_as_committed")
        ),
        sa.CheckConstraint("settled_vnd BETWEEN 0 AND disbursed_vnd", name=op.f("ck_budget_line_settled_as_disbursed")),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (rest_vnd IS NULL)", name=op.f("ck_budget_line_closed_with_its_rest")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_budget_line_area_id")),
        sa.ForeignKeyConstraint(["carried_to_id"], ["budget_line.id"], name=op.f("fk_budget_line_carried_to_id")),
        sa.ForeignKeyConstraint(["plan_item_id"], ["plan_item.id"], name=op.f("fk_budget_line_plan_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
    )
    op.create_index("ix_budget_line_area_year", "budget_line", ["area_id", "year"], unique=False)
    op.create_index("ix_budget_line_plan_item", "budget_line", ["plan_item_id"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("committed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("disbursed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("settled_vnd", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by <> prepared_by", name=op.f("ck_commitment_approved_by_another")
        ),
        sa.CheckConstraint("state IN ('prepared', 'approved', 'refused')", name=op.f("ck_commitment_state_known")),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_commitment_amount_positive")),
        sa.CheckConstraint("committed_vnd BETWEEN 0 AND amount_vnd", name=op.f("ck_commitment_committed_as_asked")),
        sa.CheckConstraint(
            "disbursed_vnd BETWEEN 0 AND committed_vnd", name=op.f("ck_commitment_disbursed_as_committed")
        ),
        sa.CheckConstraint("settled_vnd BETWEEN 0 AND disbursed_vnd", name=op.f("ck_commitment_settled_as_disbursed")),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_commitment_budget_line_id")),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"], name=op.f("fk_commitment_intervention_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_commitment_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    op.create_index("ix_commitment_budget_line", "commitment", ["budget_line_id"], unique=False)
    op.create_index("ix_commitment_intervention", "commitment", ["intervention_id"], unique=False)
    op.create_table(
        "money_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reversed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "(kind = 'allocation') = (commitment_id IS NULL)", name=op.f("ck_money_movement_bound_to_a_commitment")
        ),
        sa.CheckConstraint(
            "kind IN ('allocation', 'commitment', 'disbursement', 'settlement')",
            name=op.f("ck_money_movement_kind_known"),
        ),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount_vnd > 0) AND amount_vnd <> 0",
            name=op.f("ck_money_movement_negative_to_reverse"),
        ),
        sa.CheckConstraint(
            "reversed_vnd BETWEEN 0 AND greatest(amount_vnd, 0)", name=op.f("ck_money_movement_reversed_once")
        ),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reason IS NOT NULL", name=op.f("ck_money_movement_reversed_with_reason")
        ),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_money_movement_budget_line_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"], name=op.f("fk_money_movement_commitment_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["money_movement.id"], name=op.f("fk_money_movement_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_movement")),
    )
    op.create_index("ix_money_movement_commitment", "money_movement", ["commitment_id"], unique=False)
    op.create_index("ix_money_movement_line", "money_movement", ["budget_line_id", "booked_on"], unique=False)
    op.create_index("ix_money_movement_reverses", "money_movement", ["reverses_id"], unique=False)
    op.execute(_BOOK)
    op.execute(
        "CREATE TRIGGER money_movement_is_booked BEFORE INSERT ON money_movement "
        "FOR EACH ROW EXECUTE FUNCTION book_money_movement()"
    )
    op.execute(_FACT)
    op.execute(
        "CREATE TRIGGER money_movement_is_a_fact BEFORE UPDATE OR DELETE ON money_movement "
        "FOR EACH ROW EXECUTE FUNCTION refuse_movement_change()"
    )


def downgrade() -> None:
    op.drop_table("money_movement")
    op.drop_table("commitment")
    op.drop_table("budget_line")
    op.execute("DROP FUNCTION book_money_movement() CASCADE")
    op.execute("DROP FUNCTION refuse_movement_change() CASCADE")
