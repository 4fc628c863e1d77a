"""One commune, one year, by the API alone: read the names of the steps and know what the service is for.

January: a monthly round makes the first poor and near-poor households. Autumn: the yearly round with everything that
can happen to it. The next January somebody asks to be recognised as escaped; the next September opens with what stood.
Every number is compared with tests/year/truth.py, which knows nothing of the service.
"""

from collections import Counter
from typing import Any

from tests.year.commune import CHAIR, COMMUNE, DISTRICT, OFFICER, Commune, hamlet_id, household_of, on, review_of
from tests.year.truth import (
    ABOVE,
    DISMISSED,
    FAILED_MEETING,
    FAR_ABOVE,
    HAMLETS,
    NEAR,
    NOT_MET,
    SCREENED_OUT,
    UPHELD,
    VOTED_DOWN,
    Finding,
    Home,
    Register,
    found_in_autumn,
    found_in_january,
    persons_of,
)


def test_a_year_of_truc_thai(commune: Commune) -> None:
    truth = Register()
    with on("2024-01-10"):
        commune.enrol_tablets()
        commune.register_everybody()
        papers = requests_come_in(commune, [(h, n) for h in HAMLETS for n in (1, 2, 3, 4)], "2024-01-10")
    january = the_first_monthly_round(commune, truth, papers)
    autumn = the_list_of_the_year(commune, truth)
    surveyed_offline(commune, autumn)
    the_meetings(commune, autumn)
    the_lists_hang_and_two_complain(commune, autumn)
    one_complaint_is_dismissed(commune, autumn)
    the_district_agrees(commune, autumn)
    posted_again = the_other_complaint_is_upheld(commune, autumn)
    main = the_chair_decides(commune, truth, autumn)
    certificates_are_issued(commune, main)
    a_supplementary_decision_follows(commune, truth, autumn, posted_again)
    the_year_closes(commune, truth, autumn, january)
    somebody_escapes_in_the_next_january(commune, truth, autumn)
    the_next_year_opens_with_what_stood(commune, truth)


def requests_come_in(commune: Commune, homes: list[Home], day: str, kind: str = "review") -> dict[Home, str]:
    """Mẫu 01 or 04, on paper, registered by the officer."""
    body = {"kind": kind, "received_on": day, "reason": "Hoàn cảnh khó khăn"}
    return {
        home: commune.post(OFFICER, "/requests", body | {"household_id": household_of(home)})["id"] for home in homes
    }


def screened(commune: Commune, papers: dict[Home, str], day: str, failing: tuple[Home, ...] = ()) -> None:
    for home, paper in papers.items():
        body = {"passed": home not in failing, "reason": "Theo Phiếu A", "answers": {}, "screened_on": day}
        commune.post(OFFICER, f"/requests/{paper}/screening", body, expect=200)


def approved(commune: Commune, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A round prepared by the officer with its list, and approved by the chair."""
    round_id = commune.post(OFFICER, "/rounds", {"area_id": COMMUNE, **body})["id"]
    listed = commune.post(OFFICER, f"/rounds/{round_id}/list", expect=200)
    commune.post(CHAIR, f"/rounds/{round_id}/approval", expect=200)
    return str(round_id), listed


def the_first_monthly_round(commune: Commune, truth: Register, papers: dict[Home, str]) -> str:
    found = found_in_january()
    with on("2024-01-15"):
        screened(commune, papers, "2024-01-12", SCREENED_OUT)
        round_id, listed = approved(commune, {"kind": "regular", "year": 2024, "opens_on": "2024-01-15"})
        assert listed["total"] == len(found) == 30
        assert {left["request_id"] for left in listed["left_out"]} == {papers[home] for home in SCREENED_OUT}
    with on("2024-01-17"):
        check_results(commune.survey(round_id, found, "2024-01-16"), found)
    with on("2024-01-18"):
        for hamlet in HAMLETS:
            assert commune.hold_meeting(round_id, hamlet, "2024-01-18")["result"] == "agreed"
        postings = [commune.put_up(round_id, hamlet, "2024-01-18") for hamlet in HAMLETS]
        assert {posting["last_day"] for posting in postings} == {"2024-01-23"}  # three working days from a Thursday
    with on("2024-01-24"):
        commune.take_down(postings)
        commune.post(OFFICER, f"/rounds/{round_id}/consolidation", expect=200)
    with on("2024-01-26"):
        decided(commune, truth, commune.decide(round_id, "12/QĐ-UBND", "2024-01-26"), found)
        refused_in_writing(commune, papers)
        commune.post(OFFICER, f"/rounds/{round_id}/closing", expect=200)
    return round_id


def check_results(results: dict[Home, dict[str, Any]], found: dict[Home, Finding]) -> None:
    """The server scores as the hand does: in the receipt, with nothing that differs from the tablet."""
    for home, finding in found.items():
        told = results[home]
        seen = (told["b1"], told["b2"], told["proposed_class"], len(told["deprivations"]), told["differs_from_device"])
        assert seen == (finding.b1, 10 * finding.lacking, finding.poverty_class, finding.lacking, False), (home, told)


def decided(commune: Commune, truth: Register, decision: dict[str, Any], found: dict[Home, Finding]) -> None:
    """Every line of the decision is the one counted by hand; classes hold from the day of the decision."""
    movements = {home: truth.decide(home, finding.poverty_class) for home, finding in found.items()}
    lines = {line["household_id"]: line for line in decision["lines"]}
    assert set(lines) == {household_of(home) for home in found}
    for home, finding in found.items():
        line = lines[household_of(home)]
        seen = (line["poverty_class"], line["movement"], line["persons"], line["hamlet_id"])
        assert seen == (finding.poverty_class, movements[home], persons_of(home), hamlet_id(home[0])), (home, line)
    counted = Counter(movements.values())
    assert decision["totals"]["movements"] == counted
    day = decision["decided_on"]
    for poverty_class in ("poor", "near_poor"):
        status = f"current_{poverty_class}"
        told = commune.everything(OFFICER, "/recognitions", as_of=day, status=status)
        assert {one["household_id"] for one in told} == {household_of(h) for h in truth.standing(poverty_class)}


def refused_in_writing(commune: Commune, papers: dict[Home, str]) -> None:
    for number, home in enumerate(SCREENED_OUT, start=1):
        body = {"request_id": papers[home], "reasons": "Không đạt Phiếu A"}
        refusal = commune.post(OFFICER, "/refusals", body)
        signature = {"number": f"{number}/TB-UBND", "signed_on": "2024-01-26", "signatory": "Trần Văn Kiên"}
        path = f"/refusals/{papers[home]}/signature"
        signed = commune.post(CHAIR, path, signature, expect=200, version=refusal["version"])
        assert signed["number"] == f"{number}/TB-UBND"


def the_list_of_the_year(commune: Commune, truth: Register) -> str:
    with on("2024-08-28"):
        papers = requests_come_in(commune, [(hamlet, 5) for hamlet in HAMLETS], "2024-08-28")
        screened(commune, papers, "2024-08-28")
    with on("2024-09-01"):
        round_id, listed = approved(commune, {"kind": "periodic", "year": 2024})
        grounds = {ground: count for ground, count in listed["by_ground"].items() if count}
        poor, near = len(truth.standing("poor")), len(truth.standing("near_poor"))
        assert grounds == {"poor": poor, "near_poor": near, "request": 8} == {"poor": 8, "near_poor": 16, "request": 8}
        items = [{"hamlet_id": hamlet_id(hamlet), "username": f"xom-{hamlet}"} for hamlet in HAMLETS]
        commune.call(OFFICER, "PUT", f"/api/v1/rounds/{round_id}/assignments", json={"items": items})
    return round_id


def surveyed_offline(commune: Commune, round_id: str) -> None:
    found = found_in_autumn()
    with on("2024-09-25"):
        check_results(commune.survey(round_id, found, "2024-09-20"), found)
        path = f"/rounds/{round_id}/households/{household_of(NOT_MET)}/absence"
        commune.post("xom-4", path, {"reason": "Cả nhà đi làm ăn xa"}, expect=200)
        progress = commune.get(OFFICER, f"/rounds/{round_id}/progress")
        stages = {stage: count for stage, count in progress["by_stage"].items() if count}
        assert stages == {"surveyed": 31, "not_reached": 1}


def the_meetings(commune: Commune, round_id: str) -> None:
    """Hamlet 2 votes its list down, hamlet 3 one household; both are surveyed again and voted on again."""
    found = found_in_autumn()
    with on("2024-10-10"):
        for hamlet in HAMLETS:
            agreed = 19 if hamlet == FAILED_MEETING else 20  # of 40: half is enough, one less is not
            own = {VOTED_DOWN: 19} if hamlet == VOTED_DOWN[0] else {}
            meeting = commune.hold_meeting(round_id, hamlet, "2024-10-09", agreed, own=own)
            assert meeting["result"] == ("resurvey" if hamlet == FAILED_MEETING else "agreed")
    with on("2024-10-14"):
        again = {home: one for home, one in found.items() if home[0] == FAILED_MEETING or home == VOTED_DOWN}
        check_results(commune.survey(round_id, again, "2024-10-12"), again)
        for hamlet in (FAILED_MEETING, VOTED_DOWN[0]):
            assert commune.hold_meeting(round_id, hamlet, "2024-10-14")["result"] == "agreed"
        progress = commune.get(OFFICER, f"/rounds/{round_id}/progress")
        stages = {stage: count for stage, count in progress["by_stage"].items() if count}
        assert stages == {"agreed": 31, "not_reached": 1}


def the_lists_hang_and_two_complain(commune: Commune, round_id: str) -> None:
    with on("2024-10-16"):
        postings = {hamlet: commune.put_up(round_id, hamlet, "2024-10-16") for hamlet in HAMLETS}
        hung = commune.get(OFFICER, f"/postings/{postings[1]['id']}/list")["items"]
        assert {(line["poverty_class"], line["b1"]) for line in hung} == {("poor", None), ("near_poor", None)}
    with on("2024-10-18"):
        for home in (DISMISSED, UPHELD):
            complain(commune, postings[home[0]], home)
    with on("2024-10-22"):
        refused = commune.post(OFFICER, "/rounds/" + round_id + "/consolidation", expect=409)
        assert refused["type"] == "/problems/illegal-stage"
        assert refused["missing"] == ["all_cases_settled"]
        commune.take_down(postings.values())
        stages = commune.get(OFFICER, f"/rounds/{round_id}/progress")["by_stage"]
        assert (stages["cleared"], stages["complained"]) == (29, 2)


def complain(commune: Commune, posting: dict[str, Any], home: Home) -> None:
    body = {
        "posting_id": posting["id"],
        "household_id": household_of(home),
        "complainant": "Lê Văn Bình",
        "received_on": "2024-10-18",
        "content": "Đề nghị xem lại hộ này",
    }
    assert commune.post("mat-tran", "/complaints", body)["holds"] is True


def concluded(commune: Commune, round_id: str, home: Home, finding: Finding, outcome: str, day: str) -> dict[str, Any]:
    """Re-verified by the officer, concluded by the chair, posted again; the posting."""
    listed = commune.everything(OFFICER, "/complaints", round_id=round_id, household_id=household_of(home))
    path = f"/complaints/{listed[0]['id']}"
    review = review_of(home, round_id, finding, day)
    content = {name: value for name, value in review.items() if name not in ("household_id", "round_id")}
    body = {"re_verified_on": day, "finding": "Đã đến hộ", "review": content}
    own = commune.post(f"xom-{home[0]}", f"{path}/re-verification", body, expect=409)
    assert own["type"] == "/problems/separation-of-duties"  # who surveyed it does not check it
    commune.post(OFFICER, f"{path}/re-verification", body, expect=200)
    verdict = {"outcome": outcome, "reason": "Theo kết quả phúc tra", "decided_on": day}
    assert commune.post(CHAIR, f"{path}/decision", verdict, expect=200)["outcome"] == outcome
    return commune.put_up(round_id, home[0], day, "re_verification")


def one_complaint_is_dismissed(commune: Commune, round_id: str) -> None:
    """The check found the household above the line; the chair does not follow it, and the first result counts."""
    with on("2024-10-28"):
        posting = concluded(commune, round_id, DISMISSED, FAR_ABOVE, "dismissed", "2024-10-28")
    with on("2024-11-04"):
        commune.take_down([posting])


def the_district_agrees(commune: Commune, round_id: str) -> None:
    found = found_in_autumn()
    with on("2024-11-18"):
        commune.post(OFFICER, f"/rounds/{round_id}/consolidation", expect=200)
        early = commune.post(OFFICER, "/recognition-decisions", {"round_id": round_id})
        body = {"number": "150/QĐ-UBND", "decided_on": "2024-11-18", "signatory": "Trần Văn Kiên"}
        path = f"/recognition-decisions/{early['id']}"
        refused = commune.post(CHAIR, f"{path}/signature", body, expect=409, version=early["version"])
        assert refused["type"] == "/problems/illegal-stage"
        commune.call(OFFICER, "DELETE", f"/api/v1{path}", 204)
        asked = {"round_id": round_id, "report_number": "45/BC-UBND", "asked_on": "2024-11-18"}
        opinion = commune.post(CHAIR, "/opinions", asked)
        proposed = Counter(one.poverty_class for home, one in found.items() if home != UPHELD)
        told = opinion["totals"]["total"]
        assert {name: told[name] for name in proposed} == proposed
        assert (told["held_back"], told["not_reached"]) == (1, 1)
    with on("2024-11-22"):
        answer = {"verdict": "agree", "letter_number": "210/UBND-LĐTBXH", "answered_on": "2024-11-22"}
        commune.post(DISTRICT, f"/opinions/{opinion['id']}/answer", answer, expect=200)


def the_chair_decides(commune: Commune, truth: Register, round_id: str) -> dict[str, Any]:
    found = {home: one for home, one in found_in_autumn().items() if home != UPHELD}
    with on("2024-12-10"):
        decision = commune.decide(round_id, "156/QĐ-UBND", "2024-12-10")
        left_out = {one["household_id"] for one in decision["left_out"]}
        assert left_out == {household_of(UPHELD), household_of(NOT_MET)}
        decided(commune, truth, decision, found)
    return decision


def certificates_are_issued(commune: Commune, decision: dict[str, Any]) -> None:
    with on("2024-12-11"):
        commune.post(CHAIR, "/certificates", {"decision_id": decision["id"]}, expect=200)
        papers = commune.everything(OFFICER, "/certificates")
        named = {line["household_id"] for line in decision["lines"] if line["poverty_class"] != "not_poor"}
        assert {paper["household_id"] for paper in papers} == named
        assert sorted(paper["book_no"] for paper in papers) == list(range(1, len(named) + 1))


def the_other_complaint_is_upheld(commune: Commune, round_id: str) -> dict[str, Any]:
    """The check finds it near-poor and not poor; while that hangs, the others are decided."""
    with on("2024-12-09"):
        return concluded(commune, round_id, UPHELD, NEAR, "upheld", "2024-12-09")


def a_supplementary_decision_follows(
    commune: Commune, truth: Register, round_id: str, posted_again: dict[str, Any]
) -> None:
    with on("2024-12-13"):
        commune.take_down([posted_again])
        decision = commune.decide(round_id, "159/QĐ-UBND", "2024-12-13")
        assert decision["kind"] == "supplementary"
        decided(commune, truth, decision, {UPHELD: NEAR})


def the_year_closes(commune: Commune, truth: Register, round_id: str, january: str) -> None:
    with on("2024-12-14"):
        commune.post(OFFICER, f"/rounds/{round_id}/closing", expect=200)
        before, after = found_in_january(), truth
        told = commune.get(OFFICER, "/movements", round_id=round_id)
        assert told["opening_round_id"] == january
        for row in told["rows"]:
            hamlet = next(h for h in HAMLETS if hamlet_id(h) == row["area_id"])
            counted = ledger_by_hand(hamlet, row["poverty_class"], before, after)
            homes = {name: number for name, number in row["households"].items() if number}
            assert homes == {name: len(found) for name, found in counted.items() if found}, row
            people = {name: number for name, number in row["persons"].items() if number}
            assert people == {n: sum(map(persons_of, f)) for n, f in counted.items() if f}, row
        assert len(told["rows"]) == 16


def ledger_by_hand(
    hamlet: int, poverty_class: str, before: dict[Home, Finding], after: Register
) -> dict[str, set[Home]]:
    """The columns of report forms 2 and 3 for a hamlet, each household put where it belongs."""
    other = "near_poor" if poverty_class == "poor" else "poor"
    opening = {h for h, one in before.items() if h[0] == hamlet and one.poverty_class == poverty_class}
    closing = {h for h in after.standing(poverty_class) if h[0] == hamlet}
    was_other = {h for h, one in before.items() if one.poverty_class == other}
    return {
        "opening": opening,
        "to_other_class": {h for h in opening if after.classes[h] == other},
        "above_line": {h for h in opening if after.classes[h] == "not_poor"},
        "from_other_class": closing & was_other,
        "new": {h for h in closing if h not in before},
        "closing": closing,
    }


def somebody_escapes_in_the_next_january(commune: Commune, truth: Register, autumn: str) -> None:
    home = (3, 2)
    with on("2025-01-13"):
        requests_come_in(commune, [home], "2025-01-13", "escape")
    with on("2025-01-15"):
        round_id, listed = approved(commune, {"kind": "regular", "year": 2025, "opens_on": "2025-01-15"})
        assert listed["total"] == 1
        commune.survey(round_id, {home: FAR_ABOVE}, "2025-01-15")
        commune.hold_meeting(round_id, 3, "2025-01-15")
        posting = commune.put_up(round_id, 3, "2025-01-15")
    with on("2025-01-21"):
        commune.take_down([posting])
        commune.post(OFFICER, f"/rounds/{round_id}/consolidation", expect=200)
        decided(commune, truth, commune.decide(round_id, "8/QĐ-UBND", "2025-01-21"), {home: FAR_ABOVE})
        commune.post(OFFICER, f"/rounds/{round_id}/closing", expect=200)
        told = commune.get(OFFICER, "/movements", round_id=round_id, level="commune")
        closed = commune.get(OFFICER, "/movements", round_id=autumn, level="commune")
        for now, then in zip(told["totals"], closed["totals"], strict=True):
            assert now["households"]["opening"] == then["households"]["closing"]
            assert now["persons"]["opening"] == then["persons"]["closing"]


def the_next_year_opens_with_what_stood(commune: Commune, truth: Register) -> None:
    with on("2025-09-01"):
        round_id = commune.post(OFFICER, "/rounds", {"area_id": COMMUNE, "kind": "periodic", "year": 2025})["id"]
        listed = commune.post(OFFICER, f"/rounds/{round_id}/list", expect=200)
        counted = Counter(found for found in truth.classes.values() if found != "not_poor")
        assert {g: n for g, n in listed["by_ground"].items() if n} == counted
        escaped = commune.everything(OFFICER, "/recognitions", as_of="2025-09-01", status="newly_escaped")
        left_poverty = {household_of(h) for h in truth.ever_poor if truth.classes[h] != "poor"}
        assert {one["household_id"] for one in escaped} == left_poverty
        assert ABOVE.poverty_class == "not_poor"
