"""How amounts are written for people."""


def dong(amount: int) -> str:
    """`2000000` -> `2.000.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".")
