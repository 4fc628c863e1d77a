"""What the demo's commune says and hears in 2024: communication, a dialogue, an inspection, the Fund, an order."""

from uuid import UUID

from sqlmodel import Session

from api.accounts.permissions import Permission
from api.demo import cases, money
from api.demo.year import COMMUNE, content, demo_id, hamlet, person
from api.eligibility.priority_orders import set_order
from api.eligibility.schemas import PriorityOrderIn
from api.fund.commands import book
from api.fund.schemas import EntryIn


def load_communication(session: Session) -> None:
    """A broadcast, and a dialogue with a question that was answered and one that was not."""
    item, who = money.item("communication"), "van-hoa"
    broadcast = cases.opened(
        session, who, "broadcast", kind="communication_item", area_id=COMMUNE, plan_item_id=item,
        title="Phát thanh về chính sách tín dụng", starts_on="2024-04-15",
        fields={"channel": "loudspeaker", "topic": "Vay vốn ưu đãi cho hộ nghèo, hộ cận nghèo"},
    )  # fmt: skip
    cases.step(session, who, broadcast, "publish", "2024-04-16", reach=1500)
    talk = cases.opened(
        session, who, "dialogue", kind="dialogue", area_id=COMMUNE, plan_item_id=item,
        title="Đối thoại chính sách giảm nghèo", starts_on="2024-05-24", fields={"place": "Nhà văn hoá xã"},
    )  # fmt: skip
    cases.step(session, who, talk, "hold", "2024-05-24", present=86)
    asked = (
        ("loan", "Bao giờ có đợt vay vốn tiếp theo?", "Phòng giao dịch NHCSXH"),
        ("card", "Thẻ bảo hiểm y tế sai ngày sinh thì sửa ở đâu?", "Cán bộ LĐTBXH xã"),
    )
    for name, question, owner in asked:
        one = cases.opened(
            session, who, f"question:{name}", kind="dialogue_question", area_id=COMMUNE, parent_id=talk, title=question,
            fields={"question": question, "owner": owner, "due_on": "2024-06-14"},
        )  # fmt: skip
        if name == "card":
            cases.step(session, who, one, "answer", "2024-06-10", answer="Mang căn cước đến bộ phận một cửa của xã.")


def load_inspection(session: Session) -> None:
    """An inspection with a finding that is still open."""
    who, item = "truc-thai", money.item("monitoring_evaluation")
    visit = cases.opened(
        session, who, "inspection", kind="inspection", area_id=COMMUNE, plan_item_id=item,
        title="Kiểm tra chi trả tiền điện quý I", starts_on="2024-06-04",
        fields={"kind": "periodic", "content": "Danh sách ký nhận, tiền đã chi của các xóm"},
    )  # fmt: skip
    cases.papers(session, who, visit, "2024-06-04", "decision", "minutes")
    cases.step(session, who, visit, "visit", "2024-06-04")
    cases.opened(
        session, who, "finding", kind="finding", area_id=COMMUNE, parent_id=visit, title="Còn hộ chưa ký nhận",
        fields={
            "finding": "Năm xóm còn một hộ chưa nhận tiền điện", "owner": "Trưởng các xóm", "due_on": "2024-07-05",
            "remedy": "Mời hộ đến nhận, hoặc lập biên bản hoàn trả",
        },
    )  # fmt: skip


def load_fund(session: Session, household_id: UUID) -> None:
    """Gifts to the Fund for the poor, and what it gives for a house."""
    for number, gift in enumerate(content()["gift"]):
        where = COMMUNE if gift["who"] == "mat-tran" else hamlet(int(gift["who"].removeprefix("xom-")))
        said = {name: value for name, value in gift.items() if name != "who"}
        entry = {"id": demo_id("fund_entry", f"gift:{number}"), "direction": "income", "area_id": where, **said}
        book(session, person(gift["who"], Permission.fund_write), EntryIn.model_validate(entry), None)
    outlay = {
        "id": demo_id("fund_entry", "house"), "direction": "outlay", "area_id": COMMUNE, "amount_vnd": 20_000_000,
        "booked_on": "2024-05-08", "household_id": household_id,
        "purpose": "Hỗ trợ xây nhà cho hộ nghèo", "document_no": "PC 04",
    }  # fmt: skip
    book(session, person("mat-tran", Permission.fund_write), EntryIn.model_validate(outlay), None)


def load_order(session: Session) -> None:
    """Whom the commune helps first."""
    order = {
        "id": demo_id("priority_order", "2024"), "area_id": COMMUNE, "valid_from": "2024-04-02",
        "codes": ["children", "disabled", "women", "merit_member"], "decided_by": "16/KH-UBND",
    }  # fmt: skip
    set_order(session, person("truc-thai", Permission.plans_write), PriorityOrderIn.model_validate(order), None)
