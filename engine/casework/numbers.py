"""Case numbers, document numbers and codes: readable, unique, made without a counter that everybody waits for.

A number is the office, the day in the office's zone and seven symbols drawn from the case's own random id, the last of them a
check symbol, so that a slip in typing is noticed before the database is asked. Symbols leave out I, L, O and U."""

import hashlib
import secrets
from datetime import datetime

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BODY = 6


def case_no(office: str, opened_on: datetime, seed: str) -> str:
    """`SCJG-20261124-4F7K2Q8`. opened_on: local time of the office. seed: a random id; the same seed gives the same number."""
    body = _draw(seed, _BODY)
    return f"{office.upper()}-{opened_on:%Y%m%d}-{body}{_check(body)}"


def is_well_formed(number: str) -> bool:
    """Whether a case number's check symbol fits; says nothing about whether the case exists."""
    tail = number.rsplit("-", 1)[-1].upper()
    return len(tail) == _BODY + 1 and set(tail) <= set(_SYMBOLS) and _check(tail[:-1]) == tail[-1]


def document_no(prefix: str, case_number: str, nth: int) -> str:
    """`受理〔2026〕SCJG-20261124-4F7K2Q8-1`: unique because the case number is and `nth` counts within the case."""
    return f"{prefix}〔{case_number.split('-')[-2][:4]}〕{case_number}-{nth}"


def licence_no(kind: str, case_number: str, nth: int) -> str:
    """A licence number: type, then the day and symbols of the case that issued it."""
    _, day, tail = case_number.rsplit("-", 2)
    return f"{kind.upper()}{day}{tail}" + (f"-{nth}" if nth > 1 else "")


def verification_code() -> str:
    """Eighty random bits for `/verify/<code>`; nobody can walk through them."""
    return "".join(secrets.choice(_SYMBOLS) for _ in range(16))


def query_code() -> str:
    """Six symbols that, with the case number, show progress without sign-in."""
    return "".join(secrets.choice(_SYMBOLS) for _ in range(6))


def _draw(seed: str, count: int) -> str:
    value = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    return "".join(_SYMBOLS[(value >> (5 * i)) & 31] for i in range(count))


def _check(body: str) -> str:
    return _SYMBOLS[sum((i + 2) * _SYMBOLS.index(s) for i, s in enumerate(body)) % 31]
