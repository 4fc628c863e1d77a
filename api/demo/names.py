"""Vietnamese names for made-up people: common surnames, middle names and given names, put together by chance.

None of these is a person: every combination comes from a random generator with a fixed seed.
"""

from random import Random

# Shares as they are felt in the Red River Delta, not measured.
_SURNAMES = {
    "Nguyễn": 30, "Trần": 16, "Phạm": 12, "Vũ": 9, "Lê": 7, "Đỗ": 5, "Hoàng": 5, "Bùi": 4, "Đặng": 3, "Mai": 3,
    "Đinh": 3, "Đoàn": 3, "Ngô": 2, "Lưu": 2, "Trịnh": 2, "Dương": 2, "Cao": 1, "Phan": 1, "Lại": 1, "Tống": 1,
}  # fmt: skip
_MALE_MIDDLE = ("Văn", "Văn", "Văn", "Đức", "Xuân", "Quang", "Minh", "Hữu", "Ngọc", "Thanh", "Đình", "Công")
_FEMALE_MIDDLE = ("Thị", "Thị", "Thị", "Thị", "Thị Thu", "Thị Minh", "Thị Ngọc", "Thị Thanh", "Thị Hồng", "Thị Bích")
_YOUNG_FEMALE_MIDDLE = ("Thị", "Ngọc", "Minh", "Khánh", "Thu", "Phương", "Bảo", "Thùy", "Quỳnh", "Thanh")
_MALE_GIVEN = (
    "An", "Bình", "Chiến", "Chung", "Cường", "Dũng", "Đạt", "Điệp", "Định", "Đông", "Giang", "Hà", "Hải", "Hiếu",
    "Hòa", "Hoàn", "Hùng", "Huy", "Hưng", "Khải", "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Mạnh", "Nam", "Nghĩa",
    "Phong", "Phúc", "Phương", "Quân", "Quyết", "Sơn", "Tân", "Thái", "Thành", "Thắng", "Thịnh", "Thọ", "Toàn",
    "Trung", "Trường", "Tuấn", "Tùng", "Tuyên", "Việt", "Vinh",
)  # fmt: skip
_FEMALE_GIVEN = (
    "Anh", "Bích", "Chi", "Cúc", "Dung", "Duyên", "Đào", "Giang", "Hà", "Hạnh", "Hằng", "Hiền", "Hoa", "Hồng",
    "Huế", "Huệ", "Hương", "Hường", "Khuyên", "Lan", "Liên", "Loan", "Lương", "Lý", "Mai", "Mận", "Mơ", "Nga",
    "Ngân", "Nguyệt", "Nhàn", "Nhung", "Oanh", "Phượng", "Quyên", "Tâm", "Thảo", "Thắm", "Thoa", "Thủy", "Thúy",
    "Trang", "Tuyết", "Vân", "Xuân", "Yến",
)  # fmt: skip
_OLD_MALE_GIVEN = ("Bảo", "Cẩn", "Chất", "Chính", "Cự", "Hợi", "Khang", "Kỷ", "Mão", "Ngọ", "Nhuận", "Sửu", "Tỵ", "Uy")
_OLD_FEMALE_GIVEN = ("Bưởi", "Cam", "Chắt", "Cuối", "Dần", "Gái", "Hợi", "Lụa", "Mùi", "Nhài", "Nụ", "Sen", "Tằm", "Tý")


def surname(rng: Random) -> str:
    return rng.choices(list(_SURNAMES), weights=list(_SURNAMES.values()))[0]


def full_name(rng: Random, surname: str, *, female: bool, birth_year: int) -> str:
    """A whole name as people of that sex and generation bear it: `Trần Thị Nhài` (1946), `Trần Khánh Chi` (2016)."""
    old = birth_year < 1955 and rng.random() < 0.5
    if female:
        middles: tuple[str, ...] = ("Thị",) if old else _YOUNG_FEMALE_MIDDLE if birth_year > 2000 else _FEMALE_MIDDLE
        givens: tuple[str, ...] = _OLD_FEMALE_GIVEN if old else _FEMALE_GIVEN
    else:
        middles = ("Văn",) if old else _MALE_MIDDLE
        givens = _OLD_MALE_GIVEN if old else _MALE_GIVEN
    before = f"{surname} {rng.choice(middles)}"
    given = rng.choice(givens)
    while given in before.split():  # nobody is called Mai Thị Mai
        given = rng.choice(givens)
    return f"{before} {given}"
