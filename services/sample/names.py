"""What are the invented people and villages called?

Names are put together from parts that are common along the coast and in the hills of Bình Định; whoever bears
one of them by chance is not meant.
"""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Final

from models.people import FormOfAddress

FAMILY: Final = (
    *("Nguyễn",) * 15,
    *("Trần",) * 6,
    *("Lê",) * 5,
    *("Võ", "Phạm", "Huỳnh") * 3,
    *("Phan", "Đặng", "Bùi", "Hồ", "Trương") * 2,
    *("Đỗ", "Ngô", "Mai", "Đào", "Lâm", "Cao", "Tô", "Thái", "Châu", "Dương", "Hà", "Lương"),
)
HILL_FAMILY: Final = ("Đinh", "Đinh", "Đinh", "Đinh", "Đoàn", "Đoàn", "Nguyễn", "Lê", "Trần")
MEN: Final = tuple(
    """
    Bình Nam Hùng Dũng Sơn Tuấn Thành Phong Quang Hải Long Tài Lợi Phước Vinh Hậu Đức Trung Khánh Thắng Tín
    Nhân Hòa Tâm Cường Danh Hưng Lộc Phúc Minh Toàn Trọng Việt Vũ Bảy Năm Sáu Tư Mười Thịnh Khoa Duy Kiên
    """.split()
)
WOMEN: Final = tuple(
    """
    Lan Hoa Thảo Hạnh Hương Thu Thủy Hằng Nga Nhung Loan Yến Mai Cúc Liên Phượng Trang Ngân Vy Trinh Diễm
    Kiều Nguyệt Sương Hiền Dung Phương Oanh Xuân Tuyết Bích Thúy Thơm Tám Chín Ba Hai Lý Thắm Quyên Hà
    """.split()
)
MIDDLE_OF_MEN: Final = (*("Văn",) * 4, "Hữu", "Quốc", "Minh", "Thanh", "Ngọc", "Đình", "Công", "Xuân")
MIDDLE_OF_WOMEN: Final = (*("Thị",) * 5, "Thị Kim", "Thị Thanh", "Thị Ngọc", "Thị Mỹ", "Ngọc", "Thanh")

FIRST: Final = tuple(
    """
    An Bình Chánh Đại Định Giao Hòa Hội Hưng Khánh Kim Lạc Lộc Long Lương Mỹ Nghĩa Nhơn Phú Phước Quảng Tân
    Thanh Thạnh Thái Thiện Thuận Trung Trường Tường Vạn Vĩnh Xuân Châu Cảnh Hữu
    """.split()
)
SECOND: Final = tuple(
    """
    An Bình Chánh Giang Hậu Hòa Hội Hưng Khê Lâm Lạc Lộc Long Lương Lý Mỹ Nghĩa Phú Phước Quang Sơn Tân Thành
    Thạnh Thiện Thọ Thuận Trung Trường Xuân Đông Tây Nam Bắc Thượng Hạ
    """.split()
)
HILL_VILLAGES: Final = tuple(
    name.strip()
    for name in """
    Kon Rơ, Kon Lia, Kon Trú, Kon Ri, Kon Mun, Suối Cát, Suối Đá, Suối Mây, Suối Xoài, Hòn Mẻ, Hòn Đót,
    Hòn Trăng, Hòn Giếng, Đá Bàn, Đá Chồng, Đá Trải, Nước Lăng, Nước Tía, Nước Vòng, Nước Nhút, Cây Sim,
    Cây Xoài, Cây Mít, Cây Da, Gò Dài, Gò Nổi, Gò Chè, Đồng Lớn, Đồng Sim, Đồng Nà,
    Sông Cạn, Sông Trong, Hà Rơ, Hà Mun, Hà Lũy
    """.split(",")
)
# At which chance a leader, and anybody else, wishes to be called what: the village head is an elder.
_CALLED: Final = {
    (True, False): ("bác", "bác", "chú", "chú", "anh"),
    (True, True): ("bác", "cô", "cô", "chị"),
    (False, False): ("anh", "anh", "anh", "anh", "chú", "name"),
    (False, True): ("chị", "chị", "chị", "chị", "cô", "name"),
}


def person(rng: Random, *, is_hill: bool = False, is_leader: bool = False) -> tuple[str, FormOfAddress]:
    """Invent somebody's full name and how they wish to be called."""
    is_woman = rng.random() < (0.25 if is_leader else 0.5)
    family = rng.choice(HILL_FAMILY if is_hill else FAMILY)
    middle = rng.choice(MIDDLE_OF_WOMEN if is_woman else MIDDLE_OF_MEN)
    given = rng.choice(WOMEN if is_woman else MEN)
    called = FormOfAddress(rng.choice(_CALLED[is_leader, is_woman]))
    return f"{family} {middle} {given}", called


def village(rng: Random, taken: Collection[str], *, is_hill: bool) -> str:
    """Invent the name of a village that its commune does not have yet."""
    while True:
        name = rng.choice(HILL_VILLAGES) if is_hill else f"{rng.choice(FIRST)} {rng.choice(SECOND)}"
        if name not in taken and len(set(name.split())) == 2:
            return name
