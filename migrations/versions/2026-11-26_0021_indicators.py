"""The facts of households and persons as of any day; counts of them kept per hamlet; marks that make a count stale."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_indicators"
down_revision = "0020_eligibility"
branch_labels = None
depends_on = None

_VIEWS = Path(__file__).parents[1] / "views"

# The moment at which a day is over in Viet Nam.
_DAY_OVER = """
CREATE FUNCTION day_over(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT ($1 + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
$$
"""

# field -> the value a record had before it was first changed from `since` on; null where nothing was.
_VALUES_AT = """
CREATE FUNCTION values_at(record uuid, since timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT jsonb_object_agg(first.name, first.old)
FROM (
    SELECT DISTINCT ON (field.key) field.key AS name, field.value -> 0 AS old
    FROM record_version v CROSS JOIN LATERAL jsonb_each(v.change) AS field
    WHERE v.record_id = $1 AND v.changed_at >= $2
    ORDER BY field.key, v.version
) AS first
$$
"""

# Households -> marks on every hamlet they lie in or ever lay in.
_MARK_HOUSEHOLDS = """
CREATE FUNCTION mark_households(ids uuid[], since date) RETURNS void LANGUAGE sql AS $$
INSERT INTO fact_mark (area_id, since)
SELECT h.hamlet_id, $2 FROM household h WHERE h.id = ANY ($1)
UNION
SELECT m.from_hamlet_id, $2 FROM household_move m WHERE m.household_id = ANY ($1)
UNION
SELECT m.to_hamlet_id, $2 FROM household_move m WHERE m.household_id = ANY ($1)
$$
"""

# On tables with a household: the arguments of the trigger are the columns of the household and, where counts of earlier
# days cannot change, of the first day that can.
_MARK_OF_HOUSEHOLDS = """
CREATE FUNCTION mark_of_households() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[]; since date;
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT w.%I), coalesce(min(%s), ''-infinity'') FROM written w', TG_ARGV[0], TG_ARGV[1])
    INTO ids, since;
    IF ids IS NOT NULL THEN
        PERFORM mark_households(array_remove(ids, NULL), since);
    END IF;
    RETURN NULL;
END $$
"""

# On tables with an area.
_MARK_OF_AREAS = """
CREATE FUNCTION mark_of_areas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO fact_mark (area_id, since) SELECT w.%I, coalesce(min(%s), ''-infinity'') FROM written w GROUP BY 1',
        TG_ARGV[0], TG_ARGV[1]
    );
    RETURN NULL;
END $$
"""

# What hangs on an intervention: its area.
_MARK_OF_INTERVENTIONS = """
CREATE FUNCTION mark_of_interventions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fact_mark (area_id, since)
    SELECT DISTINCT i.area_id, '-infinity'::date FROM written w JOIN intervention i ON i.id = w.intervention_id;
    RETURN NULL;
END $$
"""

# Every change of a record is announced to the tablets, area by area, after its version was kept; so one insert per
# batch marks them. An edit changes no count of a day that is over; a review counts from the day of the survey.
_MARK_OF_CHANGES = """
CREATE FUNCTION mark_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fact_mark (area_id, since)
    SELECT w.area_id, min(CASE w.entity
        WHEN 'review' THEN (SELECT r.surveyed_on FROM review r WHERE r.id = w.record_id)
        ELSE (
            SELECT (v.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM record_version v
            WHERE v.record_id = w.record_id AND v.version = w.version
        )
    END)
    FROM written w WHERE w.entity IN ('household', 'member', 'review')
    GROUP BY w.area_id;
    RETURN NULL;
END $$
"""

_MARK_WHO_LEFT = """
CREATE FUNCTION mark_who_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_households(ARRAY[NEW.household_id], least(OLD.left_on, NEW.left_on));
    RETURN NULL;
END $$
"""

_FUNCTIONS = (
    "mark_who_left()", "mark_of_changes()", "mark_of_interventions()", "mark_of_areas()", "mark_of_households()",
    "mark_households(uuid[], date)",
    "trainee_facts(uuid[], date, timestamptz)", "intervention_facts(uuid[], date, timestamptz)",
    "person_facts(uuid[], date, timestamptz, integer)", "household_facts(uuid[], date, timestamptz, integer)",
    "values_at(uuid, timestamptz)", "day_over(date)",
)  # fmt: skip
# table -> (function, column of the household or area, the first day whose counts it can change)
_INSERTS = {
    "change_pending": ("mark_of_changes", "", ""),
    "area_statistic": ("mark_of_areas", "area_id", "w.as_of"),
    "recognition": ("mark_of_households", "household_id", "lower(w.days)"),
    "living_standard_recognition": ("mark_of_households", "household_id", "lower(w.days)"),
    "household_move": ("mark_of_households", "household_id", "w.moved_on"),
    "decision_household": ("mark_of_households", "household_id", "NULL::date"),
    "loan": ("mark_of_households", "household_id", "w.lent_on"),
    "support_need": ("mark_of_households", "household_id", "w.noted_on"),
    "delivery": ("mark_of_households", "household_id", "w.delivered_on"),
    "participant": ("mark_of_households", "household_id", "w.joined_on"),
    "intervention": ("mark_of_areas", "area_id", "NULL::date"),
    "intervention_step": ("mark_of_interventions", "", ""),
}
_UPDATES = {
    "recognition": ("mark_of_households", "household_id", "coalesce(upper(w.days), lower(w.days))"),
    "living_standard_recognition": ("mark_of_households", "household_id", "NULL::date"),
    "recognition_decision": ("mark_of_areas", "area_id", "NULL::date"),
    "review": ("mark_of_households", "household_id", "w.surveyed_on"),
    "loan": ("mark_of_households", "household_id", "NULL::date"),
    "support_need": ("mark_of_households", "household_id", "NULL::date"),
    "delivery": ("mark_of_households", "household_id", "w.delivered_on"),
    "participant": ("mark_of_households", "household_id", "NULL::date"),
    "intervention": ("mark_of_areas", "area_id", "NULL::date"),
    "intervention_step": ("mark_of_interventions", "", ""),
}


def upgrade() -> None:
    op.add_column(
        "recognition",
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.execute(
        "UPDATE recognition r SET recorded_at = d.updated_at FROM recognition_decision d WHERE d.id = r.decision_id"
    )
    op.create_index("ix_household_move_from", "household_move", ["from_hamlet_id"])
    # Both are derived, and lost together in a crash: then everything is counted anew.
    op.create_table(
        "fact_mark",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text(r"pg_current_xact_id()\:\:text\:\:bigint"), nullable=False
        ),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_fact_mark_area", "fact_mark", ["area_id", "xid"])
    op.create_table(
        "indicator_count",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("numbers", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "breakdown", "area_id", "value", name=op.f("pk_indicator_count")),
        prefixes=["UNLOGGED"],
    )
    views = [_view(f"{name}_facts") for name in ("household", "person", "intervention", "trainee")]
    for function in (_DAY_OVER, _VALUES_AT, *views, _MARK_HOUSEHOLDS):
        op.execute(sa.text(function.replace(":", r"\:")))
    for function in (_MARK_OF_HOUSEHOLDS, _MARK_OF_AREAS, _MARK_OF_INTERVENTIONS, _MARK_OF_CHANGES, _MARK_WHO_LEFT):
        op.execute(sa.text(function.replace(":", r"\:")))
    for event, tables in (("INSERT", _INSERTS), ("UPDATE", _UPDATES)):
        for table, (function, column, since) in tables.items():
            arguments = f"'{column}', '{since}'" if column else ""
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_{event.lower()}_is_marked AFTER {event} ON {table} "
                    f"REFERENCING NEW TABLE AS written "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION {function}({arguments})".replace(":", r"\:")
                )
            )
    op.execute(
        "CREATE TRIGGER member_who_left_is_marked AFTER UPDATE OF left_on ON member FOR EACH ROW "
        "WHEN (NEW.left_on IS DISTINCT FROM OLD.left_on) EXECUTE FUNCTION mark_who_left()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER member_who_left_is_marked ON member")
    for event, tables in (("insert", _INSERTS), ("update", _UPDATES)):
        for table in tables:
            op.execute(f"DROP TRIGGER {table}_{event}_is_marked ON {table}")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("indicator_count")
    op.drop_table("fact_mark")
    op.drop_index("ix_household_move_from", "household_move")
    op.drop_column("recognition", "recorded_at")


def _view(name: str) -> str:
    return (_VIEWS / f"{name}_v01.sql").read_text(encoding="utf-8")
