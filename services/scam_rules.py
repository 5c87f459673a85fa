"""Which words give a scam away: alone, a stranger's with a demand, or those of every such story?"""

from __future__ import annotations

import re
from typing import Final


def any_of(*signs: str) -> re.Pattern[str]:
    """Find any of the signs as whole words, in a text without marks."""
    return re.compile(r"\b(?:" + "|".join(signs) + r")\b")


# The work of the teams against scams, which their members write down every day.
PREVENTION: Final = re.compile(r"\b(?:phong(?: chong| tranh| ngua)?|tuyen truyen|canh bao|nhan ra) lua dao\b")
# What offices ask for, and what costs nothing: words of every day that sound like more.
INNOCENT: Final = re.compile(
    r"\b(?:(?:doi|bat|keu|bao) (?:nop |co |nhap |xem )?(?:giay|xac nhan|so ho khau|nhap|passcode|ly lich)"
    r"|(?:khong|ko|co) mat tien|tien an|tien su|tien mat)\b"
)
SIGN: Final = any_of(
    "lua dao",
    "scam",
    "dia chi gia",
    "tin nhan gia",
    "trang gia",
    "web gia",
    r"(?:bi|so|dang|co phai|phai|la|nghi) (?:\w+ )?lua",
    "bi (?:no |ho |nguoi ta |chung no |ai |mot )?(?:gat|lua|du)",
    "(?:no|ho) (?:gat|lua|du)",
    r"gat (?:\d+|het|lay|tien|toi|tui|minh|mat)",
    "lua (?:minh|toi|tui|em|e|tien|mat|khong|ko|k|het|chuyen|lay)",
    "apk",
    "qua tri an",
    "hang cam",
    "buu kien",
    "giu (?:nguyen )?may",
    "dung tat (?:may|cuoc goi)",
    "noi may (?:cho|voi|qua) (?:cong an|vien kiem sat)",
    "tung (?:clip|anh|hinh|video)",
    "(?:doc|nghe theo) (?:no|ho|nguoi ta)",
    "nghe theo",
    "nap the cao",
    "gia giong",
    "dat coc truoc",
    "trung thuong",
    "trung (?:xe|giai|iphone|vang|qua tang|thuong)",
    "(?:gia danh|gia mao|mao danh|gia) (?:cong an|can bo|dien luc|ngan hang|toa an|thue|nhan vien)",
    "(?:xung|tu xung|noi) (?:la |ben )?(?:cong an|can bo|dien luc|toa an|vien kiem sat|nhan vien)",
    "(?:xung|tu xung) (?:la |ben )?(?:thue|luat su)",
    r"(?:doc|dua|gui|noi|cho)(?: \w+){0,3} (?:ma|otp)(?: \w+){0,3} cho (?:no|ho|nguoi ta|nguoi la)",
    r"(?:doc|dua) (?:ma |otp )+cho (?:no|ho)",
    "shipper gia",
    "nghi gia",
    "link la",
    "duong dan la",
    "app la",
    "ung dung la",
    "lo (?:bam|an|cai|tai|doc|dua|gui|chuyen|nhan|cho|quet|ck)",
    "viec nhe(?: luong)?",
    "hoa hong",
    "lam nhiem vu",
    "mau nhi",
    "chuan hoa thue bao",
    "lenh bat",
    "rua tien",
    "chia se man hinh",
    "hinh nhay cam",
    r"quen (?:\w+ )?(?:tren|qua) (?:mang|fb|face|facebook)",
    "(?:bi |da bi )?(?:hack|chiem)(?: mat)? (?:zalo|fb|face|facebook|mess|nick|tai khoan)",
    "bi hack",
    r"(?:zalo|fb|face|facebook|nick)(?: \w+){0,3} bi hack",
    "(?:no|ho) (?:chan|block|bloc)",
    r"lay lai (?:\w+ )?tien bi lua",
    "lay lai (?:duoc )?tien lua",
    "san vang",
    r"(?:dau tu|san) (?:\w+ )?(?:tren mang|tien ao|ngoai hoi|forex|coin)",
    r"bi mat (?:het |sach )?\d+ ?(?:trieu|tr|cu)",
    "bay (?:mau|het) tien",
    r"lay het (?:\w+ )?tien",
    r"(?:nguoi la|no|ho)(?: \w+){0,2} (?:muon|chup)(?: \w+){0,3} (?:can cuoc|cccd|cmnd|the)",
    "cho (?:no|ho|nguoi la) (?:chup|muon|doc)",
    r"lai (?:suat )?\d+ ?(?:phan tram|%)? (?:mot|1|moi|/) ?thang",
)
_TELLS: Final = (
    r"(?:goi|dien noi|nhan tin|noi|bao(?! nhieu)|keu|kiu|bieu|bat|doi|hu|doa|du|ru|"
    r"moi (?:vo|vao|tham gia|choi|dau tu|nhan|mua|di)|xung|ket ban|"
    r"xin|hoi|rao)"
)
_SOMEBODY: Final = r"(?:nguoi|dua|thang|anh|chi|co|chu|ong|ba|ai|so|cai|con)"
STRANGER: Final = any_of(
    rf"(?:nguoi|dua|thang|ai|so|nhan vien|shipper|luat su|giao vien|ky thuat vien)(?: \w+){{0,3}} {_TELLS}",
    rf"(?:co|may|mot|1) {_SOMEBODY}(?: \w+){{0,3}} (?:{_TELLS}|gui)",
    rf"(?:anh|chi|co|chu|ong|ba) (?:kia|do|nay|ay|ta)(?: \w+){{0,3}} {_TELLS}",
    rf"nhan vien(?: \w+){{0,4}} {_TELLS}",
    rf"(?:no|ho|nguoi ta|chung no|tui no) (?:\w+ )?(?:{_TELLS}|chan|gui|cho|mua|ban)",
    "so la",
    "nguoi la",
    "dau so",
    r"tin nhan (?:\w+ )?(?:ghi|bao|noi|sms|la)",
    "nguoi (?:mua|ban)",
    "so may ban",
    rf"(?:cong an|dien luc|ngan hang|toa an|ben thue|buu dien|nha mang|nha dai|vien thong|hai quan|"
    rf"vien kiem sat)"
    rf"(?: \w+){{0,2}} (?:{_TELLS}|nhan)",
    r"(?:goi|nhan|dien)(?: dien| thoai| tin)? (?:keu|bao(?! hiem| nhieu)|bat|doi|noi|bieu|hu|doa)",
    "(?:bi|duoc|dc) (?:du|ru|hu|doa|moi)",
    "(?:thay|coi|tren) quang cao",
    r"(?:mua|dat|quen|ban)(?: \w+){0,5} (?:tren|qua) (?:mang|fb|face|facebook|cho tot)",
    "(?:tren|qua) (?:mes|mess|zalo|fb|face|facebook)",
    "vay (?:online|app|qua mang|tien online)",
    "nguoi quen(?: gioi thieu)?",
    "bat (?:dong|nop|nap|coc|chuyen|mua)",
    "nhan vien vien thong",
)
_MONEY: Final = r"(?:tien(?! an\b| su\b)|phi|thue|coc|truoc|\d+ ?(?:k|tr|trieu|cu|ty|nghin|ngan|dong))"
DEMAND: Final = any_of(
    r"(?:gui|bam|an|nhan|vao|vo|mo|tai)(?: \w+){0,2} (?:link|file|duong dan|duong link|tep|apk)",
    r"cai (?:cai )?(?:app|ung dung|phan mem|file|vo may|vao may)",
    r"tai (?:cai )?(?:app|ung dung|phan mem|file)",
    r"(?:doc|dua|cho|xin|hoi|doi|gui|cung cap|lay)(?: \w+){0,3} (?:ma|otp|mat khau|mk|pass|passcode|"
    r"so the|day so)",
    rf"(?:chuyen|nop|dong|gui|nap|coc|dat coc|ck|muon|doi|vay|tra|thu)(?: \w+){{0,3}} {_MONEY}",
    "chuyen khoan",
    "ck truoc",
    "ket ban",
    "cat dien",
    "cup dien",
    "bam so",
    "nhan theo cu phap",
    r"khoa (?:sim|tai khoan|tk|the|thue bao|bang lai|2 chieu|hai chieu|so)",
    r"(?:bi|sap) khoa",
    r"no (?:tien|\d+|cuoc)",
    "the tin dung",
    "hoi so (?:can cuoc|cccd|tai khoan|dien thoai)",
    "cap nhat (?:vneid|dinh danh|thong tin|can cuoc|cccd|dia chi|sinh trac)",
    "bo sung (?:ho so|thong tin)",
    "nhan (?:qua|thuong|tien|ho tro)",
    "hoan (?:tien|thue)",
    "quet (?:ma|mat|qr)",
    "chup (?:hinh|anh|mat|can cuoc)",
    "tai nan",
    "cap cuu",
    "vien phi",
    "tai ngoai",
    "lien quan (?:vu an|duong day)",
    "duong day",
    "(?:doi|nang cap) sim",
    "kiem tra (?:tai khoan|tk|so du)",
    "qua (?:ve|tang|tri an)",
    "hai quan",
    "chung khoan",
    "co phieu",
    "dau tu",
    r"lay lai (?:\w+ )?tien",
    "gia re",
    "sinh trac",
    "khong can the chap",
    r"(?:het han|gia han)(?: \w+){0,4} (?:link|duong dan)",
)
# The plainest words of such stories, whoever it was and whatever they said.
THIRD: Final = any_of(
    "no",
    "ho",
    "nguoi ta",
    "nguoi (?:la|nao|nay|do|kia)",
    "ai do",
    "thang (?:nao|kia|do)",
    "con (?:nao|kia)",
    "shop",
    "cong ty",
    "ban (?:tren|qua) (?:mang|fb|face|facebook|zalo)",
    "tong dai",
    "tui kia",
)
VALUE: Final = any_of(
    r"\d+ ?(?:tr|trieu|cu|k|ty)",
    "tien",
    "coc",
    "the cao",
    "nap the",
    "vi (?:momo|dien tu)",
    "so tiet kiem",
    "[46] so",
    "ma so",
    "otp",
    "clip",
    "hinh",
    "buu kien",
    "vay",
)
PRESSURE: Final = any_of(
    "bat",
    "doi",
    "doa",
    "de doa",
    "hu",
    "neu khong",
    "khong thi",
    "gap",
    "ru",
    "giuc",
    "nho",
    "xin tien",
    "tung",
    "nghe theo",
    "lam theo",
    "gia (?:giong|lam|vo)",
)
LOSS: Final = any_of(
    "lo",
    "bi (?:mat|tru|lay|chan|block)",
    "chan",
    "block",
    "(?:khong|ko|k|hk|hong) rut",
    "rut (?:het|sach|ra)",
    "chuyen cho",
    "roi (?:no|ho) ",
    "mat het",
    "bien mat",
)
