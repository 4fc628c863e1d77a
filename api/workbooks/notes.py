"""What an import tells an officer about a row: one code for each thing, in Vietnamese and English.

`{…}` are filled from the row. The codes are explained in docs/workbooks.md, and a test compares the two.
"""

from dataclasses import dataclass
from typing import Any

ERRORS: dict[str, tuple[str, str]] = {
    "no_home": (
        "thành viên này không thuộc hộ nào ở phía trên; hãy thêm dòng chủ hộ phía trên hoặc bỏ dòng này",
        "this person belongs to no household above; add the row of a head above it or leave the row out",
    ),
    "no_head": (
        "hộ này không có chủ hộ; hãy ghi «Chủ hộ» ở cột quan hệ của một người",
        "this household has no head; write «Chủ hộ» as the relation of one person",
    ),
    "two_heads": (
        "hộ này đã có chủ hộ ở dòng {other}; hãy sửa quan hệ của một trong hai người",
        "this household has a head in row {other} already; correct the relation of one of the two",
    ),
    "name_missing": ("thiếu họ và tên", "the name is missing"),
    "sex_missing": ("thiếu giới tính (ghi Nam hoặc Nữ)", "the sex is missing (Nam or Nữ)"),
    "sex_unknown": ("giới tính «{value}» không đọc được; ghi Nam hoặc Nữ", "the sex «{value}» is neither Nam nor Nữ"),
    "birth_missing": ("thiếu ngày sinh hoặc năm sinh", "the day or year of birth is missing"),
    "birth_unreadable": (
        "ngày sinh «{value}» không đọc được; sửa thành dd/mm/yyyy hoặc ghi năm sinh",
        "the birth «{value}» cannot be read; write dd/mm/yyyy or the year",
    ),
    "relation_missing": ("thiếu quan hệ với chủ hộ", "the relation to the head is missing"),
    "relation_unknown": (
        "quan hệ «{value}» không có trong danh mục; sửa lại hoặc cho biết từ này nghĩa là gì ở mục «Cách đọc tệp»",
        "the relation «{value}» is not known; correct it, or map the word",
    ),
    "ethnicity_missing": ("thiếu dân tộc", "the ethnic group is missing"),
    "ethnicity_unknown": (
        "dân tộc «{value}» không có trong danh mục 54 dân tộc; sửa lại hoặc chọn dân tộc ở mục «Cách đọc tệp»",
        "the ethnic group «{value}» is not on the national list; correct it, or map the word",
    ),
    "number_unreadable": (
        "số định danh không đọc được; ghi đủ 12 chữ số dạng văn bản (hoặc 9 số CMND cũ)",
        "the citizen number cannot be read; write its 12 digits (or the old 9) as text",
    ),
    "number_length": (
        "số định danh có {value} chữ số, có thể mất số 0 ở đầu; ghi đủ 12 chữ số (hoặc 9 số CMND cũ)",
        "the citizen number has {value} digits, perhaps zeros are lost; write all 12 (or the old 9)",
    ),
    "twice": (
        "người này đã có ở dòng {other} (cùng số định danh hoặc cùng mã); hãy bỏ một dòng",
        "this person stands in row {other} already (same number or code); leave one of the rows out",
    ),
    "household_twice": (
        "hộ này đã có ở dòng {other} (cùng số hộ trong xóm hoặc cùng mã hộ); hãy sửa hoặc bỏ một trong hai",
        "this household stands in row {other} already (same number in the hamlet, or code); correct or leave one out",
    ),
    "commune_differs": (
        "dòng này ghi xã «{value}», không phải xã đang nhập",
        "this row says commune «{value}», which is not the one imported for",
    ),
    "hamlet_missing": ("thiếu tên thôn, xóm", "the hamlet is missing"),
    "hamlet_unknown": (
        "không có thôn, xóm «{value}» trong xã; sửa lại hoặc cho biết đó là xóm nào ở mục «Cách đọc tệp»",
        "there is no hamlet «{value}» in the commune; correct it, or map it to a hamlet",
    ),
    "class_unknown": (
        "phân loại «{value}» không đọc được; ghi Hộ nghèo, Hộ cận nghèo hoặc Hộ không nghèo",
        "the class «{value}» is not known; write Hộ nghèo, Hộ cận nghèo or Hộ không nghèo",
    ),
    "class_without_decision": (
        "phân loại hộ phải có số và ngày quyết định công nhận; ghi ở hai cột đó hoặc khai cho cả trang tính",
        "a class needs the number and day of its decision: in their columns, or given for the whole sheet",
    ),
    "decision_day_unreadable": (
        "ngày quyết định «{value}» không đọc được; sửa thành dd/mm/yyyy",
        "the day of the decision «{value}» cannot be read; write dd/mm/yyyy",
    ),
    "decision_in_future": ("ngày quyết định chưa tới", "the day of the decision has not come"),
    "score_unreadable": (
        "điểm «{value}» không hợp lệ: B1 là số nguyên, B2 là bội của 10 từ 0 đến 120",
        "the points «{value}» are not possible: B1 is whole, B2 a multiple of 10 from 0 to 120",
    ),
    "flag_unknown": ("«{value}» không đọc được; ghi x hoặc để trống", "«{value}» cannot be read; write x or nothing"),
    "code_unknown": (
        "mã trong hệ thống không có trong sổ của xã; xóa ô mã để so khớp theo tên",
        "the code is not in the commune's register; clear that cell to be matched by name",
    ),
    "not_in_register": (
        "không tìm thấy hộ này trong sổ; hộ thoát nghèo phải có trong sổ trước khi ghi thoát nghèo",
        "this household is not in the register; it has to be there before it can leave the list",
    ),
    "never_listed": (
        "sổ không có quyết định nào công nhận hộ này là hộ nghèo, cận nghèo trước đó; hãy nhập quyết định đó trước",
        "no decision in the register ever recognised this household; import that decision first",
    ),
    "field_invalid": ("«{value}»: {why_vi}", "«{value}»: {why_en}"),
    "home_in_error": ("dòng đầu của hộ (dòng {other}) có lỗi", "the first row of the household ({other}) has an error"),
}

QUESTIONS: dict[str, tuple[str, str]] = {
    "maybe_same_household": (
        "trong xóm đã có người cùng tên và cùng ngày sinh; có phải cùng một hộ không?",
        "the hamlet has a person of this name and birth already; is it the same household?",
    ),
    "other_head": (
        "số hộ này trong sổ là của hộ có chủ hộ khác; có phải cùng một hộ không?",
        "this household number belongs to a household with another head; is it the same one?",
    ),
    "maybe_same_person": (
        "trong hộ có người cùng tên nhưng khác ngày sinh; có phải cùng một người không?",
        "the household has a person of this name with another birth; is it the same person?",
    ),
    "person_elsewhere": (
        "người này đang có trong sổ ở hộ khác; chuyển sang hộ này hay bỏ dòng này?",
        "this person stands in another household of the register; move them here, or leave the row out?",
    ),
    "same_in_file": (
        "dòng {other} đã có người cùng tên, cùng ngày sinh, cùng xóm; là người khác hay bỏ dòng này?",
        "row {other} has a person of this name, birth and hamlet already; somebody else, or leave this row out?",
    ),
    "other_hamlet": (
        "sổ ghi hộ này ở xóm khác; tệp không chuyển xóm cho hộ: giữ theo sổ hay bỏ qua hộ này?",
        "the register has this household in another hamlet, and a file moves nobody: keep that, or leave it out?",
    ),
    "class_differs": (
        "sổ ghi «{register}» vào ngày quyết định, tệp ghi «{file}»; giữ theo sổ hay ghi thêm quyết định trong tệp?",
        "the register says «{register}» on that day, the file «{file}»; keep it, or take the decision of the file?",
    ),
    "decision_known": (
        "quyết định {value} đã có trong hệ thống và danh sách của nó không có hộ này; giữ theo sổ?",
        "the decision {value} is in the register and does not name this household; keep what the register says?",
    ),
    "home_waits": (
        "chờ trả lời câu hỏi ở dòng đầu của hộ (dòng {other})",
        "waits for the answer to the first row of the household ({other})",
    ),
}

REMARKS: dict[str, tuple[str, str]] = {
    "number_padded": (
        "ô số định danh là số nên đã thêm số 0 ở đầu: đối chiếu với giấy tờ",
        "the cell held a number, so zeros were put before it: compare with the card",
    ),
    "number_masked": (
        "số định danh bị che nên không được dùng để ghi",
        "the citizen number is masked, so nothing is written of it",
    ),
    "number_old": (
        "số CMND 9 chữ số đã hết giá trị; nên cập nhật số căn cước",
        "an old number of nine digits; the twelve should be asked for",
    ),
    "birth_counted": (
        "ô ngày sinh mất định dạng, đã đọc thành {value}: đối chiếu với giấy tờ",
        "the birth had lost its format and was read as {value}: compare with the papers",
    ),
    "ethnicity_of_first": ("dân tộc để trống, lấy theo dòng đầu của hộ", "no ethnic group: that of the first row"),
    "merit_unknown": (
        "hộ có người có công nhưng không rõ là ai: ghi ở dòng của người đó hoặc ở phiếu thành viên",
        "somebody of merit lives here and the file does not say who: mark that person's row",
    ),
    "persons_differ": (
        "tệp ghi {value} nhân khẩu nhưng có {other} dòng",
        "the file says {value} persons and has {other} rows",
    ),
    "kept_here": (
        "điểm B1, B2 và nguyên nhân nghèo được giữ ở dòng nhập này, không ghi vào phiếu rà soát",
        "points and causes are kept with this row; no review is made of them",
    ),
    "person_left": ("sổ ghi người này đã rời hộ; không ghi lại", "this person left the household; nothing is written"),
    "household_ended": (
        "sổ ghi hộ này không còn ở xã; không ghi gì",
        "this household is no longer here; nothing is written",
    ),
    "class_stands": (
        "sổ đã ghi cùng phân loại vào ngày này theo quyết định khác",
        "the register says the same class on that day, by another decision",
    ),
    "class_kept": ("giữ phân loại theo sổ", "the class of the register stays"),
    "nothing_to_recognise": (
        "hộ không nghèo chưa từng được công nhận: không có gì để ghi",
        "not poor and never recognised: there is nothing to record",
    ),
    "listed_here_too": (
        "hộ này cũng có ở trang danh sách hộ nghèo, cận nghèo: phân loại lấy theo trang đó",
        "this household is on the list of this file too: its class is taken from there",
    ),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something said about a row; `column` is the letter it is about."""

    code: str
    column: str | None
    vi: str
    en: str


def note(code: str, row: int, column: str | None = None, **values: Any) -> Note:
    """The words for a code about a row. Raises KeyError for a code that is not known."""
    vi, en = (ERRORS | QUESTIONS | REMARKS)[code]
    return Note(
        code,
        column,
        f"Dòng {row}: {vi.format(**values)}.".replace("?.", "?"),
        f"Row {row}: {en.format(**values)}.".replace("?.", "?"),
    )
