"""How much of what stories of cheating are made of does a message hold, whatever its kind of cheating?

Each kind of evidence counts once, however often it is there: one alone is everyday, several are a story.
"""

from __future__ import annotations

import re
from typing import Final

from services.scam_rules import any_of

# Two kinds that count two each: somebody who calls and a code that is asked for, bait and a loss.
ENOUGH: Final = 4

_NUMBER: Final = r"(?:\d+|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi|chuc|may|vai|tram|nua)"
_SUM: Final = (
    r"(?:\d+ ?(?:tr|trieu|k|cu|ty|ngan|nghin|chai|xi)\w{0,3}|\d+(?:tr|k|cu)\d*|"
    rf"{_NUMBER}(?: (?:muoi|chuc|tram|ruoi|lam))?(?: \d+)? (?:trieu|cu|ty|chai|tram ngan))"
)
_MONEY: Final = rf"(?:{_SUM}|tien|khoan)"
# "Ho" is also hồ sơ and hộ khẩu, "co" also có: who talks needs a word beside it, or none of those.
_THEY: Final = (
    r"(?:no|han|hon|ho(?! so| khau| chieu| ngheo| tro| kinh| gia| nha| tich)|nguoi ta|chung no|tui no|"
    r"bon no|(?:ong|ba|anh|chi|co|chu|cau|thang|dua|con|cha|nguoi|ben|tui|dam|nhom) "
    r"(?:ta|kia|do|nao|ay|nay|la|mua|ban|gai|chang|thay|day|cho vay)|ong ay|ai do)"
)
_SAY: Final = (
    r"(?:goi(?! vip| cuoc| mang| tin)|dien noi|noi|bao(?! hiem| nhieu| gio| lau| gom| ve| cao| tu| chi)|"
    r"keu|kiu|biu|"
    r"bieu|nhan (?:tin|zalo|qua|vo|vay|hoi)|nt|xung|hen|ru|du|doi|bat|ep|yeu cau|hua|cam ket|doa|hu|ham|"
    r"chui|"
    r"giuc|hoi thuc|dan|tu van|chao moi|rao|quang cao|xin|muon|nho|ket ban|moi (?:vo|vao|tham gia|choi|"
    r"dau tu))"
)
_OFFICE: Final = (
    r"(?:bac si|luat su|cong an|can bo|dien luc|ngan hang|thue|bao hiem(?: xa hoi)?|bhxh|toa an|"
    r"vien kiem sat|"
    r"hai quan|buu dien|viettel|vina|vinaphone|mobi|mobifone|nha mang|nha dai|vien thong|co giao|"
    r"thay giao|giao vien|"
    r"benh vien|shipper|giao hang|tu thien|co quan|phuong|csgt|canh sat|bo doi|quan doi|quan y|van phong|"
    r"hoc bong|"
    r"moi gioi|sep|giam doc|cong ty(?: \w+)?|cuc|trung tam|kho bac|ky thuat vien|cham soc khach hang|"
    r"tong dai|nhan vien)"
)

# A kind of evidence: how much it counts, and how it is said.
KINDS: Final[dict[str, tuple[int, re.Pattern[str]]]] = {
    "somebody": (
        2,
        any_of(
            r"(?:co|may|mot|1|bi|duoc|dc) (?:ong|ba|anh|chi|co|chu|nguoi|dua|thang|cu|ai|so|nhom|doan|"
            r"bac si|"
            rf"cong ty|ben|page|trang|shop|cuoc goi|tai khoan)(?: \w+){{0,4}} (?:{_SAY}|gui|tang)",
            rf"{_THEY}(?: \w+){{0,2}} {_SAY}",
            r"(?:ong|anh|chi|chu|co) (?:goi|keu|bieu|bat|doi|doa|hua|ru|du|xung)",
            rf"ben (?:\w+ ){{1,4}}{_SAY}",
            rf"{_OFFICE}(?: \w+){{0,5}} (?:goi|nhan tin|nhan zalo|dien|xung|keu|bieu|hen|doi|bat|ket ban|"
            rf"gui link)",
            r"(?:goi|dien|nhan|nt|ket ban|add|inbox|ib)(?: \w+){0,3} (?:noi|bao (?:em|me|ba|tui|toi|la)|"
            r"keu|bieu|bat|xung|ru|du)",
            r"nhan (?:duoc |dc )?(?:cuoc goi|tin nhan|giay trieu|mail|email)(?: \w+){0,3} (?:bao|noi|ghi|"
            r"tu|cua)",
            r"(?:ru|du|loi keo|keo)(?: \w+){0,3} (?:sang|qua|choi|vao|vo|dau tu|gop|lam|mua|tham gia|di)",
            r"(?:tu|noi minh|nhan minh) (?:nhan|la|xung)|dien thoai (?:bao|noi|keu)",
            r"(?:cuoc goi|dau so|so|sdt) (?:la|nuoc ngoai|may la)",
            r"(?:quen|lam quen|hen ho|tim hieu)(?: \w+){0,3} (?:tren|qua) (?:mang|fb|face|facebook|zalo|"
            r"tinder|app|telegram|tele|tiktok|ig|insta)",
        ),
    ),
    "gone": (
        2,
        any_of(
            r"(?:bi |no |ho |han |lien |da |roi )(?:chan|block|bloc)",
            r"(?:chan|block|bloc|blok) (?:luon|so|zalo|fb|face|facebook|nick|toi|tui|em|minh|het|mess|"
            r"lien lac)",
            r"bien mat|mat (?:tich|hut|dang|tam|song)|lan (?:mat|luon)|cao chay|om tien|bung (?:tien|hui)|"
            r"vo hui|tron (?:mat|luon|roi)|bo tron|boc hoi",
            r"xoa (?:\w+ ){0,2}(?:doan chat|tin nhan|nick|acc|fb|face|zalo|page|bai|nhom|het|ket ban)",
            r"(?:tat|khoa) (?:may|cua|nguon)(?: \w+)?$|(?:tat|khoa) may (?:luon|roi)|nha khoa cua",
            r"(?:roi|out|kick|giai tan|da)(?: \w+){0,2} (?:nhom|group)",
            r"doi (?:so|sim)(?: luon|$| nha)",
            r"(?:khong|ko|k|hong|hk|chang|hem|chua) (?:\w+ )?(?:bat may|nghe may|tra loi|lien lac|rep|"
            r"phan hoi|"
            r"thay (?:hang|tra|giao|tien|ai tra|tang|chuyen|goi)|rut (?:duoc|dc|ra|tien)|giao hang|"
            r"nhan duoc hang)",
            r"(?:goi|nhan)(?: \w+){0,3} (?:khong|ko|k|hong|hk) (?:ai|thay|tra loi|nghe|bat)",
            r"(?:app|web|trang|san|link)(?: \w+){0,2} (?:mo|vo|vao) (?:khong|ko|k|hong|hk)",
            r"(?:khong|ko|k|hong) (?:vo|vao) duoc nua|sap (?:roi|mat|luon|web|app|san)",
            r"(?:may|dien thoai)(?: \w+){0,4} (?:tu (?:chay|bam|nhay|dong|mo|chuyen|thoat)|nong (?:ran|"
            r"hoi|len)|den thui)",
            r"tu (?:bam|nhay|chuyen tien)|im (?:re|luon|thin|ru)|thue bao khong|so khong lien lac",
            r"toan (?:gach|da|giay|vai|rac)|hang (?:gia|dom|nhai|fake|rom)|thung (?:\w+ )?(?:rong|gach|"
            r"giay)",
            r"(?:hoan|khat|hen)(?: \w+){0,2} (?:hoai|mai|(?:\d+|ba|may|hai) lan)|lan (?:nao|mo) cung",
            r"lam (?:chi|gi) co|khong co that|khong he co|khong ton tai",
            r"mat lien lac|(?:roi|xong) di luon|khong co dong nao|"
            r"(?:khong|ko|k|hong) (?:giao|tra lai|chiu tra)",
            # Who finds out has been deceived.
            r"(?:roi|xong|ve|toi noi|lai|gio) (?:\w+ )?(?:moi biet|moi hay|thay)|te ra|hoa ra|ai ngo|nao ngo",
            r"hoi ra|coi lai|toi noi(?: \w+){0,4} khong",
            r"(?:cao lam|cao mat|giu luon|cam luon|lay luon)",
        ),
    ),
    "lost": (
        2,
        any_of(
            r"(?:bi|da bi|moi bi) (?:tru|rut|lua|gat|hack|quet|cuom|chiem|bop)(?: \w+){0,3}",
            rf"mat (?:het|sach|toi|trang|tieu|luon|gan|hon) ?(?:\w+ )?{_MONEY}",
            rf"mat {_SUM}|(?:bi|xong|la) mat (?:tien|het)|tu (?:chuyen|tru) (?:di|tien|mat)",
            r"bay (?:mau|het|sach|hon|gan|mat)|trang tay|con 0 dong|so du (?:con )?0|lay het|sach tien",
            r"(?:tien|tai khoan|the|so tiet kiem|von)(?: \w+){0,3} (?:bay|boc hoi|bien|mat sach|mat het)",
            r"lo (?:bam|an|cai|tai|doc|dua|gui|chuyen|nhan|cho|quet|ck|nhap|dien|khai|dang nhap|tin|vao|"
            r"mua|ky)",
            rf"tru (?:mat |cua \w+ |het |luon )?{_SUM}",
            r"(?:muon|vay|hoi) tien(?: \w+){0,3} (?:lop|ban be|nguoi than|khap|ho hang|moi nguoi|danh ba)",
            r"(?:nhan|nhan tin|goi)(?: \w+){0,4} (?:muon|vay) tien",
            r"(?:zalo|fb|face|facebook|nick|bill|app|web|trang|giay) gia",
        ),
    ),
    "again": (
        2,
        any_of(
            r"(?:phai|bat|doi|keu|bieu|bao|yeu cau)(?: \w+){0,3} (?:nop|dong|chuyen|ck|nap|mua|gui|tra|coc)"
            r"(?: \w+){0,4} (?:them|lai|truoc|nua|moi (?:duoc|rut|cho)|lan (?:2|hai|3|ba)|phi|thue|coc)",
            r"(?:nop|dong|nap|chuyen|coc|mua|ck)(?: \w+){0,4} (?:moi|thi moi|roi moi) (?:duoc|rut|lanh|"
            r"nhan|giai ngan|hoan|lay|mo|tra|cho|gui|giao)",
            r"moi (?:duoc )?(?:rut|giai ngan|hoan lai|lanh duoc|hoan lan|tra lai|cho rut)",
            r"(?:sai|nham|nhap sai|ghi sai) (?:cu phap|noi dung|so tai khoan|stk|lenh)",
            r"(?:dong|nop|thu|tra)(?: \w+){0,2} (?:phi|thue|tien)(?: \w+){0,3} (?:truoc|ho so|giai ngan|"
            r"xac minh|hai quan|kich hoat|dam bao|the chan|duy tri|bao lanh)",
            r"(?:dong|nop|chuyen|coc|thu|ck|gui)(?: \w+){0,3} truoc",
            r"(?:chua du|them|nang) (?:le|vong|lieu trinh|cap|don|han muc)",
        ),
    ),
    "bait": (
        2,
        any_of(
            r"trung (?:xe|giai|iphone|vang|qua|thuong|so|tuyen hoc bong|may|tour|ve|voucher|ti vi|sh)\w*",
            r"(?:nhan|tang|lanh) (?:\w+ )?qua(?! buu| app| the| tai| zalo| mang| duong)|"
            r"(?:thung|mon|phan|goi|gui) qua|"
            r"(?:nhan|tang|cho|lanh)(?: \w+){0,2} (?:thuong|voucher|li xi)|tri an|boc tham trung",
            r"(?:lai|loi|lai suat|loi nhuan)(?: \w+){0,3} (?:\d+|cao|khung|deu|moi ngay|phan tram|gap)|"
            r"moi ngay(?: \w+){0,2} (?:lai|loi|\d+ phan)",
            r"(?:gop|rot)(?: \w+){0,2} von|dau tu(?: \w+){0,3} (?:vang|tien ao|tien so|coin|co phieu|"
            r"chung khoan|forex|bitcoin|pi|dat nen|du an|san|quy|app)",
            r"san (?:vang|tien ao|forex|coin|giao dich|chung khoan|bo|nhi phan)|pi network|da cap|tien ao|"
            r"doc lenh|danh de|so de (?!nghi|xuat)|quyen gop|doi diem|khong can thi",
            r"chay (?:an|viec|cho|diem|bang|truong)",
            r"hoa hong|lam nhiem vu|chot don|like (?:video|tiktok|bai)|danh gia (?:san pham|khach san)|"
            r"xem video (?:kiem|nhan)",
            r"viec (?:nhe|online|lam online|nhe nhang)|luong(?: \w+){0,2} (?:\d+|cao|"
            r"khung)(?: \w+){0,4} (?:bao|khong can)",
            r"khong can (?:bang cap|kinh nghiem|the chap|gap|chung minh|biet gi|von)|bao (?:xe|an o|"
            r"dau ra|lo het|tron goi)",
            r"campuchia|myanmar|mien dien|tam giac vang|suat (?:ngoai giao|uu dai|noi bo|tai dinh cu)|"
            r"mau nhi|binh chon|hot hui|choi hui|giat hui|day hui|to hui",
            r"viet kieu|linh my|bac si my|ky su dau khi|(?:thuong|yeu)(?: \w+){0,2} (?:that|thiet) long|"
            r"nguoi yeu qua mang",
            r"vong theo|giai han|cung (?:giai|sao)|thay (?:boi|cung|phap)|lieu trinh|thuoc (?:xuong khop|"
            r"gia truyen|dac tri|tieu duong)|thuc pham chuc nang|chua khoi",
            rf"(?:ho tro|tro cap|cuu tro|boi thuong|den bu)(?: \w+){{0,3}} {_SUM}|tich xanh|nhieu follow",
            r"(?:vay|cho vay)(?: \w+){0,3} (?:app|online|tren mang|nhanh|zalo|fb)|giai ngan|xoa no xau|"
            r"nang han muc",
            r"lay lai (?:\w+ ){0,2}(?:tien|duoc|so tien)|thu hoi (?:von|tien)",
            r"xuat khau lao dong|di lao dong|don hang (?:uc|nhat|han|duc)|nong trai|bao dau|lo visa|"
            r"chung minh tai chinh",
            r"(?:thue|muon|mua|ban) (?:tk|tai khoan|the ngan hang|stk|sim|can cuoc|cccd)",
            r"(?:acc|nick)(?: \w+){0,3} (?:game|lien quan|free fire|ff|pubg|lol|roblox)|nap (?:the|game|"
            r"kim cuong)",
            r"(?:concert|ve may bay|combo|resort|homestay|villa|khach san|tour)(?: \w+){0,6} (?:page|"
            r"fanpage|fb|face|facebook|mang|gia re|re)",
            r"gap phong bi|xau (?:hat|cuom|vong)|dan (?:tui|tem|phong bi)|gia cong tai nha|"
            r"lam them tai nha",
            r"(?:ban|rao|thanh ly|pass)(?: \w+){0,6} (?:re re|re beo|gia re|re lam|re hon)",
        ),
    ),
    "secret": (
        2,
        any_of(
            r"(?:doc|dua|cho|xin|hoi|doi|gui|cung cap|lay|nhap|dien|khai)(?: \w+){0,4} (?:ma (?:otp|xac|"
            r"trong|sau|6|so|"
            r"nay|do|moi|pin|gui|tin)|otp|mat khau|mk|passcode|so the|day so|[346] so|so tai khoan|stk|"
            r"cvv)",
            r"(?:bam|an|vo|vao|click|gui|kich|truy cap|tai)(?: \w+){0,3} (?:link|duong dan|duong link|"
            r"lien ket)|co (?:cai )?link|qua (?:cai )?(?:link|duong dan|duong link)",
            r"(?:cai|tai)(?: \w+){0,3} (?:app|ung dung|phan mem|file)(?: \w+){0,3} (?:ho|no|han|la|gui|"
            r"goi|cua|do|nay)|apk|teamviewer|anydesk|ultraview|cai (?:\w+ )?ban moi",
            r"chia se man hinh|sinh trac|(?:quet|quay)(?: cai)? mat|chup (?:\w+ ){0,2}(?:can cuoc|cccd|"
            r"the)|quet (?:cai )?(?:ma|qr)",
            r"duoi (?:apk|cc|xyz|vip|top|info)|(?:bam|nhan) (?:phim|so) \d|soan tin|dang nhap luon|"
            r"(?:bam|dien|cai|nhap)(?: \w+){0,3} (?:vo may|vao may|xong)|"
            r"bat (?:zoom|camera)",
        ),
    ),
    "threat": (
        2,
        any_of(
            r"(?:khong|ko|k|hong|cam|dung)(?: duoc| dc)? (?:noi|ke|cho|bao)(?: \w+){0,2} (?:ai|bo me|"
            r"ba me|con cai|"
            r"gia dinh|nguoi nha|nguoi than|biet)|cam noi|giu bi mat|dan (?:em|tui|toi|ba|me) (?:khong|"
            r"dung)",
            r"(?:lenh|linh) bat|truy na|khoi to|ma tuy|duong day|rua tien|dieu tra|trieu tap|"
            r"lien quan (?:den|toi|vu|an)",
            r"xa hoi den|giang ho|xiet no|khung bo|truy sat|(?:bi|no|ho|han) (?:doa|hu|ham|de doa)",
            r"(?:tung|dan|boi|phat tan)(?: \w+){0,3} (?:hinh|clip|video)|(?:hinh|anh|clip|"
            r"video)(?: \w+){0,3} "
            r"(?:len mang|khap|cho ca|nhay cam|bay ba|nong)|ghep (?:mat|hinh|anh)|tong tien",
            r"(?:khong|ko|k|hong) (?:thi|tra thi|chuyen thi|chuyen se|dong thi|nop thi|"
            r"cai)(?: \w+){0,3} (?:cat|cup|khoa|"
            r"phat|tru|bat|dan|gui|tung|cup|mat)|(?:sap|se|chieu|la) (?:cat|cup|khoa|bi khoa|bi cat)",
            r"(?:tai nan|cap cuu|vien phi(?! cho)|mo gap|te (?:nga|xe|cau)|bi bat|"
            r"ket)(?: \w+){0,4} (?:gap|lien|trieu|tien|san bay|vien phi|\d+)",
            r"(?:chuyen|gui|nop|dong|can)(?: \w+){0,3} (?:gap|lien|ngay)|trong \d+ (?:gio|tieng|phut)|"
            r"(?:\d|hai|ba|mot) (?:tieng|gio) nua",
            r"tai khoan (?:tam giu|an toan)|phoi hop (?:dieu tra|lam ro)|chung minh trong sach|di tu",
            r"bi phat|kien (?:ra toa|toi|em|tui)|doa kien|cho ve",
        ),
    ),
    "paid": (
        1,
        any_of(
            r"(?:chuyen|ck|gui|goi|nop|dong|nap|coc|dat coc|ung|tra|dua|mua|gop|thu|lay|bo|rot|dat|het|"
            r"ton|tong)"
            rf"(?: \w+){{0,5}} {_MONEY}",
            r"(?:chuyen|ck|nap|coc|ung)(?: \w+){0,2} (?:xong|roi|r|luon|du|lai)|gop von|dat coc",
        ),
    ),
    "doubt": (
        1,
        any_of(
            r"co nen|tin (?:duoc|dc)|so (?:qua|lam)|(?:thay|toi|tui|em|sinh) nghi|phan van|that (?:khong|"
            r"ko|k|hong|hok)|"
            r"co (?:phai|sao)|run (?:het|qua)|khong ngu|lo (?:qua|lam)|cuu (?:em|toi|tui|voi)"
        ),
    ),
    "net": (
        1,
        any_of(
            r"tren mang|qua mang|fb|face|facebook|zalo|mess|messenger|telegram|tele|tiktok|shopee|lazada|"
            r"cho tot|instagram|ig|fanpage|page|livestream|live|web|tin nhan|sms|video|online"
        ),
    ),
    "sum": (1, any_of(_SUM, "phan nua", "het tien")),
}


def is_enough(said: str) -> bool:
    """Tell whether a message, in words without marks, holds evidence of enough kinds."""
    return sum(worth for worth, signs in KINDS.values() if signs.search(said)) >= ENOUGH
