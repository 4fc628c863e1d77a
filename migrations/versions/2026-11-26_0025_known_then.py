"""What an item of the plan and a report that was handed in were before each step: for `known_at` of a report."""

import sqlalchemy as sa
from alembic import op

revision = "0025_known_then"
down_revision = "0024_report_editions"
branch_labels = None
depends_on = None

# The columns of a record that are kept, as they stood at a moment; null where nothing has changed since.
_STATE_AT = """
CREATE FUNCTION earlier_state_at(record_id uuid, moment timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT e.was FROM earlier_state e WHERE e.record_id = $1 AND e.replaced_at >= $2 ORDER BY e.version LIMIT 1
$$
"""

# A report that was handed in has the id of its edition.
_KEEP_HAND_IN = """
CREATE FUNCTION keep_earlier_hand_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO earlier_state (record_id, version, replaced_at, was)
    VALUES (OLD.edition_id, OLD.version, NEW.updated_at, jsonb_build_object('state', OLD.state))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    for function in (_STATE_AT, _KEEP_HAND_IN):
        op.execute(sa.text(function.replace(":", r"\:")))
    op.execute(
        "CREATE TRIGGER plan_item_earlier_state AFTER UPDATE ON plan_item FOR EACH ROW "
        "WHEN (NEW.state <> OLD.state) "
        "EXECUTE FUNCTION keep_earlier_state('state', 'approved_on', 'cancelled_on')"
    )
    op.execute(
        "CREATE TRIGGER report_hand_in_earlier_state AFTER UPDATE ON report_hand_in FOR EACH ROW "
        "WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION keep_earlier_hand_in()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER report_hand_in_earlier_state ON report_hand_in")
    op.execute("DROP TRIGGER plan_item_earlier_state ON plan_item")
    op.execute("DROP FUNCTION keep_earlier_hand_in()")
    op.execute("DROP FUNCTION earlier_state_at(uuid, timestamptz)")
