"""From what arrives (texts of a posted form, JSON) to typed values, and back to what an input shows."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

import re2

from forms.formats import FORMATS
from forms.model import CHOICES, TEXTS, Field

Said = tuple[str, str, str]
"""(code, English, Chinese) of what is wrong with one value."""

_TRUE, _FALSE = {"true", "on", "yes", "1", True}, {"false", "off", "no", "0", "", False, None}


def typed(field: Field, raw: object) -> tuple[object, Said | None]:
    """(value, what is wrong): text, int or Decimal, bool, list of texts, date; None for nothing."""
    if field.kind == "checkbox":
        return _flag(raw)
    if field.kind == "checklist":
        return _several(field, raw)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, None
    if field.kind == "number":
        return _number(field, raw)
    if field.kind == "datetime":
        return _day(raw)
    if field.kind in CHOICES:
        return _one(field, str(raw))
    if not isinstance(raw, (str, int, float, Decimal)):
        return None, ("field.type", "Enter a text.", "请填写文字。")
    return _tidy(field, str(raw)), None


def _tidy(field: Field, text: str) -> str:
    """Without spaces around it; a number that carries a check mark also without spaces inside, in capitals and plain digits.

    What is no such number stays as it was typed, so that the person finds their own mistake again."""
    text = text.strip()
    if field.rules.format not in ("id-number", "uscc", "bank-account", "mobile"):
        return text
    tight = re.sub(r"\s", "", normalize("NFKC", text)).upper()
    return tight if FORMATS[field.rules.format][0](tight) else text


def _flag(raw: object) -> tuple[object, Said | None]:
    if isinstance(raw, (str, bool, type(None))):
        if raw in _TRUE:
            return True, None
        if raw in _FALSE:
            return False, None
    return None, ("field.type", "Choose yes or no.", "请选择是或否。")


def _several(field: Field, raw: object) -> tuple[object, Said | None]:
    given = raw if isinstance(raw, list) else [] if raw in (None, "") else [raw]
    known = {option.value for option in field.options}
    if any(str(value) not in known for value in given):
        return None, ("field.option", "Choose among the options.", "请在所列选项中选择。")
    return [str(value) for value in given], None


def _one(field: Field, text: str) -> tuple[object, Said | None]:
    if text in {option.value for option in field.options}:
        return text, None
    return None, ("field.option", "Choose one of the options.", "请在所列选项中选择。")


def _number(field: Field, raw: object) -> tuple[object, Said | None]:
    try:
        value = Decimal(str(raw).strip().replace(",", ""))
    except InvalidOperation:
        return None, ("field.number", "Enter a number.", "请填写数字。")
    if isinstance(raw, bool) or not value.is_finite() or abs(value.adjusted()) > 30:
        return None, ("field.number", "Enter a number.", "请填写数字。")
    if value == value.to_integral_value():
        return int(value), None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.decimals and field.decimals:
        return None, ("field.decimals", f"At most {field.decimals} decimals.", f"最多 {field.decimals} 位小数。")
    return value, None


def _day(raw: object) -> tuple[object, Said | None]:
    if isinstance(raw, datetime):
        return raw.date(), None
    if isinstance(raw, date):
        return raw, None
    try:
        return date.fromisoformat(str(raw).strip()), None
    except ValueError:
        return None, ("field.date", "Enter a date such as 2026-11-24.", "请填写日期，如 2026-11-24。")


def broken_rule(field: Field, value: object, scope: Mapping[str, object]) -> Said | None:
    """The first rule a typed value breaks, None when it is fine."""
    rules = field.rules
    if value in (None, "", []) or (field.kind == "checkbox" and value is False):
        return ("field.required", f"{_name(field, 1)} is required.", f"请填写“{_name(field, 0)}”。") if rules.required else None
    found = _text_rule(field, str(value)) if field.kind in TEXTS else _number_rule(field, value)
    if found is None and rules.check is not None and rules.check.evaluate({**scope, "value": value}) is not True:
        return ("field.check", rules.check_en or f"Check {_name(field, 1)}.", rules.check_zh or f"请核对“{_name(field, 0)}”。")
    return found


def _name(field: Field, place: int) -> str:
    return (field.label, field.label_en or field.label)[place] or field.key


def _text_rule(field: Field, text: str) -> Said | None:
    rules = field.rules
    if rules.min_length is not None and len(text) < rules.min_length:
        return ("field.short", f"At least {rules.min_length} characters.", f"至少 {rules.min_length} 个字。")
    if rules.max_length is not None and len(text) > rules.max_length:
        return ("field.long", f"At most {rules.max_length} characters.", f"最多 {rules.max_length} 个字。")
    if rules.pattern and re2.search(rules.pattern, text) is None:
        return ("field.pattern", f"Check how {_name(field, 1)} is written.", f"“{_name(field, 0)}”格式有误。")
    if rules.format and not FORMATS[rules.format][0](text):
        return ("field.format", FORMATS[rules.format][2], FORMATS[rules.format][1])
    return None


def _number_rule(field: Field, value: object) -> Said | None:
    rules = field.rules
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        return None
    if rules.minimum is not None and value < Decimal(str(rules.minimum)):
        return ("field.small", f"At least {rules.minimum:g}.", f"不得小于 {rules.minimum:g}。")
    if rules.maximum is not None and value > Decimal(str(rules.maximum)):
        return ("field.large", f"At most {rules.maximum:g}.", f"不得大于 {rules.maximum:g}。")
    return None
