"""What do people send that is no question: thanks, teasing, abuse, tricks, other scripts, only pictures?"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, TypeAlias

from services.folding import normalise, phrase

Talk: TypeAlias = Literal["thanks", "who", "love", "off", "health", "abuse", "trick", "foreign", "emoji"]
# What is answered whatever the words may also ask; the others only if no guide fits.
FIRM: Final[frozenset[Talk]] = frozenset({"thanks", "who", "trick", "foreign", "emoji"})


def kind_of(text: str) -> Talk | None:
    """Tell which kind of small talk a message is, None for anything that may be a question."""
    folded = phrase(text)
    said = folded.split()
    if not said:
        return "emoji" if any(unicodedata.category(sign) == "So" for sign in text) else None
    signs: tuple[tuple[Talk, bool], ...] = (
        ("foreign", is_foreign(text)),
        ("thanks", _is_thanks(folded, said)),
        ("trick", bool(_TRICK.search(folded))),
        ("who", len(said) <= _SHORT and bool(_WHO.search(folded))),
        ("abuse", is_abuse(text)),
        ("health", bool(_HEALTH.search(folded))),
        ("love", bool(_LOVE.search(folded))),
        ("off", bool(_OFF.search(folded))),
    )
    return next((kind for kind, fits in signs if fits), None)


def _is_thanks(folded: str, said: list[str]) -> bool:
    """Tell whether a message only says thank you, to us or to somebody by name."""
    if _THANKS.fullmatch(folded):
        return True
    return bool(_THANKS_TO.match(folded)) and not _ASKS.intersection(said[2:])


def is_abuse(text: str) -> bool:
    """Tell whether words are meant to hurt; with marks they must be written so, "ngủ" is no insult."""
    whole = normalise(text).lower()
    if _ABUSE_MARKED.search(whole):
        return True
    return whole.isascii() and bool(_ABUSE_PLAIN.search(phrase(text)))


def is_foreign(text: str) -> bool:
    """Tell whether most letters are of another script, or of a language of the highlands."""
    whole = normalise(text).lower()
    if not _UNCOMMON.search(whole):
        return False
    letters = [letter for letter in whole if letter.isalpha()]
    if len(letters) < _FEWEST_LETTERS:
        return False
    foreign = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if foreign > len(letters) / 2:
        return True
    return len(_HIGHLANDS.findall(whole)) >= _FEWEST_SIGNS


def _any_of(*signs: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(signs) + r")\b")


_SHORT: Final = 12
_FEWEST_LETTERS: Final = 2
_FEWEST_SIGNS: Final = 2
# Whatever a message in Vietnamese or English does not hold.
_UNCOMMON: Final = re.compile(r"[^\x00-\x7eàáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]")
# Letters of Ê Đê, Gia Rai, Ba Na and their neighbours that Vietnamese has not.
_HIGHLANDS: Final = re.compile(r"[ƀčĕĭŏŭñʼ]|[ơưâêô]̆")

_TO_US: Final = (
    r"(?:ad|admin|bot|to so|may|em|e|con|chau|ban|anh|chi|co|chu|bac|ong|ba"
    r"|shop|ai|b|c|a|ta|ca nha|moi nguoi|nghen|nghe|nha|nhe|nhieu|lam|rat|qua|a|da|vang|oi|luon|"
    r"that|roi|ok|oke|hen|he|nhen|nua)"
)
_THANKS: Final = re.compile(
    rf"(?:{_TO_US} )*(?:cam on|camon|cam on nhieu|thank|thanks|thank you|tks|thks|tk u|cảm tạ|cam ta|"
    rf"biet on|on qua)"
    rf"(?: (?:{_TO_US}|cam on|you|u|so much))*"
)
_THANKS_TO: Final = re.compile(r"(?:da )?cam on(?: \w+){1,4}$")
_ASKS: Final = frozenset(
    "sao gi dau nao lam can muon hoi xin giup chua khong ko k hong may bao the cho ma nhung con".split()
)
_WHO: Final = _any_of(
    r"(?:la |co phai )?(?:nguoi|ng) (?:that )?hay (?:la )?(?:may|bot|robot|ai)",
    r"(?:la )?(?:may|bot|robot|ai) hay (?:la )?(?:nguoi|ng)",
    r"(?:ban|may|ad|to so|bot|m|em|day) la (?:ai|gi|bot|robot|may|nguoi)",
    "to so la (?:gi|ai)",
    r"co phai (?:la )?(?:bot|robot|nguoi that|may)",
    r"(?:dang )?noi chuyen voi (?:bot|may|robot|nguoi)",
    "ai dang (?:tra loi|nhan tin|nhan)",
    "who are you",
    "are you (?:a )?(?:bot|robot|human)",
    "ad ten gi",
    "ten (?:gi|j|la gi) (?:vay|the|z|a)",
    "chat ?gpt (?:ha|a|phai khong|dung khong)",
    "ai tao ra",
)
_TRICK: Final = _any_of(
    r"(?:bo qua|quen|lo di|phot lo|xoa bo)(?: het| moi| tat ca| cac| nhung)* (?:lenh|huong dan|"
    r"chi thi|quy tac|luat|chi dan)",
    r"(?:ignore|forget|disregard)(?: all| any| the| your| previous| above| prior)* (?:instructions?|"
    r"rules|prompts?|orders)",
    "system prompt",
    "prompt (?:he thong|goc)",
    "developer mode",
    "jailbreak",
    "dan mode",
    "che do (?:nha phat trien|quan tri|admin|debug)",
    r"(?:dua|cho|gui|in|xuat|liet ke|show|give|list)(?: \w+){0,4} (?:danh sach|"
    r"list)(?: \w+){0,3} (?:so dien thoai|sdt|nguoi dung|thanh vien|can cuoc|mat khau|phone numbers|"
    r"users)",
    r"(?:mat khau|password|token|api key)(?: cua)? (?:admin|quan tri|he thong|server|database)",
    r"(?:dong vai|gia vo|gia lam|hay la|pretend to be|act as|you are now)(?: \w+){0,3} (?:admin|"
    r"quan tri|hacker|root|khong gioi han|unrestricted|cong an)",
    "drop table",
    "select from",
    "script alert",
    "rm rf",
)
_HEALTH: Final = _any_of(
    r"(?:dau|nhuc|moi|te|sung|ngua|rat)(?: \w+)? (?:lung|dau|bung|rang|chan|tay|goi|vai|co|nguc|hong|"
    r"khop|mat|da day)(?: \w+){0,6} (?:thuoc|uong|lam sao|chua|sao|an gi|boi gi)",
    r"uong (?:thuoc )?(?:gi|nao|j)",
    r"thuoc (?:gi|nao|j|tri|chua|ho|cam|dau)",
    "bi benh gi",
    "benh gi",
    "trieu chung",
    r"(?:sot|ho|so mui|tieu chay|di ngoai|chong mat|kho tho|mat ngu|non oi|dau nguc|ngat|co giat|"
    r"dot quy|tut huyet ap|cao huyet ap|tieu duong)(?: \w+){0,5} (?:uong|thuoc|lam sao|phai sao|sao|"
    r"an gi|nen|kieng|may ngay|hoai)",
    "bac si (?:nao|gioi)",
    "(?:cap cuu|dot quy|ngat xiu|kho tho|dau nguc)",
)
_LOVE: Final = _any_of(
    r"(?:co|chua co|kiem) (?:ny|nguoi yeu|bo|vo|chong|ghe|gau)(?: chua| ko| khong| hong)?",
    r"(?:yeu|thuong|nho) (?:ad|em|anh|bot|to so|may)(?: \w+)?",
    "lam (?:quen|ban gai|ban trai|nguoi yeu|vo|chong)",
    "(?:dep trai|xinh gai|xinh khong|hen ho|cuoi em|cuoi anh|di choi khong|an com chua|nhau khong|"
    "buon qua|chan qua|ke chuyen|hat di|doc tho)",
)
_OFF: Final = _any_of(
    "(?:xo so|lo de|so de|con lo|danh de|ca do|keo nha cai|vietlott)",
    "(?:vay tien|vay nong|cho vay|vay von o dau|muon tien)",
    r"(?:kien|thua kien|ra toa|hau toa|luat su)(?: \w+){0,3} (?:sao|the nao|khong|ko|gi|o dau)",
    "(?:thoi tiet|troi mua|troi nang|bong da|ty so|gia vang|gia ca phe|gia tieu|gia heo)",
    r"(?:mua|ban) (?:xe|nha|dat|bo|heo|ga)(?: \w+)? (?:o dau|gia|khong|ko)",
)
_ABUSE_MARKED: Final = re.compile(
    r"(?<!\w)(?:đồ (?:ngu|điên|khùng|chó|khốn|rác|vô dụng|mất dạy|ăn hại|lừa đảo chúng mày)|"
    r"ngu (?:quá|vậy|thế|như|vl|vcl|vãi|ngốc|si|xuẩn|lắm)|(?:máy|bot|ad|mày|tụi bây|chúng mày) ngu"
    r"|đ[ịjụ]t|đéo|đếch|đ[mk]m?|đcm|đmm|vcl|vkl|clgt|cmm|cc|cút|óc chó|thằng chó|con chó (?:này|kia)|"
    r"chó má|chó đẻ|khốn nạn|mất dạy|vô học|bố láo|láo toét|câm mồm|câm mẹ|mẹ mày|má mày|tổ cha|"
    r"thằng điên|con điên|đần độn|đồ đần|con đĩ|đĩ mẹ|lồn|buồi|cặc|fuck\w*|shit|stupid|idiot|"
    r"bitch)(?!\w)"
)
_ABUSE_PLAIN: Final = _any_of(
    "do (?:ngu|dien|khung|cho|khon|an hai|vo dung|mat day|rac)",
    "ngu (?:qua|vay|the|nhu (?:bo|cho|heo|lon)|vl|vcl|ngoc)",
    "(?:may|bot|ad|tui bay|chung may) ngu",
    "dcm",
    "dmm",
    "dkm",
    "d[mM]",
    "vcl",
    "vkl",
    "clgt",
    "cmm",
    "deo (?:biet|hieu|lam|can|tin|duoc)",
    "dit me",
    "oc cho",
    "thang cho",
    "cho de",
    "khon nan",
    "mat day",
    "bo lao",
    "lao toet",
    "cam mom",
    "me may",
    "ma may",
    "to cha",
    "thang dien",
    "dan don",
    r"fuck\w*",
    "shit",
    "stupid",
    "idiot",
    "bitch",
)
