"""Phiếu A is a record with versions: it comes from tablets, goes into the feed, and says by which form it was found."""

from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0028_screenings"
down_revision = "0027_figures"
branch_labels = None
depends_on = None

# where their requests stand, as the feed knows it
_TELL = """
INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op)
SELECT 'screening', s.id, k.area_id, k.household_id, s.version, 'put'
FROM screening s
JOIN LATERAL (
    SELECT area_id, household_id, op FROM (
        SELECT area_id, household_id, op, 0 AS late, seq AS place FROM change_feed WHERE record_id = s.request_id
        UNION ALL
        SELECT area_id, household_id, op, 1, id FROM change_pending WHERE record_id = s.request_id
    ) AS told ORDER BY op = 'put' DESC, late DESC, place DESC LIMIT 1
) AS k ON k.op = 'put'
"""
_KEEP = """
INSERT INTO record_version (record_id, version, entity, change, origin, changed_at, changed_by)
SELECT id, version, 'screening', NULL, 'web', recorded_at, screened_by FROM screening
"""


def upgrade() -> None:
    op.add_column("screening", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("screening", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("screening", sa.Column("form_code", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("form_version", sa.Integer(), nullable=True))
    for name in ("by_rule", "differs_from_device"):
        op.add_column("screening", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("screening", "reason", nullable=True)
    for name in ("version", "by_rule", "differs_from_device"):
        op.alter_column("screening", name, server_default=None)
    _name_them()
    op.alter_column("screening", "id", nullable=False)
    op.drop_constraint(op.f("pk_screening"), "screening", type_="primary")
    op.create_primary_key(op.f("pk_screening"), "screening", ["id"])
    op.create_index("uq_screening_request", "screening", ["request_id"], unique=True)
    op.create_check_constraint(
        op.f("ck_screening_form_is_whole"), "screening", "(form_code IS NULL) = (form_version IS NULL)"
    )
    op.create_check_constraint(op.f("ck_screening_decided"), "screening", "by_rule OR reason IS NOT NULL")
    op.execute(_KEEP)
    op.execute(_TELL)


def _name_them() -> None:
    """Its id follows from that of its request (api/reviews/screening_edits.py)."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT request_id FROM screening")).scalars().all()
    if found:
        named = [{"request": one, "id": uuid5(UUID(str(one)), "screening")} for one in found]
        connection.execute(sa.text("UPDATE screening SET id = :id WHERE request_id = :request"), named)


def downgrade() -> None:
    op.execute("DELETE FROM change_pending WHERE entity = 'screening'")
    op.execute("DELETE FROM change_feed WHERE entity = 'screening'")
    op.execute("DELETE FROM record_version WHERE entity = 'screening'")
    op.execute("UPDATE screening SET reason = '' WHERE reason IS NULL")
    op.drop_constraint(op.f("ck_screening_decided"), "screening", type_="check")
    op.drop_constraint(op.f("ck_screening_form_is_whole"), "screening", type_="check")
    op.drop_index("uq_screening_request", "screening")
    op.drop_constraint(op.f("pk_screening"), "screening", type_="primary")
    op.create_primary_key(op.f("pk_screening"), "screening", ["request_id"])
    op.alter_column("screening", "reason", nullable=False)
    for name in ("differs_from_device", "by_rule", "form_version", "form_code", "version", "id"):
        op.drop_column("screening", name)
