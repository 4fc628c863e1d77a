"""Papers handed in by households (Mẫu 01, Mẫu 04): from tablets and from the web, always in the right hamlet."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.audit import AuditEntry
from api.changes.edits import Edit, Written
from api.changes.tables import ChangePending, Origin, RecordVersion
from api.reviews.commands import write_requests
from api.reviews.queries import load_requests
from api.reviews.tables import Request
from tests.make.reviews import acting, counted, household, households

PAPER: dict[str, Any] = {"kind": "review", "received_on": "2024-03-18", "reason": "Chủ hộ ốm nặng"}


def write(session: Session, who: str, *edits: Edit) -> list[Written]:
    return write_requests(session, acting(who), list(edits), Origin.tablet)


def paper(home: UUID | None, **fields: Any) -> Edit:
    return Edit(uuid4(), None, PAPER | {"household_id": str(home) if home else None} | fields)


def pending(session: Session, request_id: UUID) -> list[tuple[str, UUID, UUID, int, str]]:
    rows = session.execute(
        select(ChangePending).where(ChangePending.record_id == request_id).order_by(ChangePending.id)  # type: ignore[arg-type]
    ).scalars()
    return [(row.entity, row.area_id, row.household_id, row.version, str(row.op)) for row in rows]


def test_a_request_is_stored_with_its_history_the_feed_and_the_log(session: Session) -> None:
    home = household(session)
    edit = paper(home)
    assert write(session, "xom-3", edit) == [Written("applied", 1)]
    stored = session.get(Request, edit.record_id)
    assert stored is not None
    assert (stored.household_id, stored.hamlet_id, stored.kind) == (home, area_id("14080-03"), "review")
    assert pending(session, edit.record_id) == [("request", area_id("14080-03"), home, 1, "put")]
    version = session.get(RecordVersion, (edit.record_id, 1))
    assert version is not None
    assert (version.entity, version.origin, version.change) == ("request", "tablet", None)
    logged = select(AuditEntry).where(AuditEntry.action == "requests.write")  # type: ignore[arg-type]
    assert [entry.subject_ids for entry in session.execute(logged).scalars()] == [[edit.record_id]]


def test_the_same_paper_twice_is_one(session: Session) -> None:
    edit = paper(household(session))
    assert write(session, "xom-3", edit)[0].version == 1
    assert write(session, "xom-3", edit) == [Written("applied", 1)]
    assert len(pending(session, edit.record_id)) == 1
    other = Edit(edit.record_id, None, dict(edit.data) | {"reason": "Lý do khác"})
    refused = write(session, "xom-3", other)[0]
    assert refused.problem is not None
    assert refused.problem.slug == "already-exists"


def test_a_paper_waits_for_its_household(session: Session) -> None:
    coming = uuid4()
    assert write(session, "xom-3", paper(coming)) == [Written("held", waiting_for=coming)]
    assert session.scalar(select(func.count()).select_from(Request)) == 0


def test_what_was_written_after_a_waiting_paper_waits_with_it(session: Session) -> None:
    edit = paper(coming := uuid4())
    outcomes = write(session, "xom-3", edit, Edit(edit.record_id, 1, {"kind": "escape"}))
    assert outcomes == [Written("held", waiting_for=coming), Written("held", waiting_for=edit.record_id)]


def test_another_communes_household_is_not_there(session: Session) -> None:
    foreign = household(session, "14071-01")
    assert write(session, "truc-thai", paper(foreign)) == [Written("held", waiting_for=foreign)]
    beside = household(session, "14080-04")
    assert write(session, "xom-3", paper(beside)) == [Written("held", waiting_for=beside)]


def test_a_household_that_left_keeps_the_paper_for_a_person(session: Session) -> None:
    home = household(session, "14080-04")
    session.execute(
        insert(ChangePending).values(
            entity="household",
            record_id=home,
            area_id=area_id("14080-03"),
            household_id=home,
            version=2,
            op="remove",
            reason="left-area",
        )
    )
    assert write(session, "xom-3", paper(home)) == [Written("held", waiting_for=home)]


def test_a_paper_of_an_absorbed_household_follows_it(session: Session) -> None:
    absorbed, survivor = households(session, 2)
    early, late = paper(absorbed), paper(absorbed)
    assert write(session, "xom-3", early)[0].outcome == "applied"
    session.execute(
        text("UPDATE household SET status = 'merged', merged_into = :into WHERE id = :id"),
        {"id": absorbed, "into": survivor},
    )
    assert write(session, "xom-3", late) == [Written("applied", 1, result={"merged_into": str(survivor)})]
    assert session.get(Request, late.record_id).household_id == survivor  # type: ignore[union-attr]
    # what was written before the merge, and is sent again after it, is the same paper still
    assert write(session, "xom-3", early)[0].outcome == "applied"
    assert session.get(Request, early.record_id).household_id == absorbed  # type: ignore[union-attr]


def test_an_unregistered_households_paper_lies_in_the_surveyors_hamlet(session: Session) -> None:
    edit = paper(None)
    assert write(session, "xom-5", edit) == [Written("applied", 1)]
    assert session.get(Request, edit.record_id).hamlet_id == area_id("14080-05")  # type: ignore[union-attr]
    # without a household the paper is its own group in the feed
    assert pending(session, edit.record_id) == [("request", area_id("14080-05"), edit.record_id, 1, "put")]


def test_an_officer_says_in_which_hamlet(session: Session) -> None:
    silent, named, foreign = (
        paper(None),
        paper(None, hamlet_id=str(area_id("14080-02"))),
        paper(None, hamlet_id=str(area_id("14071-01"))),
    )
    outcomes = write(session, "truc-thai", silent, named, foreign)
    assert outcomes[0].problem is not None
    assert [e.pointer for e in outcomes[0].problem.errors] == ["#/hamlet_id"]
    assert outcomes[1].outcome == "applied"
    assert session.get(Request, named.record_id).hamlet_id == area_id("14080-02")  # type: ignore[union-attr]
    assert outcomes[2].problem is not None
    assert outcomes[2].problem.slug == "not-found"
    assert session.scalar(select(func.count()).select_from(Request)) == 1


def test_changes_to_other_fields_merge_and_to_the_same_field_clash(session: Session) -> None:
    edit = paper(household(session))
    write(session, "xom-3", edit)
    assert write(session, "truc-thai", Edit(edit.record_id, 1, {"reason": "Đã xem giấy ra viện"}))[0].version == 2
    assert write(session, "xom-3", Edit(edit.record_id, 1, {"kind": "escape"})) == [Written("merged", 3)]
    clash = write(session, "xom-3", Edit(edit.record_id, 1, {"reason": "Khác"}))[0]
    assert (clash.outcome, clash.clashes) == (
        "conflict",
        {"reason": {"base": "Chủ hộ ốm nặng", "server": "Đã xem giấy ra viện", "device": "Khác"}},
    )
    stored = session.get(Request, edit.record_id, populate_existing=True)
    assert stored is not None
    assert (stored.version, stored.kind, stored.reason) == (3, "escape", "Đã xem giấy ra viện")
    changes = session.execute(
        select(RecordVersion.change).where(RecordVersion.record_id == edit.record_id).order_by(RecordVersion.version)  # type: ignore[call-overload]
    ).scalars()
    assert list(changes) == [
        None,
        {"reason": ["Chủ hộ ốm nặng", "Đã xem giấy ra viện"]},
        {"kind": ["review", "escape"]},
    ]


def test_edits_of_one_list_see_each_other(session: Session) -> None:
    edit = paper(household(session))
    outcomes = write(session, "xom-3", edit, Edit(edit.record_id, 1, {"kind": "escape"}), edit)
    assert [(w.outcome, w.version) for w in outcomes] == [("applied", 1), ("applied", 2), ("applied", 1)]
    assert session.get(Request, edit.record_id).kind == "escape"  # type: ignore[union-attr]


def test_the_household_registered_later_takes_the_paper_along(session: Session) -> None:
    edit = paper(None)
    write(session, "xom-3", edit)
    home = household(session, "14080-04")
    assert write(session, "truc-thai", Edit(edit.record_id, 1, {"household_id": str(home)}))[0].version == 2
    assert pending(session, edit.record_id)[1:] == [
        ("request", area_id("14080-03"), home, 2, "remove"),
        ("request", area_id("14080-04"), home, 2, "put"),
    ]
    assert load_requests(session, acting("xom-3"), [edit.record_id]) == {}
    version, data = load_requests(session, acting("xom-4"), [edit.record_id])[edit.record_id]
    assert (version, data) == (
        2,
        PAPER | {"household_id": str(home), "hamlet_id": str(area_id("14080-04")), "withheld": []},
    )


def test_a_paper_moves_with_its_household(session: Session) -> None:
    home = household(session)
    edit = paper(home)
    write(session, "xom-3", edit)
    session.execute(
        text("UPDATE household SET hamlet_id = :to WHERE id = :id"), {"id": home, "to": area_id("14080-07")}
    )
    late = write(session, "xom-3", Edit(edit.record_id, 1, {"kind": "escape"}))[0]
    assert late == Written("held", waiting_for=edit.record_id)
    assert write(session, "xom-7", Edit(edit.record_id, 1, {"kind": "escape"}))[0].version == 2


_FUTURE = (clock.today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"kind": "other"}, "#/kind"),
        ({"kind": None}, "#/kind"),
        ({"received_on": _FUTURE}, "#/received_on"),
        ({"received_on": 0}, "#/received_on"),
        ({"received_on": "1066-10-14"}, "#/received_on"),
        ({"reason": "a\x00b"}, "#/reason"),
        ({"reason": "x" * 2001}, "#/reason"),
        ({"reason": 7}, "#/reason"),
        ({"household_id": "not-a-uuid"}, "#/household_id"),
        ({"household_id": ["x"]}, "#/household_id"),
        ({"hamlet_id": "\ud800"}, "#/hamlet_id"),
        ({"colour": "red"}, "#/colour"),
    ],
)
def test_a_wrong_field_is_named_and_harms_no_neighbour(session: Session, fields: dict[str, Any], pointer: str) -> None:
    home = household(session)
    bad, good = Edit(uuid4(), None, PAPER | {"household_id": str(home)} | fields), paper(home)
    refused, applied = write(session, "xom-3", bad, good)
    assert refused.problem is not None
    assert (refused.problem.slug, [e.pointer for e in refused.problem.errors]) == ("invalid", [pointer])
    assert applied.outcome == "applied"


def test_an_update_of_a_request_that_is_not_there(session: Session) -> None:
    edit = Edit(uuid4(), 1, {"kind": "escape"})
    assert write(session, "xom-3", edit) == [Written("held", waiting_for=edit.record_id)]


def test_an_id_taken_elsewhere_is_taken_and_no_more_is_said(session: Session) -> None:
    edit = paper(household(session, "14080-04"))
    write(session, "xom-4", edit)
    home = household(session)
    created = write(session, "xom-3", Edit(edit.record_id, None, PAPER | {"household_id": str(home)}))[0]
    changed = write(session, "xom-3", Edit(edit.record_id, 1, {"kind": "escape"}))[0]
    assert created.problem is not None
    assert created.problem.slug == "already-exists"
    assert changed == Written("held", waiting_for=edit.record_id)  # as for one that is not there


def test_the_id_of_another_record_is_taken(session: Session) -> None:
    home = household(session)
    written = write(session, "xom-3", Edit(home, None, PAPER | {"household_id": str(home)}))[0]
    assert (written.outcome, written.problem and written.problem.slug) == ("rejected", "already-exists")


def test_sixty_papers_cost_as_many_statements_as_five(session: Session, engine: Engine) -> None:
    homes = households(session, 60)
    counts = []
    for some in (homes[:5], homes):
        with counted(engine) as seen:
            assert {w.outcome for w in write(session, "xom-3", *(paper(home) for home in some))} == {"applied"}
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
