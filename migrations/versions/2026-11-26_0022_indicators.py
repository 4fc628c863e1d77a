"""What facts of any day are read with; counts of them kept per hamlet; marks that make a count stale."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_indicators"
down_revision = "0021_references"
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

# As of when a record is read that was made at `made`: when the day was over, or its own first day where that is later;
# never later than what was known.
_READ_AT = """
CREATE FUNCTION read_at(made timestamptz, day date, known timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT least(greatest(day_over($2), day_over(($1 AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)), $3)
$$
"""

# The day on which somebody left, as it stood in the register at a moment.
_LEFT_AS_KNOWN = """
CREATE FUNCTION left_as_known(member_id uuid, left_on date, known timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
SELECT CASE WHEN was.there ? 'left_on' THEN (was.there ->> 'left_on')::date ELSE $2 END
FROM (SELECT values_at($1, $3) AS there) AS was
$$
"""

# The fields of an intervention or participant as they stood at a moment.
_FIELDS_AT = """
CREATE FUNCTION fields_at(record_id uuid, fields jsonb, updated_at timestamptz, moment timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
SELECT CASE WHEN $3 < $4 THEN $2 ELSE coalesce((
    SELECT e.was -> 'fields' FROM earlier_state e
    WHERE e.record_id = $1 AND e.replaced_at >= $4 ORDER BY e.version LIMIT 1
), $2) END
$$
"""

# Was a loan owed on a day? What the bank said last holds from its own day on; the same state said again sets that day right.
_OWED = """
CREATE FUNCTION owed(loan_id uuid, day date, known timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT coalesce((
    SELECT said.state IN ('active', 'overdue')
    FROM (
        SELECT v.*, lead(v.state) OVER (ORDER BY v.version) AS next_state
        FROM (
            SELECT b.version, b.state, b.state_since, b.updated_at FROM loan b WHERE b.id = $1
            UNION ALL
            SELECT e.version, e.was ->> 'state', (e.was ->> 'state_since')::date, (e.was ->> 'updated_at')::timestamptz
            FROM earlier_state e WHERE e.record_id = $1
        ) AS v
        WHERE v.updated_at < $3
    ) AS said
    WHERE said.next_state IS DISTINCT FROM said.state AND said.state_since <= $2
    ORDER BY said.version DESC LIMIT 1
), true)
$$
"""

# Did a participant take part in the year of a day, up to it? Whoever has left does not, from the day they left on;
# whoever came back does from the day on which that was recorded.
_TOOK_PART = """
CREATE FUNCTION took_part(participant_id uuid, day date, known timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT coalesce((
    SELECT CASE said.state
        WHEN 'enrolled' THEN true WHEN 'finished' THEN said.ended_on >= date_trunc('year', $2)::date ELSE false
    END
    FROM (
        SELECT turned.*, max(turned.turned_at) OVER (ORDER BY turned.version) AS since
        FROM (
            SELECT v.*, lead(v.state) OVER (ORDER BY v.version) AS next_state,
                CASE
                    WHEN lag(v.state) OVER (ORDER BY v.version) IS NULL THEN '-infinity'
                    WHEN lag(v.state) OVER (ORDER BY v.version) <> v.state THEN v.updated_at
                END AS turned_at
            FROM (
                SELECT p.version, p.state, p.ended_on, p.updated_at FROM participant p WHERE p.id = $1
                UNION ALL
                SELECT e.version, e.was ->> 'state', (e.was ->> 'ended_on')::date, (e.was ->> 'updated_at')::timestamptz
                FROM earlier_state e WHERE e.record_id = $1
            ) AS v
            WHERE v.updated_at < $3
        ) AS turned
    ) AS said
    WHERE said.next_state IS DISTINCT FROM said.state
        AND CASE said.state WHEN 'enrolled' THEN said.since < day_over($2) ELSE said.ended_on <= $2 END
    ORDER BY said.version DESC LIMIT 1
), true)
$$
"""

# Loans, participants and interventions have no history of their own: what they were before is kept here, in the columns
# that the trigger names.
_KEEP_EARLIER = """
CREATE FUNCTION keep_earlier_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO earlier_state (record_id, version, replaced_at, was)
    SELECT OLD.id, OLD.version, NEW.updated_at, jsonb_object_agg(was.key, was.value)
    FROM jsonb_each(to_jsonb(OLD)) AS was WHERE was.key = ANY (TG_ARGV)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""

# Every hamlet in which a household lies or ever lay.
_HAMLETS_EVER = """
CREATE FUNCTION hamlets_ever(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
SELECT h.hamlet_id FROM household h WHERE h.id = ANY ($1)
UNION
SELECT (v.change -> 'hamlet_id' ->> 0)::uuid FROM record_version v
WHERE v.record_id = ANY ($1) AND v.change ? 'hamlet_id'
$$
"""

# Households, and those they were merged into: what hangs on the one counts for the other.
_WITH_SURVIVORS = """
CREATE FUNCTION with_survivors(ids uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
WITH RECURSIVE known AS (
    SELECT unnest($1) AS id
    UNION
    SELECT m.survivor_id FROM household_merge m JOIN known ON known.id = m.absorbed_id
)
SELECT array_agg(id) FROM known
$$
"""

# Households -> marks on every hamlet they lie in or ever lay in.
_MARK_HOUSEHOLDS = """
CREATE FUNCTION mark_households(ids uuid[], since date) RETURNS void LANGUAGE sql AS $$
INSERT INTO fact_mark (area_id, since) SELECT ever.id, $2 FROM hamlets_ever(with_survivors($1)) AS ever (id)
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
    ids := array_remove(ids, NULL);
    IF ids <> ARRAY[]::uuid[] THEN
        PERFORM mark_households(ids, since);
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

# Whoever has no household is counted where the intervention is.
_MARK_OF_PARTICIPANTS = """
CREATE FUNCTION mark_of_participants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fact_mark (area_id, since)
    SELECT DISTINCT i.area_id, '-infinity'::date FROM written w JOIN intervention i ON i.id = w.intervention_id
    WHERE w.role = 'trainee';
    RETURN NULL;
END $$
"""

# Every change of a record is announced to the tablets, area by area, after its version was kept; so one insert per
# batch marks them. An edit changes no count of a day that is over; but a household that was registered with a class
# of an earlier day is read, for all days before, as it stood at the end of its first day.
_MARK_OF_CHANGES = """
CREATE FUNCTION mark_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fact_mark (area_id, since)
    WITH told AS (
        SELECT w.area_id, home.id AS household_id, CASE
            WHEN said.day <= (h.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
            THEN least(said.day, (SELECT min(lower(r.days)) FROM recognition r WHERE r.household_id = h.id))
            ELSE said.day
        END AS since
        FROM written w
        LEFT JOIN record_version v ON v.record_id = w.record_id AND v.version = w.version
        CROSS JOIN LATERAL (
            SELECT coalesce((v.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, '-infinity') AS day
        ) AS said
        CROSS JOIN LATERAL (
            SELECT w.household_id AS id
            UNION
            SELECT (v.change -> 'household_id' ->> 0)::uuid WHERE v.change ? 'household_id'
        ) AS home
        LEFT JOIN household h ON h.id = home.id
        WHERE w.entity IN ('household', 'member')
    )
    SELECT place.area_id, min(place.since) FROM (
        SELECT area_id, since FROM told
        UNION ALL
        SELECT h.hamlet_id, told.since FROM told JOIN household h ON h.id = told.household_id
        UNION ALL
        SELECT (v.change -> 'hamlet_id' ->> 0)::uuid, told.since
        FROM told JOIN record_version v ON v.record_id = told.household_id AND v.change ? 'hamlet_id'
    ) AS place (area_id, since)
    GROUP BY place.area_id;
    RETURN NULL;
END $$
"""

_MARK_MERGE = """
CREATE FUNCTION mark_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_households(ARRAY[NEW.absorbed_id, NEW.survivor_id], (
        SELECT CASE WHEN said.day > min((h.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN said.day ELSE '-infinity' END
        FROM household h,
            (SELECT (coalesce(NEW.undone_at, NEW.merged_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day) AS said
        WHERE h.id = NEW.absorbed_id GROUP BY said.day
    ));
    RETURN NULL;
END $$
"""

# Also where they lived before they were moved to the household they left.
_MARK_WHO_LEFT = """
CREATE FUNCTION mark_who_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_households(NEW.household_id || ARRAY(
        SELECT (v.change -> 'household_id' ->> 0)::uuid FROM record_version v
        WHERE v.record_id = NEW.id AND v.change ? 'household_id'
    ), least(OLD.left_on, NEW.left_on));
    RETURN NULL;
END $$
"""

_FUNCTIONS = (
    "mark_who_left()", "mark_merge()", "mark_of_changes()", "mark_of_participants()", "mark_of_interventions()",
    "mark_of_areas()", "mark_of_households()", "mark_households(uuid[], date)", "with_survivors(uuid[])",
    "hamlets_ever(uuid[])", "keep_earlier_state()",
    "trainee_facts(uuid[], date, timestamptz)", "intervention_facts(uuid[], date, timestamptz)",
    "took_part(uuid, date, timestamptz)", "owed(uuid, date, timestamptz)",
    "fields_at(uuid, jsonb, timestamptz, timestamptz)", "left_as_known(uuid, date, timestamptz)",
    "read_at(timestamptz, date, timestamptz)", "values_at(uuid, timestamptz)", "day_over(date)",
)  # fmt: skip
# where facts of a person are looked up
_BY_MEMBER = ("support_need", "delivery", "participant")
# table -> (function, column of the household or area, the first day whose counts it can change)
_INSERTS = {
    "change_pending": ("mark_of_changes", "", ""),
    "area_statistic": ("mark_of_areas", "area_id", "w.as_of"),
    "recognition": ("mark_of_households", "household_id", "lower(w.days)"),
    "living_standard_recognition": ("mark_of_households", "household_id", "lower(w.days)"),
    "household_move": ("mark_of_households", "household_id", "w.moved_on"),
    "review": ("mark_of_households", "household_id", "w.surveyed_on"),
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
    "review": ("mark_of_households", "household_id", "w.surveyed_on"),
    "loan": ("mark_of_households", "household_id", "NULL::date"),
    "support_need": ("mark_of_households", "household_id", "NULL::date"),
    "delivery": ("mark_of_households", "household_id", "w.delivered_on"),
    "participant": ("mark_of_households", "household_id", "NULL::date"),
    "intervention_step": ("mark_of_interventions", "", ""),
}
# table -> when its earlier state is kept, and what of it
_EARLIER = {
    "loan": ("NEW.version <> OLD.version", "'state', 'state_since', 'updated_at'"),
    "participant": ("NEW.version <> OLD.version", "'state', 'ended_on', 'fields', 'updated_at'"),
    "intervention": ("NEW.fields <> OLD.fields", "'fields'"),
}
_ROW_TRIGGERS = (
    (
        "CREATE TRIGGER member_who_left_is_marked AFTER UPDATE OF left_on ON member FOR EACH ROW "
        "WHEN (NEW.left_on IS DISTINCT FROM OLD.left_on) EXECUTE FUNCTION mark_who_left()"
    ),
    (
        "CREATE TRIGGER household_merge_is_marked AFTER INSERT OR UPDATE ON household_merge FOR EACH ROW "
        "EXECUTE FUNCTION mark_merge()"
    ),
)
# money is booked on interventions all the time: only what indicators read makes counts stale
_FIELDS_CHANGE = (
    (
        "CREATE FUNCTION mark_of_fields() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO fact_mark (area_id, since) VALUES (NEW.area_id, '-infinity'); RETURN NULL; END $$"
    ),
    (
        "CREATE TRIGGER intervention_fields_are_marked AFTER UPDATE OF fields ON intervention FOR EACH ROW "
        "WHEN (NEW.fields <> OLD.fields) EXECUTE FUNCTION mark_of_fields()"
    ),
)


def upgrade() -> None:
    op.add_column(
        "recognition",
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.execute(
        "UPDATE recognition r SET recorded_at = d.updated_at FROM recognition_decision d WHERE d.id = r.decision_id"
    )
    op.add_column(
        "living_standard_recognition",
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.add_column("living_standard_recognition", sa.Column("began_on", sa.Date(), nullable=True))
    op.add_column(
        "living_standard_recognition", sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.execute(
        "UPDATE living_standard_recognition r SET recorded_at = d.updated_at FROM recognition_decision d WHERE d.id = r.decision_id"
    )
    # A few rows of the history: those by which a household came to lie in another hamlet.
    op.execute(
        "CREATE INDEX ix_record_version_left_hamlet ON record_version ((change -> 'hamlet_id' ->> 0)) "
        "WHERE change ? 'hamlet_id'"
    )
    for table in _BY_MEMBER:
        op.create_index(f"ix_{table}_member", table, ["member_id"], postgresql_where=sa.text("member_id IS NOT NULL"))
    op.create_table(
        "earlier_state",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaced_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("was", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "version", name=op.f("pk_earlier_state")),
    )
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
    views = [_view(f"{name}_facts") for name in ("intervention", "trainee")]
    reading = (_DAY_OVER, _VALUES_AT, _READ_AT, _LEFT_AS_KNOWN, _FIELDS_AT, _OWED, _TOOK_PART, *views)
    marking = (
        _HAMLETS_EVER, _WITH_SURVIVORS, _MARK_HOUSEHOLDS, _MARK_OF_HOUSEHOLDS, _MARK_OF_AREAS, _MARK_OF_INTERVENTIONS,
        _MARK_OF_PARTICIPANTS, _MARK_OF_CHANGES, _MARK_MERGE, _MARK_WHO_LEFT,
    )  # fmt: skip
    for function in (*reading, _KEEP_EARLIER, *marking):
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
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER participant_{event.lower()}_is_marked_there AFTER {event} ON participant "
            "REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_of_participants()"
        )
    for table, (changed, columns) in _EARLIER.items():
        op.execute(
            f"CREATE TRIGGER {table}_earlier_state AFTER UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
            f"EXECUTE FUNCTION keep_earlier_state({columns})"
        )
    for statement in (*_ROW_TRIGGERS, *_FIELDS_CHANGE):
        op.execute(statement)


def downgrade() -> None:
    for trigger in (
        "member_who_left_is_marked ON member", "household_merge_is_marked ON household_merge",
        "intervention_fields_are_marked ON intervention", "participant_insert_is_marked_there ON participant",
        "participant_update_is_marked_there ON participant", *(f"{table}_earlier_state ON {table}" for table in _EARLIER),
    ):  # fmt: skip
        op.execute(f"DROP TRIGGER {trigger}")
    for event, tables in (("insert", _INSERTS), ("update", _UPDATES)):
        for table in tables:
            op.execute(f"DROP TRIGGER {table}_{event}_is_marked ON {table}")
    for function in ("mark_of_fields()", *_FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    for table in ("earlier_state", "indicator_count", "fact_mark"):
        op.drop_table(table)
    for table in _BY_MEMBER:
        op.drop_index(f"ix_{table}_member", table)
    op.drop_index("ix_record_version_left_hamlet", "record_version")
    for column in ("ended_at", "began_on", "recorded_at"):
        op.drop_column("living_standard_recognition", column)
    op.drop_column("recognition", "recorded_at")


def _view(name: str) -> str:
    return (_VIEWS / f"{name}_v01.sql").read_text(encoding="utf-8")
