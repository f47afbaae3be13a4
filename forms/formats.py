"""Numbers that carry their own proof: identity numbers, credit codes, bank cards; and mobile numbers, e-mail."""

import re
from collections.abc import Callable, Mapping
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_MARKS = "10X98765432"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_id_number(text: str) -> bool:
    """A citizen's identity number by GB 11643: 17 digits with a real date of birth and the check mark (ISO 7064 mod 11-2)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return _ID_MARKS[sum(w * int(d) for w, d in zip(_ID_WEIGHTS, text, strict=False)) % 11] == text[17]


def is_uscc(text: str) -> bool:
    """A unified social credit code by GB 32100: 18 marks, the last one mod 31 over powers of 3."""
    if len(text) != 18 or any(mark not in _USCC for mark in text):
        return False
    total = sum(_USCC.index(mark) * pow(3, place, 31) for place, mark in enumerate(text[:17]))
    return _USCC[-total % 31] == text[17]


def is_bank_account(text: str) -> bool:
    """A bank card number of 12 to 19 digits with its Luhn digit."""
    if not re.fullmatch(r"[0-9]{12,19}", text):
        return False
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(text))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def is_mobile(text: str) -> bool:
    """A mobile number of the mainland: 11 digits from 13 to 19."""
    return re.fullmatch(r"1[3-9][0-9]{9}", text) is not None


def is_email(text: str) -> bool:
    """An address that could exist."""
    return re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text) is not None


FORMATS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "id-number": (is_id_number, "身份证号码有误，请核对 18 位号码。", "This is no valid identity number; check its 18 digits."),
    "uscc": (is_uscc, "统一社会信用代码有误，请核对 18 位代码。", "This is no valid credit code; check its 18 marks."),
    "bank-account": (is_bank_account, "银行卡号有误，请核对。", "This is no valid bank card number; check it."),
    "mobile": (is_mobile, "手机号码有误，应为 11 位数字。", "This is no valid mobile number; it has 11 digits."),
    "phone": (is_mobile, "手机号码有误，应为 11 位数字。", "This is no valid mobile number; it has 11 digits."),
    "email": (is_email, "电子邮箱地址有误。", "This is no valid e-mail address."),
}
"""Format → (check, what to say in Chinese, in English)."""
