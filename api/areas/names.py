"""What a unit is called in Vietnamese: `xã Trực Thái`, `Xóm 3`."""

from api.areas.tables import LocalKind

WORDS: dict[LocalKind, str] = {
    LocalKind.tinh: "tỉnh",
    LocalKind.thanh_pho: "thành phố",
    LocalKind.huyen: "huyện",
    LocalKind.quan: "quận",
    LocalKind.thi_xa: "thị xã",
    LocalKind.xa: "xã",
    LocalKind.phuong: "phường",
    LocalKind.thi_tran: "thị trấn",
    LocalKind.xom: "xóm",
    LocalKind.thon: "thôn",
    LocalKind.to_dan_pho: "tổ dân phố",
}


def full_name(local_kind: LocalKind, name: str) -> str:
    """The name with its kind before it, once: a hamlet's name often holds it already (`Xóm 3`)."""
    word = WORDS[local_kind]
    return name if name.casefold().startswith(word + " ") else f"{word} {name}"


def numbered(local_kind: LocalKind, number: int) -> str:
    """`Xóm 3`: a hamlet that is known by its number."""
    word = WORDS[local_kind]
    return f"{word[0].upper()}{word[1:]} {number}"
