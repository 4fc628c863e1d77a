"""Amounts as people write them: in digits, and in words (số tiền bằng chữ). Whole VND."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 10**9


def in_digits(amount: int) -> str:
    """`1.250.000`."""
    return f"{amount:,}".replace(",", ".")


def dong(amount: int) -> str:
    """`2000000` -> `2.000.000 đồng`."""
    return f"{in_digits(amount)} đồng"


def in_words(amount: int) -> str:
    """`Một triệu hai trăm năm mươi nghìn đồng`. Raises ValueError for a negative amount."""
    if amount < 0:
        raise ValueError("an amount in words is never negative")
    said = _number(amount) if amount else _DIGITS[0]
    return f"{said[0].upper()}{said[1:]} đồng"


def _number(value: int, leading: bool = True) -> str:
    """`leading`: nothing stands before it. Otherwise what is missing of its hundreds is said: không trăm linh năm."""
    if value >= _BILLION:
        billions, rest = divmod(value, _BILLION)
        return " ".join(filter(None, (_number(billions, leading), "tỷ", _number(rest, False) if rest else "")))
    said: list[str] = []
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, value = divmod(value, size)
        if group:
            said += [_group(group, leading), name]
            leading = False
    return " ".join(filter(None, said))


def _group(value: int, leading: bool) -> str:
    """A number below a thousand."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    said = [] if leading and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens == 1:
        said.append("mười")
    elif tens:
        said += [_DIGITS[tens], "mươi"]
    elif ones and said:
        said.append("linh")
    if ones:
        said.append("mốt" if ones == 1 and tens > 1 else "lăm" if ones == 5 and tens else _DIGITS[ones])
    return " ".join(said)
