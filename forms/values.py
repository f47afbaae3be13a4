"""From what arrives (texts of a posted form, JSON) to typed values, and back to what an input shows."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

import re2

from engine.feel import Expression
from forms import masking
from forms.formats import FORMATS
from forms.model import CHOICES, SEVERAL, TEXTS, Bound, Field, Option, found

Said = tuple[str, str, str]
"""(code, English, Chinese) of what is wrong with one value."""

_TRUE, _FALSE = {"true", "on", "yes", "1", True}, {"false", "off", "no", "0", "", False, None}


def options_of(field: Field, scope: Mapping[str, object]) -> tuple[Option, ...]:
    """The options of a choice: listed, or found among the data by key or expression as texts or tables {value, label}."""
    if field.choices is None:
        return field.options
    given = field.choices.evaluate(scope) if isinstance(field.choices, Expression) else found(scope, field.choices)
    return tuple(_option(row) for row in given) if isinstance(given, list | tuple) else ()


def _option(row: object) -> Option:
    table = row if isinstance(row, Mapping) else {"value": row}
    value = str(table.get("value", table.get("label", "")))
    return Option(value, str(table.get("label") or value), str(table.get("label_en") or ""))


def typed(field: Field, raw: object, options: tuple[Option, ...] | None = None) -> tuple[object, Said | None]:
    """(value, what is wrong): text, int or Decimal, bool, list of texts, date, time, datetime; None for nothing.

    options: of a choice whose options are not listed; without them it is taken as it is."""
    if field.kind == "checkbox":
        return _flag(raw)
    if field.kind in SEVERAL:
        return _several(_known(field, options), raw)
    if field.kind == "filepicker":
        return _files(raw)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, None
    if field.kind == "number":
        return _number(field, raw)
    if field.kind == "datetime":
        return _moment(field, raw)
    if field.kind in CHOICES:
        return _one(_known(field, options), str(raw))
    if not isinstance(raw, (str, int, float, Decimal)) or isinstance(raw, bool):
        return None, ("field.type", "Enter a text.", "请填写文字。")
    return _tidy(field, str(raw)), None


def _known(field: Field, options: tuple[Option, ...] | None) -> frozenset[str] | None:
    """The values that may be chosen; None where that is not known yet."""
    if options is None and field.choices is not None:
        return None
    return frozenset(option.value for option in (field.options if options is None else options))


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


def _several(known: frozenset[str] | None, raw: object) -> tuple[object, Said | None]:
    given = raw if isinstance(raw, list) else [] if raw in (None, "") else [raw]
    chosen = list(dict.fromkeys(str(value) for value in given))
    if known is not None and any(value not in known for value in chosen):
        return None, ("field.option", "Choose among the options.", "请在所列选项中选择。")
    return chosen, None


def _one(known: frozenset[str] | None, text: str) -> tuple[object, Said | None]:
    if known is None or text in known:
        return text, None
    return None, ("field.option", "Choose one of the options.", "请在所列选项中选择。")


def _files(raw: object) -> tuple[object, Said | None]:
    given = raw if isinstance(raw, list) else [] if raw in (None, "") else [raw]
    if not all(isinstance(each, str) and re.fullmatch(r"[0-9a-zA-Z-]{1,64}", each) for each in given):
        return None, ("field.file", "Choose a file and upload it.", "请选择并上传文件。")
    return list(dict.fromkeys(given)), None


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


def _moment(field: Field, raw: object) -> tuple[object, Said | None]:
    text = str(raw).strip()
    try:
        if field.subtype == "time":
            return raw if isinstance(raw, time) else time.fromisoformat(text), None
        if field.subtype == "datetime":
            return raw if isinstance(raw, datetime) else datetime.fromisoformat(text), None
        if isinstance(raw, date):
            return raw.date() if isinstance(raw, datetime) else raw, None
        return date.fromisoformat(text), None
    except ValueError:
        return None, _MOMENTS.get(field.subtype, _MOMENTS["date"])


_MOMENTS: Mapping[str, Said] = {
    "date": ("field.date", "Enter a date such as 2026-11-24.", "请填写日期，如 2026-11-24。"),
    "time": ("field.time", "Enter a time such as 09:30.", "请填写时间，如 09:30。"),
    "datetime": ("field.datetime", "Enter date and time such as 2026-11-24T09:30.", "请填写日期和时间，如 2026-11-24T09:30。"),
}


def broken_rule(field: Field, value: object, scope: Mapping[str, object]) -> Said | None:
    """The first rule a typed value breaks, None when it is fine."""
    rules = field.rules
    if value in (None, "", []) or (field.kind == "checkbox" and value is False):
        return ("field.required", f"{_name(field, 1)} is required.", f"请填写“{_name(field, 0)}”。") if rules.required else None
    if field.is_masked and masking.is_mask(value):
        return ("field.masked", f"Enter {_name(field, 1)} in full.", f"请完整填写“{_name(field, 0)}”。")
    found = _text_rule(field, str(value), scope) if field.kind in TEXTS else _number_rule(field, value, scope)
    if found is None and rules.check is not None and rules.check.evaluate({**scope, "value": value}) is not True:
        return ("field.check", rules.check_en or f"Check {_name(field, 1)}.", rules.check_zh or f"请核对“{_name(field, 0)}”。")
    return found


def bound(given: Bound | None, scope: Mapping[str, object]) -> Decimal | None:
    """A bound as a number; none when its expression gives none."""
    value = given.evaluate(scope) if isinstance(given, Expression) else given
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _name(field: Field, place: int) -> str:
    return (field.label, field.label_en or field.label)[place] or field.key


def _text_rule(field: Field, text: str, scope: Mapping[str, object]) -> Said | None:
    rules = field.rules
    least, most = bound(rules.min_length, scope), bound(rules.max_length, scope)
    if least is not None and len(text) < least:
        return ("field.short", f"At least {_short(least)} characters.", f"至少 {_short(least)} 个字。")
    if most is not None and len(text) > most:
        return ("field.long", f"At most {_short(most)} characters.", f"最多 {_short(most)} 个字。")
    if rules.pattern and re2.search(rules.pattern, text) is None:
        return ("field.pattern", f"Check how {_name(field, 1)} is written.", f"“{_name(field, 0)}”格式有误。")
    if rules.format and not FORMATS[rules.format][0](text):
        return ("field.format", FORMATS[rules.format][2], FORMATS[rules.format][1])
    return None


def _number_rule(field: Field, value: object, scope: Mapping[str, object]) -> Said | None:
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        return None
    least, most = bound(field.rules.minimum, scope), bound(field.rules.maximum, scope)
    if least is not None and value < least:
        return ("field.small", f"At least {_short(least)}.", f"不得小于 {_short(least)}。")
    if most is not None and value > most:
        return ("field.large", f"At most {_short(most)}.", f"不得大于 {_short(most)}。")
    return None


def _short(number: Decimal) -> str:
    """`5` rather than `5.0`."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
