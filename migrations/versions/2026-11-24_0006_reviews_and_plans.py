"""Requests, rounds, decisions, recognitions; plans and targets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_reviews_and_plans"
down_revision = "0005_changes"
branch_labels = None
depends_on = None

# The class of a household as of today: what recognitions say, with no column that could disagree with them.
# class_since: first day of the unbroken run of that class. newly_escaped_until: 36 months after the decision by
# which it was poor no longer (QĐ 90/QĐ-TTg; a near-poor household can be newly escaped), while that lasts.
_HOUSEHOLD_CLASS = """
CREATE VIEW household_class AS
SELECT h.id AS household_id, now_is.poverty_class AS current_class, run.since AS class_since,
    escape.until AS newly_escaped_until
FROM household h
CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day) AS today
LEFT JOIN recognition now_is ON now_is.household_id = h.id AND now_is.days @> today.day
LEFT JOIN LATERAL (
    SELECT max(lower(r.days)) AS since
    FROM recognition r
    WHERE r.household_id = h.id AND r.poverty_class = now_is.poverty_class AND lower(r.days) <= lower(now_is.days)
        AND NOT EXISTS (
            SELECT 1 FROM recognition before
            WHERE before.household_id = h.id AND before.poverty_class = r.poverty_class
                AND upper(before.days) = lower(r.days)
        )
) AS run ON now_is.id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT (max(lower(r.days)) + interval '36 months')::date AS until
    FROM recognition r
    JOIN LATERAL (
        SELECT before.poverty_class FROM recognition before
        WHERE before.household_id = h.id AND lower(before.days) < lower(r.days)
        ORDER BY lower(before.days) DESC LIMIT 1
    ) AS came_from ON came_from.poverty_class = 'poor'
    WHERE r.household_id = h.id AND r.poverty_class <> 'poor' AND lower(r.days) <= today.day
    HAVING (max(lower(r.days)) + interval '36 months')::date >= today.day
) AS escape ON now_is.poverty_class IS DISTINCT FROM 'poor'
"""


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('review', 'escape', 'average_living_standard')", name=op.f("ck_request_kind_known")
        ),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name="fk_request_hamlet_id"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_request_household_id"),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
    )
    op.create_index("ix_request_hamlet_id", "request", ["hamlet_id"], unique=False)
    op.create_index("ix_request_household", "request", ["household_id"], unique=False)
    op.create_table(
        "review_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("standard_code", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('periodic', 'regular', 'training')", name=op.f("ck_review_round_kind_known")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_review_round_state_known")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_review_round_dates_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_review_round_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_round"),
    )
    op.create_index("ix_review_round_area_id", "review_round", ["area_id"], unique=False)
    op.create_table(
        "recognition_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_recognition_decision_area_id"),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name="fk_recognition_decision_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recognition_decision"),
    )
    op.create_index("ix_recognition_decision_area_id", "recognition_decision", ["area_id"], unique=False)
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("poverty_class", sa.Text(), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint(
            "poverty_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_recognition_poverty_class_known")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["recognition_decision.id"], name="fk_recognition_decision_id"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_recognition_household_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recognition"),
    )
    op.create_index("ix_recognition_decision_id", "recognition", ["decision_id"], unique=False)
    op.create_index("ix_recognition_household", "recognition", ["household_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_plan_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
    )
    op.create_index("uq_plan_number", "plan", ["area_id", "number", "year"], unique=True)
    op.create_table(
        "plan_target",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "comparison IN ('at_least', 'more_than', 'decrease_by', 'strive')",
            name=op.f("ck_plan_target_comparison_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_target_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "code", name="pk_plan_target"),
    )
    op.execute(
        "ALTER TABLE recognition ADD CONSTRAINT ex_recognition_days EXCLUDE USING gist "
        "(household_id WITH =, days WITH &&)"
    )
    op.execute(_HOUSEHOLD_CLASS)


def downgrade() -> None:
    op.execute("DROP VIEW household_class")
    op.drop_table("plan_target")
    op.drop_table("plan")
    op.drop_table("recognition")
    op.drop_table("recognition_decision")
    op.drop_table("review_round")
    op.drop_table("request")
