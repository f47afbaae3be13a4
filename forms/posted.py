"""From the name-value pairs of a posted form to answers; adding and removing rows without any script."""

from collections.abc import Iterable, Mapping
from typing import Any

from forms.model import SEVERAL, Field, Form, found, leaves, nested, placed

ADD, REMOVE = "_add", "_remove"


def read_posted(form: Form, pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Answers by key; names are `key` or `list.0.key`. An unticked box is False, names that are no fields are left out."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    return _level(form.fields, given, "")


def _level(fields: tuple[Field, ...], given: Mapping[str, list[str]], prefix: str) -> dict[str, object]:
    answers: dict[str, object] = {}
    for leaf in leaves(fields):
        name = prefix + leaf.key
        if leaf.kind == "dynamiclist":
            answers[leaf.key] = _rows(leaf, given, name)
        elif leaf.kind == "checkbox":
            answers[leaf.key] = name in given
        elif leaf.kind in SEVERAL:
            answers[leaf.key] = given.get(name, [])
        elif leaf.kind == "filepicker":
            answers[leaf.key] = [text for text in given.get(name, []) if text]
        elif name in given and leaf.kind != "expression":
            answers[leaf.key] = given[name][-1]
    return nested(answers)


def _rows(field: Field, given: Mapping[str, list[str]], name: str) -> list[dict[str, object]]:
    numbers = sorted({int(n[len(name) + 1 :].split(".")[0]) for n in given if _is_row(n, name)})
    rows = [_level(field.children, given, f"{name}.{nth}.") for nth in numbers]
    return [row for row in rows if any(value not in ("", None, [], False) for value in row.values())]


def _is_row(name: str, prefix: str) -> bool:
    return name.startswith(f"{prefix}.") and name[len(prefix) + 1 :].split(".")[0].isdigit()


def rearranged(form: Form, answers: Mapping[str, object], posted: Mapping[str, str]) -> dict[str, Any]:
    """The answers after an `_add` (value: list key) or `_remove` (value: `list.2`) button; unchanged for any other."""
    lists = {leaf.key for leaf in form.leaves() if leaf.kind == "dynamiclist" and leaf.look.can_add}
    if (key := posted.get(ADD, "")) in lists:
        rows = _listed(found(answers, key))
        drawn = max(1, len(rows), len({n[len(key) + 1 :].split(".")[0] for n in posted if _is_row(n, key)}))
        # empty rows on the page are drawn again
        return placed(answers, key, [*rows, *({} for _ in range(drawn + 1 - len(rows)))])
    key, _, nth = posted.get(REMOVE, "").rpartition(".")
    if key in lists and nth.isdigit():
        return placed(answers, key, [row for place, row in enumerate(_listed(found(answers, key))) if place != int(nth)])
    return dict(answers)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
