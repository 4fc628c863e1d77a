"""Items of the plan; organisations, interventions with steps, documents and participants; needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_interventions"
down_revision = "0014_waiting_submissions"
branch_labels = None
depends_on = None

_WHEN = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plan_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("changed_by", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by IS NOT NULL", name=op.f("ck_plan_item_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by <> prepared_by", name=op.f("ck_plan_item_approved_by_another")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason IS NOT NULL", name=op.f("ck_plan_item_cancelled_with_reason")
        ),
        sa.CheckConstraint("state IN ('draft', 'approved', 'cancelled')", name=op.f("ck_plan_item_state_known")),
        sa.CheckConstraint("quantity IS NULL OR quantity >= 0", name=op.f("ck_plan_item_quantity_plausible")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_plan_item_area_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_item_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
    )
    op.create_index("ix_plan_item_area_year", "plan_item", ["area_id", "year"], unique=False)
    op.create_table(
        "plan_item_funding",
        sa.Column("plan_item_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(source = 'state_budget') = (level <> 'none')", name=op.f("ck_plan_item_funding_level_of_the_state")
        ),
        sa.CheckConstraint(
            "level IN ('central', 'province', 'district', 'commune', 'none')",
            name=op.f("ck_plan_item_funding_level_known"),
        ),
        sa.CheckConstraint(
            "source IN ('state_budget', 'integrated_programmes', 'credit', 'mobilised')",
            name=op.f("ck_plan_item_funding_source_known"),
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_plan_item_funding_amount_positive")),
        sa.ForeignKeyConstraint(["plan_item_id"], ["plan_item.id"], name=op.f("fk_plan_item_funding_plan_item_id")),
        sa.PrimaryKeyConstraint("plan_item_id", "source", "level", name=op.f("pk_plan_item_funding")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("registration_no", sa.Text(), nullable=True),
        sa.Column("representative", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("led_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "kind IN ('cooperative', 'enterprise', 'group', 'school', 'health_station', 'training_centre', 'employment_centre', 'bank', 'mass_organisation', 'other')",
            name=op.f("ck_organisation_kind_known"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_organisation_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index("ix_organisation_area", "organisation", ["area_id"], unique=False)
    op.create_table(
        "intervention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("plan_item_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("funded", sa.Boolean(), nullable=False),
        sa.Column("committed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("disbursed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("delivered_vnd", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint(
            "committed_vnd >= 0 AND disbursed_vnd BETWEEN 0 AND committed_vnd",
            name=op.f("ck_intervention_spent_as_approved"),
        ),
        sa.CheckConstraint(
            "delivered_vnd >= 0 AND (NOT funded OR delivered_vnd <= committed_vnd)",
            name=op.f("ck_intervention_delivered_as_approved"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_intervention_days_in_order")
        ),
        sa.CheckConstraint(
            "member_id IS NULL OR household_id IS NOT NULL", name=op.f("ck_intervention_person_of_a_household")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_intervention_area_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_intervention_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_intervention_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_intervention_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["intervention.id"], name=op.f("fk_intervention_parent_id")),
        sa.ForeignKeyConstraint(["plan_item_id"], ["plan_item.id"], name=op.f("fk_intervention_plan_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
    )
    op.create_index("ix_intervention_area_kind", "intervention", ["area_id", "kind", "year"], unique=False)
    op.create_index("ix_intervention_household", "intervention", ["household_id"], unique=False)
    op.create_index("ix_intervention_parent", "intervention", ["parent_id"], unique=False)
    op.create_index("ix_intervention_plan_item", "intervention", ["plan_item_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("outsider", postgresql.JSONB(), nullable=True),
        sa.Column("headcount", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("state IN ('enrolled', 'finished', 'left')", name=op.f("ck_participant_state_known")),
        sa.CheckConstraint(
            "member_id IS NULL OR household_id IS NOT NULL", name=op.f("ck_participant_person_of_a_household")
        ),
        sa.CheckConstraint(
            "num_nonnulls(household_id, organisation_id, outsider, headcount) >= 1",
            name=op.f("ck_participant_somebody"),
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_participant_household_id")),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"], name=op.f("fk_participant_intervention_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_participant_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_participant_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index("ix_participant_household", "participant", ["household_id"], unique=False)
    op.create_index("ix_participant_intervention", "participant", ["intervention_id", "created_at"], unique=False)
    op.create_index(
        "uq_participant_household",
        "participant",
        ["intervention_id", "role", "household_id", "member_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("household_id IS NOT NULL AND state <> 'left'"),
    )
    op.create_table(
        "intervention_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("stage_before", sa.Text(), nullable=False),
        sa.Column("stage_after", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _WHEN, nullable=False),
        sa.Column("undone_at", _WHEN, nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_intervention_step_intervention_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_intervention_step_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_step")),
    )
    op.create_index("uq_intervention_step_position", "intervention_step", ["intervention_id", "position"], unique=True)
    op.create_table(
        "intervention_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("attachments", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_intervention_document_intervention_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_document")),
    )
    op.create_index("ix_intervention_document_intervention", "intervention_document", ["intervention_id"], unique=False)
    op.create_table(
        "support_need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("intervention_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("updated_at", _WHEN, nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_on IS NULL)", name=op.f("ck_support_need_ended_with_a_day")),
        sa.CheckConstraint("state IN ('open', 'met', 'withdrawn')", name=op.f("ck_support_need_state_known")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_support_need_household_id")),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"], name=op.f("fk_support_need_intervention_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_support_need_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_need")),
    )
    op.create_index("ix_support_need_household", "support_need", ["household_id"], unique=False)
    op.create_index(
        "uq_support_need_open",
        "support_need",
        ["household_id", "member_id", "kind"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("support_need")
    op.drop_table("intervention_document")
    op.drop_table("intervention_step")
    op.drop_table("participant")
    op.drop_table("intervention")
    op.drop_table("organisation")
    op.drop_table("plan_item_funding")
    op.drop_table("plan_item")
