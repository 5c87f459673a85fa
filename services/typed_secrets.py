"""Which letters and digits of a message are a secret, and of which kind?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from services.folding import fold_in_place
from services.matching.syllables import is_syllable
from services.written_digits import BRIDGE, FILL, gathered, plain

Kind: TypeAlias = Literal["citizen_id", "phone", "card", "account", "otp", "password"]


class Secret(NamedTuple):
    """A stretch of a message that must not be kept or passed on."""

    start: int
    end: int
    kind: Kind


_DIGIT: Final = re.compile(r"\d")
# Digits with single separators; not the tail of a date, a time, a decimal or a file code (H24-250812-0012).
_RUN: Final = re.compile(rf"(?<![\d/:,])(?<!\d[.-])\d(?:{FILL}*[ .-]?\d)+(?![\d/:])")
_MONEY: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_DATE: Final = re.compile(r"\d{1,2}[. -]\d{1,2}[. -]\d{4}")
_MONEY_AFTER: Final = re.compile(r"\s*(?:d|dong|vnd)\b")
_UNIT_AFTER: Final = re.compile(
    r"\s*(?:d|dong|vnd|k|tr|trieu|nghin|ngan|ty|lan|chu so|ky tu|phut|ngay|nguoi|h)\b"
)
_YEAR_BEFORE: Final = re.compile(r"\bnam\s*$")
_CODE_BEFORE: Final = re.compile(r"[a-z][.-]?$")
# Numbers everybody may know: the short ones that guides name, and the hotlines.
_PUBLIC: Final = re.compile(r"1022|1414|1441|5656|1[89]00\d{0,6}")

# How far back a word can be that says what a number is; also keeps a page of numbers from taking seconds.
_FARTHEST: Final = 60
_ID: Final = r"(?:cccd|cmnd|cmt|can cuoc|chung minh|dinh danh)"
_ID_WORDS: Final = re.compile(rf"{_ID}[^\d\n]{{0,30}}$")
# "cccd 052058": half an ID number, whose other half comes in the next message.
_ID_RIGHT_BEFORE: Final = re.compile(
    rf"{_ID}(?:\s+(?:cua|toi|tui|minh|em|e|con|la|so|dau|cuoi|day|ne))*\s*:?\s*$"
)
_PROVINCES: Final = range(1, 97)
_MOBILE: Final = re.compile(r"0[35789]\d{8}")
_OTP: Final = (
    r"(?:otp|ma (?:do )?la|"
    r"ma (?:xac (?:nhan|thuc|minh)|bao mat|kich hoat|dang nhap|gui ve|tin nhan|(?:vua|moi) nhan))"
)
_OTP_BEFORE: Final = re.compile(rf"\b{_OTP}[^\n]{{0,30}}$")
_OTP_GLUED: Final = re.compile(r"otp$")
# "mã 482913": six digits right after the word, which no file or customer number has.
_OWN: Final = (
    r"(?:cua|toi|tui|minh|em|e|con|no|vneid|zalo|momo|ngan hang|gui|den|ve|moi|vua|la|nay|do|day|ne|"
    r"dung|phai)"
)
_BARE_CODE: Final = re.compile(
    rf"(?:\bma(?: so)?(?: {_OWN})*|\bday so(?: {_OWN})*|\b(?:6|sau) so(?: {_OWN})+|"
    rf"\bcode(?: {_OWN})*)\s*:?\s*$"
)
_OTP_LENGTH: Final = 6
_PIN_BEFORE: Final = re.compile(
    rf"\b(?:mat khau|mk|pass ?word|passcode|pass|ma pin|pin|mat ma)(?: {_OWN})*\s*[:=]?\s*$"
)
_PIN_LENGTHS: Final = range(4, 13)
# Alone in a message, or right after somebody said what comes, digits need no word beside them.
_ALONE: Final = re.compile(rf"[\s\"'.,:]*(\d(?:[\s.\-{FILL}{BRIDGE}]{{0,6}}\d)+)[\s\"'.,!)]*")
_FEWEST_EXPECTED: Final = 3
_ROUND: Final = "000"  # a sum of money, as a price said between two people is
_ANNOUNCING: Final[tuple[tuple[Kind, str], ...]] = (
    ("citizen_id", _ID),
    ("otp", rf"{_OTP}|ma"),
    ("password", "mat khau|mk|passcode|pass|ma pin|mat ma"),
    ("account", "stk|so tai khoan|so tk"),
    ("card", "so the"),
    ("phone", "sdt|so dien thoai|so may|so zalo"),
)
_ANNOUNCED: Final = tuple(
    (
        kind,
        re.compile(
            rf"(?:{words})(?:\s+(?:cua|toi|tui|minh|em|e|con|no|la|nhu sau|day|ne|nhe|a|nha|dau|"
            rf"so))*\s*[:.…]*\s*$"
        ),
    )
    for kind, words in _ANNOUNCING
)
_OTP_AFTER: Final = re.compile(rf"[^\d\n]{{0,15}}\b{_OTP}")
_ACCOUNT_BEFORE: Final = re.compile(r"\b(?:stk|so (?:tai khoan|tk))[^\d\n]{0,40}$")
_LOOSE_ACCOUNT_BEFORE: Final = re.compile(
    r"\b(?:tk|tai khoan)(?: (?:la|cua|toi|em|e|minh|con|ngan hang|nh|[a-z]+bank|mb|acb|bidv))*[ :]*$"
)

_PASSWORD: Final = re.compile(
    r"\b(?:mat khau|mk|pass ?word|passcode|pass|ma pin|pin|mat ma)\b"
    r"(?:\s+(?:cu|moi|cua|toi|tui|em|e|minh|con|chau|bac|vneid|dang|nhap|app|wifi|tai|khoan|no|do|"
    r"day|nay|ne|dat|de)\b)*"
    r"(?P<link>\s*(?:\bla\b|[:=]))?\s*(?P<secret>[^\s,;•]+)"
)
_PASSPHRASE: Final = re.compile(
    r"\b(?:mat khau|mk|pass ?word|passcode|pass)\b[^\n,;:=]{0,30}?(?:\bla\b|[:=])\s*"
    r"(?P<secret>(?:[^\s,;•]+ ){1,3}[^\s,;•]*\d\d)\s*(?:$|[,.;!?\n]|nhe\b|nha\b|a$)"
)
_SHORTEST_LINKED: Final = 4
_SHORTEST_PASSWORD: Final = 6
_NO_PASSWORDS: Final = frozenset({"password", "passcode", "facebook", "internet", "android", "iphone"})

_ID_LENGTHS: Final = (9, 12)
_ID_PARTS: Final = range(5, 12)
_OTP_LENGTHS: Final = range(4, 9)
_ACCOUNT_LENGTHS: Final = range(6, 20)
_CARD_LENGTHS: Final = range(13, 20)
_CARD_GROUPS: Final = re.compile(r"(?:\d{4}\D+){3}\d{4}(?:\D+\d{3})?")
_DOMESTIC_CARD: Final = "9704"


def find_secrets(text: str, *, is_whole: bool = False, expected: Kind | None = None) -> list[Secret]:
    """List the secrets of a composed (NFC) text, in order, none overlapping another.

    `is_whole` says that nothing stands around it and no number was asked for: six digits are then a code.
    `expected` is what the message before announced.
    """
    folded = plain(fold_in_place(text))
    if is_whole and (alone := _ALONE.fullmatch(folded)):
        digits = len(_digits(alone[1]))
        if expected and digits >= _FEWEST_EXPECTED:
            return [Secret(*alone.span(1), expected)]
        if digits == _OTP_LENGTH and not _digits(alone[1]).endswith(_ROUND):
            return [Secret(*alone.span(1), "otp")]
    found: list[Secret] = []
    for step in _WITH_DIGITS if _DIGIT.search(folded) else _WITHOUT:
        taken = [(secret.start, secret.end) for secret in found]
        found.extend(secret for secret in step(folded) if not _overlaps(secret, taken))
    return sorted(found)


def announced(text: str) -> Kind | None:
    """Tell which secret a message says will come next, or broke off in the middle of."""
    folded = plain(fold_in_place(text)).rstrip()
    broken = re.search(r"\d{2,11}$", folded)
    if broken and _stands_before(_ID_RIGHT_BEFORE, folded, broken.start()):
        return "citizen_id"
    return next((kind for kind, words in _ANNOUNCED if words.search(folded[-_FARTHEST:])), None)


def _gathered_numbers(folded: str) -> Iterator[Secret]:
    """Citizen ids and mobile numbers in groups, whatever stands between the groups."""
    end = 0
    for number in gathered(folded, most=max(_CARD_LENGTHS)):
        if number.start < end or _stands_before(_CODE_BEFORE, folded, number.start):
            continue
        is_account = _stands_before(_ACCOUNT_BEFORE, folded, number.start)
        kind: Kind | None = None
        if _is_citizen_id(number.digits):
            kind = "citizen_id"
        elif _MOBILE.fullmatch(number.digits) and not re.match(r"\d", folded[number.end : number.end + 1]):
            kind = "phone"
        elif _CARD_GROUPS.fullmatch(folded, number.start, number.end) and _is_card(number.digits):
            kind = "card"
        if kind:
            end = number.end
            yield Secret(number.start, number.end, "account" if is_account else kind)


def _is_citizen_id(digits: str) -> bool:
    return len(digits) == max(_ID_LENGTHS) and int(digits[:3]) in _PROVINCES


def _overlaps(secret: Secret, taken: Iterable[tuple[int, int]]) -> bool:
    return any(secret.start < end and start < secret.end for start, end in taken)


def _passwords(folded: str) -> Iterator[Secret]:
    for match in _PASSWORD.finditer(folded):
        start, end = match.span("secret")
        typed = folded[start:end].rstrip(".?!)\"'")
        if _is_password(typed, linked=bool(match["link"])):
            unit = _UNIT_AFTER.match(folded, end) if typed.isdigit() else None
            if not unit:
                yield Secret(start, start + len(typed), "password")
                continue


def _passphrases(folded: str) -> Iterator[Secret]:
    """Passwords of several words, which only end in digits."""
    for match in _PASSPHRASE.finditer(folded):
        yield Secret(*match.span("secret"), "password")


def _is_password(typed: str, *, linked: bool) -> bool:
    if any(letter.isdigit() for letter in typed):
        return len(typed) >= (_SHORTEST_LINKED if linked else _SHORTEST_PASSWORD)
    # Without a digit only "mật khẩu là ..." gives it away, and only by not being a word of a question.
    is_word = is_syllable(typed) or typed in _NO_PASSWORDS
    return linked and len(typed) >= _SHORTEST_PASSWORD and not is_word


def _long_numbers(folded: str) -> Iterator[Secret]:
    """Cards and citizen ids, which their own form gives away, or a word before them."""
    for start, end in _runs(folded):
        if kind := _kind_by_form(folded, start, end):
            yield Secret(start, end, kind)
            continue
        for part in re.finditer(r"\d+", folded[start:end]):
            if kind := _kind_by_form(folded, start + part.start(), start + part.end()):
                yield Secret(start + part.start(), start + part.end(), kind)


def _kind_by_form(folded: str, start: int, end: int) -> Kind | None:
    digits = _digits(folded[start:end])
    if len(digits) in _ID_LENGTHS and _stands_before(_ID_WORDS, folded, start):
        return "citizen_id"
    if _stands_before(_CODE_BEFORE, folded, start) or _stands_before(_ACCOUNT_BEFORE, folded, start):
        return None
    # No sum of money begins with a nought, so it needs no look at what follows.
    if len(digits) == max(_ID_LENGTHS) and digits[0] == "0":
        return "citizen_id"
    if _MONEY.fullmatch(folded[start:end]) or _MONEY_AFTER.match(folded, end):
        return None
    return "card" if len(digits) in _CARD_LENGTHS and _is_card(digits) else None


def _phones(folded: str) -> Iterator[Secret]:
    if not _RUN.search(folded):
        return
    # Takes a fifth of a second to import: a question without a number must not wait for it.
    from phonenumbers import PhoneNumberMatcher, PhoneNumberType, number_type  # noqa: PLC0415

    for match in PhoneNumberMatcher(folded, "VN"):
        if _MONEY.fullmatch(match.raw_string) or _MONEY_AFTER.match(folded, match.end):
            continue
        if number_type(match.number) not in {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE}:
            is_account = _stands_before(_ACCOUNT_BEFORE, folded, match.start)
            yield Secret(match.start, match.end, "account" if is_account else "phone")


def _short_numbers(folded: str) -> Iterator[Secret]:
    """One-time codes and bank accounts, which only the words around them give away."""
    for start, end in _runs(folded):
        if _is_public(_digits(folded[start:end])):
            continue
        if whole := _kind_by_words(folded, start, end):
            yield Secret(start, end, whole)
            continue
        for part in re.finditer(r"\d+", folded[start:end]):
            kind = _kind_by_words(folded, start + part.start(), start + part.end())
            if kind:
                yield Secret(start + part.start(), start + part.end(), kind)


def _kind_by_words(folded: str, start: int, end: int) -> Kind | None:
    typed = folded[start:end]
    digits = _digits(typed)
    if (
        _is_public(digits)
        or _MONEY.fullmatch(typed)
        or _DATE.fullmatch(typed)
        or _MONEY_AFTER.match(folded, end)
    ):
        return None
    if kind := _half_or_pin(folded, start, end, len(digits)):
        return kind
    account = _stands_before(_ACCOUNT_BEFORE, folded, start) or _stands_before(
        _LOOSE_ACCOUNT_BEFORE, folded, start
    )
    if len(digits) in _ACCOUNT_LENGTHS and account:
        return "account"
    if len(digits) not in _OTP_LENGTHS or (len(digits) < _OTP_LENGTH and _is_quantity(folded, start, end)):
        return None
    bare = len(digits) == _OTP_LENGTH and _stands_before(_BARE_CODE, folded, start)
    named = (
        _stands_before(_OTP_BEFORE, folded, start)
        or _stands_before(_OTP_GLUED, folded, start)
        or _OTP_AFTER.match(folded, end)
    )
    return "otp" if bare or named else None


def _half_or_pin(folded: str, start: int, end: int, length: int) -> Kind | None:
    """Find half an ID number, or a PIN written as several groups."""
    if _is_quantity(folded, start, end):
        return None
    if length in _ID_PARTS and _stands_before(_ID_RIGHT_BEFORE, folded, start):
        return "citizen_id"
    is_pin = length in _PIN_LENGTHS and _stands_before(_PIN_BEFORE, folded, start)
    return "password" if is_pin else None


def _stands_before(words: re.Pattern[str], folded: str, position: int) -> bool:
    return bool(words.search(folded, max(0, position - _FARTHEST), position))


def _is_public(digits: str) -> bool:
    return bool(_PUBLIC.fullmatch(digits))


def _is_quantity(folded: str, start: int, end: int) -> bool:
    return bool(_UNIT_AFTER.match(folded, end) or _stands_before(_YEAR_BEFORE, folded, start))


def _runs(folded: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _RUN.finditer(folded))


# In the order of who may take a stretch first. Most questions hold no digit, and wait for none of it.
_WITHOUT: Final = (_passwords,)
_WITH_DIGITS: Final = (
    _passwords,
    _passphrases,
    _long_numbers,
    _gathered_numbers,
    _phones,
    _short_numbers,
)


def _digits(typed: str) -> str:
    return "".join(letter for letter in typed if letter.isdigit())


def _is_card(digits: str) -> bool:
    return digits.startswith(_DOMESTIC_CARD) or (digits[0] in "23456" and _passes_luhn(digits))


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
