"""A request says by which signed letter it is refused, also on the wire: tablets learn it of those of before, too."""

import sqlalchemy as sa
from alembic import op

revision = "0029_refused_requests"
down_revision = "0028_screenings"
branch_labels = None
depends_on = None

_MARK = """
UPDATE request
SET refused_on = f.signed_on, refusal_number = f.number, version = request.version + 1, updated_at = now()
FROM refusal f WHERE f.request_id = request.id AND f.number IS NOT NULL
"""
_KEEP = """
INSERT INTO record_version (record_id, version, entity, change, origin, changed_at, changed_by)
SELECT r.id, r.version, 'request',
    jsonb_build_object(
        'refused_on', jsonb_build_array(NULL, r.refused_on), 'refusal_number', jsonb_build_array(NULL, r.refusal_number)
    ),
    'web', r.updated_at, f.signed_by
FROM request r JOIN refusal f ON f.request_id = r.id
WHERE r.refused_on IS NOT NULL
"""
# where they stand, as the feed knows it
_TELL = """
INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op)
SELECT 'request', r.id, k.area_id, k.household_id, r.version, 'put'
FROM request r
JOIN LATERAL (
    SELECT area_id, household_id, op FROM (
        SELECT area_id, household_id, op, 0 AS late, seq AS place FROM change_feed WHERE record_id = r.id
        UNION ALL
        SELECT area_id, household_id, op, 1, id FROM change_pending WHERE record_id = r.id
    ) AS told ORDER BY op = 'put' DESC, late DESC, place DESC LIMIT 1
) AS k ON k.op = 'put'
WHERE r.refused_on IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("request", sa.Column("refused_on", sa.Date(), nullable=True))
    op.add_column("request", sa.Column("refusal_number", sa.Text(), nullable=True))
    op.execute(_MARK)
    op.create_check_constraint(
        op.f("ck_request_refusal_is_whole"), "request", "(refused_on IS NULL) = (refusal_number IS NULL)"
    )
    op.execute(_KEEP)
    op.execute(_TELL)


def downgrade() -> None:
    # the versions stay: tablets have them, and what was changed later stands on top of them
    op.drop_constraint(op.f("ck_request_refusal_is_whole"), "request", type_="check")
    op.drop_column("request", "refusal_number")
    op.drop_column("request", "refused_on")
