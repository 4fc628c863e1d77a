"""Rounds with stages, the list of a round, reviews; meetings, postings, complaints, opinions; decisions with their
lists, certificates, letters, refusals, the third path; the class of households as of any day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_review_procedure"
down_revision = "0008_standards"
branch_labels = None
depends_on = None

# What recognitions say of every household on a day, with no column that could disagree with them.
# class_since: first day of the unbroken run of that class. newly_escaped_until: so many months after the decision by
# which it was poor no longer (a near-poor household can be newly escaped), while that lasts.
# One SELECT, STABLE, not STRICT: the planner writes it into the query that asks.
_HOUSEHOLD_CLASS_ON = """
CREATE FUNCTION household_class_on(day date, newly_escaped_months integer)
RETURNS TABLE (household_id uuid, current_class text, class_since date, newly_escaped_until date)
LANGUAGE sql STABLE AS $$
SELECT h.id, now_is.poverty_class, run.since, escape.until
FROM household h
LEFT JOIN recognition now_is ON now_is.household_id = h.id AND now_is.days @> $1
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
    SELECT (max(lower(r.days)) + make_interval(months => $2))::date AS until
    FROM recognition r
    JOIN LATERAL (
        SELECT before.poverty_class FROM recognition before
        WHERE before.household_id = h.id AND lower(before.days) < lower(r.days)
        ORDER BY lower(before.days) DESC LIMIT 1
    ) AS came_from ON came_from.poverty_class = 'poor'
    WHERE r.household_id = h.id AND r.poverty_class <> 'poor' AND lower(r.days) <= $1
    HAVING (max(lower(r.days)) + make_interval(months => $2))::date >= $1
) AS escape ON now_is.poverty_class IS DISTINCT FROM 'poor'
$$
"""

# As migration 0006 made it.
_HOUSEHOLD_CLASS_BEFORE = """
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

# No two recognitions of the same kind of one household, or of one of its workers, on one day.
_THIRD_PATH_DAYS = """
ALTER TABLE living_standard_recognition ADD CONSTRAINT ex_living_standard_recognition_days EXCLUDE USING gist
(household_id WITH =, kind WITH =, (coalesce(member_id, household_id)) WITH =, days WITH &&)
"""


def upgrade() -> None:
    _extend_rounds_and_decisions()
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("book_no", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_certificate_area_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_certificate_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index("uq_certificate_book_no", "certificate", ["area_id", "book_no"], unique=True)
    op.create_index(
        "uq_certificate_household",
        "certificate",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chaired_by", sa.Text(), nullable=False),
        sa.Column("secretary", sa.Text(), nullable=False),
        sa.Column("attendance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("front_observed", sa.Boolean(), nullable=False),
        sa.Column("observation", sa.Text(), nullable=True),
        sa.Column("comments", sa.Text(), nullable=True),
        sa.Column("minutes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("household_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('agreed', 'resurvey')", name=op.f("ck_meeting_result_known")),
        sa.CheckConstraint("present >= 1", name=op.f("ck_meeting_somebody_present")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_meeting_hamlet_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_meeting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_hamlet", "meeting", ["round_id", "hamlet_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("report_number", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("letter_number", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('district', 'province', 'none')", name=op.f("ck_opinion_level_known")),
        sa.CheckConstraint("verdict IN ('agree', 'check')", name=op.f("ck_opinion_verdict_known")),
        sa.CheckConstraint("(verdict IS NULL) = (answered_on IS NULL)", name=op.f("ck_opinion_answer_has_day")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_opinion_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index("ix_opinion_round", "opinion", ["round_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("places", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("household_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("review_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('list', 're_verification', 'living_standard')", name=op.f("ck_posting_kind_known")
        ),
        sa.CheckConstraint("last_day >= posted_on", name=op.f("ck_posting_dates_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_posting_area_id")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_posting_hamlet_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_posting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_round", "posting", ["round_id", "hamlet_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("respondent", sa.Text(), nullable=True),
        sa.Column("paper_no", sa.Text(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("area_type", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("b1_entered", sa.Integer(), nullable=True),
        sa.Column("causes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("device_result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("standard_code", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Integer(), nullable=False),
        sa.Column("b1", sa.Integer(), nullable=True),
        sa.Column("b2", sa.Integer(), nullable=True),
        sa.Column("proposed_class", sa.Text(), nullable=True),
        sa.Column("deprivations", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("undetermined", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("differs_from_device", sa.Boolean(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("override_class", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("override_by", sa.Uuid(), nullable=True),
        sa.Column("override_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("surveyor_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('survey', 'resurvey', 're_verification')", name=op.f("ck_review_kind_known")),
        sa.CheckConstraint(
            "override_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_review_override_class_known")
        ),
        sa.CheckConstraint(
            "proposed_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_review_proposed_class_known")
        ),
        sa.CheckConstraint(
            "(override_class IS NULL) = (override_reason IS NULL)", name=op.f("ck_review_override_has_reason")
        ),
        sa.CheckConstraint("b1_entered IS NULL OR paper_no IS NOT NULL", name=op.f("ck_review_entered_from_paper")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_review_household_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_round_id")),
        sa.ForeignKeyConstraint(["surveyor_id"], ["account.id"], name=op.f("fk_review_surveyor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_household", "review", ["household_id"], unique=False)
    op.create_index(
        "uq_review_in_force", "review", ["round_id", "household_id"], unique=True, postgresql_where=sa.text("in_force")
    )
    op.create_table(
        "standing",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("poverty_class", sa.Text(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "poverty_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_standing_poverty_class_known")
        ),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_standing_hamlet_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_standing_household_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_standing_round_id")),
        sa.PrimaryKeyConstraint("round_id", "household_id", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_household", "standing", ["household_id"], unique=False)
    op.create_table(
        "certificate_line",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("poverty_class", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "poverty_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_certificate_line_poverty_class_known")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_line_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recognition_decision.id"], name=op.f("fk_certificate_line_decision_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "year", name=op.f("pk_certificate_line")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("complainant", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("re_verified_on", sa.Date(), nullable=True),
        sa.Column("re_verified_by", sa.Uuid(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("review_before_id", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'decided') = (decided_on IS NOT NULL)", name=op.f("ck_complaint_decided_has_day")),
        sa.CheckConstraint("outcome IN ('upheld', 'dismissed')", name=op.f("ck_complaint_outcome_known")),
        sa.CheckConstraint("state IN ('open', 're_verified', 'decided')", name=op.f("ck_complaint_state_known")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_complaint_household_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_complaint_posting_id")),
        sa.ForeignKeyConstraint(["review_before_id"], ["review.id"], name=op.f("fk_complaint_review_before_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_complaint_review_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_complaint_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    op.create_index("ix_complaint_household", "complaint", ["household_id"], unique=False)
    op.create_index("ix_complaint_round", "complaint", ["round_id"], unique=False)
    op.create_table(
        "confirmation_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("book_no", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("poverty_class", sa.Text(), nullable=True),
        sa.Column("newly_escaped", sa.Boolean(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_confirmation_letter_area_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recognition_decision.id"], name=op.f("fk_confirmation_letter_decision_id")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_confirmation_letter_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_letter")),
        sa.UniqueConstraint("code", name=op.f("uq_confirmation_letter_code")),
    )
    op.create_index(op.f("ix_confirmation_letter_household_id"), "confirmation_letter", ["household_id"], unique=False)
    op.create_index(
        "uq_confirmation_letter_book_no", "confirmation_letter", ["area_id", "year", "book_no"], unique=True
    )
    op.create_table(
        "decision_household",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("poverty_class", sa.Text(), nullable=False),
        sa.Column("class_before", sa.Text(), nullable=True),
        sa.Column("movement", sa.Text(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "class_before IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_decision_household_class_before_known")
        ),
        sa.CheckConstraint(
            "movement IN ('stays', 'poor_to_near_poor', 'escaped_poor', 'near_poor_to_poor', 'escaped_near_poor', 'relapsed_poor', 'new_poor', 'relapsed_near_poor', 'new_near_poor', 'stays_not_poor')",
            name=op.f("ck_decision_household_movement_known"),
        ),
        sa.CheckConstraint(
            "poverty_class IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_decision_household_poverty_class_known")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recognition_decision.id"], name=op.f("fk_decision_household_decision_id")
        ),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_decision_household_hamlet_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_decision_household_household_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_decision_household_review_id")),
        sa.PrimaryKeyConstraint("decision_id", "household_id", name=op.f("pk_decision_household")),
    )
    op.create_index("ix_decision_household_household", "decision_household", ["household_id"], unique=False)
    op.create_table(
        "living_standard_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("income_per_head_vnd", sa.Integer(), nullable=True),
        sa.Column("works_in_agriculture", sa.Boolean(), nullable=True),
        sa.Column("worksheet", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.Column("measured_by", sa.Uuid(), nullable=True),
        sa.Column("posting_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agri_average_living_standard', 'low_income_worker')",
            name=op.f("ck_living_standard_case_kind_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('requested', 'measured', 'posted', 'complained', 're_verified', 'cleared', 'recognised', 'refused')",
            name=op.f("ck_living_standard_case_stage_known"),
        ),
        sa.CheckConstraint("income_per_head_vnd >= 0", name=op.f("ck_living_standard_case_income_plausible")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recognition_decision.id"], name=op.f("fk_living_standard_case_decision_id")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_living_standard_case_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_living_standard_case_member_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_living_standard_case_posting_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_living_standard_case_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_living_standard_case")),
    )
    op.create_index("ix_living_standard_case_household", "living_standard_case", ["household_id"], unique=False)
    op.create_index(
        "uq_living_standard_case_under_way",
        "living_standard_case",
        ["household_id", "kind", "member_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("stage NOT IN ('recognised', 'refused')"),
    )
    op.create_table(
        "living_standard_recognition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agri_average_living_standard', 'low_income_worker')",
            name=op.f("ck_living_standard_recognition_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recognition_decision.id"], name=op.f("fk_living_standard_recognition_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_living_standard_recognition_household_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_living_standard_recognition_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_living_standard_recognition")),
    )
    op.create_index(
        op.f("ix_living_standard_recognition_decision_id"), "living_standard_recognition", ["decision_id"], unique=False
    )
    op.create_index(
        "ix_living_standard_recognition_household", "living_standard_recognition", ["household_id"], unique=False
    )
    op.create_table(
        "meeting_vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0", name=op.f("ck_meeting_vote_counts_plausible")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_meeting_vote_household_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_vote_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_vote")),
    )
    op.create_index(
        "uq_meeting_vote_subject",
        "meeting_vote",
        ["meeting_id", "household_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "refusal",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_refusal_area_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_refusal_request_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_refusal_round_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_refusal")),
    )
    op.create_table(
        "review_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("ground_reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("class_before", sa.Text(), nullable=True),
        sa.Column("surveyor_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("not_reached_reason", sa.Text(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("posting_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "class_before IN ('poor', 'near_poor', 'not_poor')", name=op.f("ck_review_case_class_before_known")
        ),
        sa.CheckConstraint(
            "ground IN ('poor', 'near_poor', 'request', 'added')", name=op.f("ck_review_case_ground_known")
        ),
        sa.CheckConstraint(
            "stage IN ('listed', 'not_reached', 'surveyed', 'resurvey', 'agreed', 'posted', 'complained', 're_verified', 'decided', 'cleared', 'recognised')",
            name=op.f("ck_review_case_stage_known"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["recognition_decision.id"], name=op.f("fk_review_case_decision_id")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_review_case_hamlet_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_review_case_household_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_review_case_meeting_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_review_case_posting_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_review_case_request_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_case_review_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_case_round_id")),
        sa.ForeignKeyConstraint(["surveyor_id"], ["account.id"], name=op.f("fk_review_case_surveyor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_case")),
    )
    op.create_index("ix_review_case_hamlet", "review_case", ["round_id", "hamlet_id"], unique=False)
    op.create_index("ix_review_case_household", "review_case", ["household_id"], unique=False)
    op.create_index("uq_review_case_household", "review_case", ["round_id", "household_id"], unique=True)
    op.create_table(
        "screening",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("screened_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_screening_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_screening")),
    )
    op.execute(_THIRD_PATH_DAYS)
    op.execute("DROP VIEW household_class")
    op.execute(_HOUSEHOLD_CLASS_ON)


def _extend_rounds_and_decisions() -> None:
    # rounds of before were closed by hand, decisions were recorded signed
    op.add_column("review_round", sa.Column("standard_version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("review_round", sa.Column("procedure_code", sa.Text(), nullable=False, server_default="qd-24-2021"))
    op.add_column("review_round", sa.Column("procedure_version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("review_round", sa.Column("upper_level", sa.Text(), nullable=False, server_default="district"))
    op.add_column("review_round", sa.Column("stage", sa.Text(), nullable=True))
    op.add_column("review_round", sa.Column("overdue_reason", sa.Text(), nullable=True))
    op.add_column("review_round", sa.Column("approved_by", sa.Uuid(), nullable=True))
    op.add_column("review_round", sa.Column("approved_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("review_round", sa.Column("prepared_by", sa.Uuid(), nullable=True))
    op.add_column("review_round", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("review_round", sa.Column("opening_round_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_review_round_opening_round_id"), "review_round", "review_round", ["opening_round_id"], ["id"]
    )
    op.execute("UPDATE review_round SET stage = CASE state WHEN 'closed' THEN 'closed' ELSE 'surveying' END")
    op.alter_column("review_round", "stage", nullable=False)
    for name in ("standard_version", "procedure_code", "procedure_version", "upper_level"):
        op.alter_column("review_round", name, server_default=None)
    op.drop_column("review_round", "state")
    op.add_column(
        "review_round",
        sa.Column(
            "state",
            sa.Text(),
            sa.Computed(
                "CASE stage WHEN 'prepared' THEN 'prepared' WHEN 'closed' THEN 'closed' ELSE 'open' END", persisted=True
            ),
            nullable=True,
        ),
    )
    op.create_check_constraint(
        op.f("ck_review_round_stage_known"),
        "review_round",
        "stage IN ('prepared', 'surveying', 'consolidated', 'opinion_asked', 'opinion_given', 'recognised', 'closed')",
    )
    op.create_check_constraint(
        op.f("ck_review_round_upper_level_known"), "review_round", "upper_level IN ('district', 'province', 'none')"
    )
    decision = "recognition_decision"
    op.add_column(decision, sa.Column("kind", sa.Text(), nullable=False, server_default="main"))
    op.add_column(decision, sa.Column("state", sa.Text(), nullable=False, server_default="signed"))
    op.add_column(decision, sa.Column("prepared_by", sa.Uuid(), nullable=True))
    op.add_column(decision, sa.Column("signed_by", sa.Uuid(), nullable=True))
    op.add_column(decision, sa.Column("ledger_round_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{decision}_ledger_round_id"), decision, "review_round", ["ledger_round_id"], ["id"])
    op.add_column(decision, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(decision, sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.execute("UPDATE recognition_decision SET updated_at = recorded_at")
    op.alter_column(decision, "updated_at", nullable=False)
    for name in ("kind", "state", "version"):
        op.alter_column(decision, name, server_default=None)
    for name in ("number", "decided_on", "signatory"):
        op.alter_column(decision, name, nullable=True)
    op.create_index("ix_recognition_decision_round", decision, ["round_id"])
    for name, condition in (
        ("kind_known", "kind IN ('main', 'supplementary', 'living_standard')"),
        ("state_known", "state IN ('prepared', 'signed')"),
        (
            "signed_is_whole",
            "state = 'prepared' OR (number IS NOT NULL AND decided_on IS NOT NULL AND signatory IS NOT NULL)",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_{decision}_{name}"), decision, condition)


def downgrade() -> None:
    op.execute("DROP FUNCTION household_class_on(date, integer)")
    op.execute(_HOUSEHOLD_CLASS_BEFORE)
    for table in (
        "screening",
        "review_case",
        "refusal",
        "meeting_vote",
        "living_standard_recognition",
        "living_standard_case",
        "decision_household",
        "confirmation_letter",
        "complaint",
        "certificate_line",
        "standing",
        "review",
        "posting",
        "opinion",
        "meeting",
        "certificate",
    ):
        op.drop_table(table)
    decision = "recognition_decision"
    op.execute("DELETE FROM recognition_decision WHERE state = 'prepared'")
    op.drop_index("ix_recognition_decision_round", decision)
    for name in ("signed_is_whole", "state_known", "kind_known"):
        op.drop_constraint(op.f(f"ck_{decision}_{name}"), decision)
    for name in ("kind", "state", "prepared_by", "signed_by", "ledger_round_id", "version", "updated_at"):
        op.drop_column(decision, name)
    for name in ("number", "decided_on", "signatory"):
        op.alter_column(decision, name, nullable=False)
    op.drop_column("review_round", "state")
    op.add_column("review_round", sa.Column("state", sa.Text(), nullable=True))
    op.execute("UPDATE review_round SET state = CASE stage WHEN 'closed' THEN 'closed' ELSE 'open' END")
    op.alter_column("review_round", "state", nullable=False)
    op.create_check_constraint(op.f("ck_review_round_state_known"), "review_round", "state IN ('open', 'closed')")
    op.drop_constraint(op.f("ck_review_round_stage_known"), "review_round")
    op.drop_constraint(op.f("ck_review_round_upper_level_known"), "review_round")
    for name in (
        "standard_version",
        "procedure_code",
        "procedure_version",
        "upper_level",
        "stage",
        "overdue_reason",
        "approved_by",
        "approved_at",
        "prepared_by",
        "closed_on",
        "opening_round_id",
    ):
        op.drop_column("review_round", name)
