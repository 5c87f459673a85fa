"""Whom can a newcomer try to be: people of one village, and who looks after it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.people import FormOfAddress, Role
from models.units import Level

CHANNEL: Final = "webchat"


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody one may be; without a role a citizen. `level` is that of the unit the role is held in."""

    key: str
    name: str
    form: FormOfAddress
    role: Role | None = None
    level: Level = Level.VILLAGE

    @property
    def chat(self) -> str:
        """Name the chat that is theirs; a browser's own chats are 40 letters long."""
        return f"sample-{self.key}"


CAST: Final = (
    Figure("citizen", "Võ Thị Sáu", FormOfAddress.NAME),
    Figure("neighbour", "Trần Văn Lợi", FormOfAddress.CHU),
    Figure("member", "Nguyễn Thị Thủy", FormOfAddress.CHI, Role.MEMBER),
    Figure("leader", "Lê Văn Chín", FormOfAddress.BAC, Role.LEADER),
    Figure("commune", "Đặng Thị Hiền", FormOfAddress.CHI, Role.SUPERVISOR, Level.COMMUNE),
    Figure("district", "Huỳnh Quốc Khánh", FormOfAddress.ANH, Role.SUPERVISOR, Level.DISTRICT),
    Figure("province", "Phạm Minh Nguyệt", FormOfAddress.CHI, Role.SUPERVISOR, Level.PROVINCE),
)
