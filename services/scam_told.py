"""What is told beside the scam: what was done already, money nobody knows of, a visitor who is doubted?"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from services.scam_rules import any_of

Done: TypeAlias = Literal["money", "otp", "installed"]

DONE: Final[tuple[tuple[Done, re.Pattern[str]], ...]] = (
    (
        "money",
        any_of(
            r"lo (?:chuyen|gui|nop|dong|dat coc|ck)(?: \w+){0,3} (?:tien|khoan|trieu|tr|dong|coc)",
            "lo chuyen",
            "lo ck",
            r"(?:da|moi|vua|lo|bi lua) (?:chuyen|ck|gui|nop|dong|nap)(?: \w+){0,3} (?:khoan|tien|"
            r"\d+ ?(?:k|tr|trieu|cu))",
            "(?:chuyen khoan|ck|chuyen tien) (?:xong|roi)",
            r"(?:chuyen|gui|nop|ck)(?: \w+){0,4} (?:cho|qua) (?:no|ho|tui no|nguoi ta|"
            r"ke gian)(?: \w+){0,2} roi",
            "bi lua (?:mat|het|lay|chuyen)",
            r"lua (?:mat|het|lay) (?:\w+ ){0,3}(?:tien|trieu|tr|cu)",
            r"bi mat (?:het |sach )?(?:tien|\d+ ?(?:trieu|tr|cu))",
            "(?<!khong )(?<!co )(?<!ko )mat (?:het|sach|r|roi)",
            r"lay het (?:\w+ )?tien",
            "bay (?:mau|het) tien",
            r"gat (?:\w+ )?(?:\d+ ?(?:trieu|tr|cu|k)|het|mat)",
        ),
    ),
    (
        "otp",
        any_of(
            r"lo (?:doc|dua|cho|gui|noi|cung cap)(?: \w+){0,2} (?:ma|otp|mat khau|mk)",
            r"(?:da|moi|vua) (?:doc|dua|cho)(?: \w+){0,2} (?:ma|otp)",
            r"doc (?:cho (?:no|ho) )?(?:ma|otp)(?: \w+){0,4} roi",
        ),
    ),
    (
        "installed",
        any_of(
            r"lo (?:cai|tai|bam|an|mo|nhan)(?: \w+){0,4}",
            r"(?:da|moi|vua) (?:cai|tai)(?: \w+){0,3} (?:app|ung dung|apk|file|tep)",
            r"(?:cai|tai) (?:cai )?(?:app|ung dung|apk|file)(?: \w+){0,4} roi",
        ),
    ),
)
UNKNOWN_MONEY: Final = any_of(
    r"(?:tien la|tien khong ro|tien ai do|tien cua ai)(?: \w+){0,4}",
    r"(?:tu nhien|bong dung|tu dung|tu dung)(?: \w+){0,3} (?:tien|trieu|tr)(?: \w+){0,4} (?:vao|vo|toi|den)",
    r"(?:chuyen|gui|ck|ban) (?:nham|lon|nham tien)(?: \w+){0,4} (?:vao|vo|cho|qua|den|toi) (?:tk|"
    r"tai khoan|minh|tui|toi|em|the)",
    r"(?:ai do|nguoi la|so la)(?: \w+){0,3} (?:chuyen|gui|ck) (?:nham )?(?:tien )?(?:vao|vo|cho|"
    r"qua) (?:tk|tai khoan|minh|tui|toi|em)",
)
VISITOR: Final = any_of(
    r"(?:co|may|mot|1|thang|ong|anh|chi|chu|co|nguoi|dua)(?: \w+){0,4} (?:toi|den|vo|vao|ghe|qua|gap|"
    r"o)(?: \w+){0,2} nha",
    r"(?:toi|den|vo|vao|ghe|qua|truoc|ngoai) (?:nha|cua|ngo)",
    "go cua",
    "dang o nha",
    "dung truoc",
)
TEAM: Final = any_of(
    "to cong nghe",
    "to so",
    "cong nghe so",
    "tinh nguyen vien",
    "thanh vien to",
    "nguoi trong to",
    "to cong nghe so",
    "can bo xa",
    "can bo thon",
    "doan thanh nien",
    "nguoi cua to",
)
DOUBT: Final = any_of(
    "that (?:khong|ko|k|hong|hok|hay)",
    "co that",
    "phai (?:khong|ko|k|hong|vay)",
    "dung (?:khong|ko|k|hong|nguoi|la)",
    "tin (?:duoc|dc)",
    "co nen",
    "gia (?:khong|ko|mao)",
    "that gia",
    "kiem tra",
    "xac minh",
    "co dung",
    "co phai",
    "sao biet",
    "lam sao biet",
)
