"""Whether the questions before the form lead somewhere: each has options, each `when` and stop names a question and an answer."""

from collections.abc import Iterator, Mapping

import forms
from engine.casework import manifest as manifests
from engine.errors import Finding, Severity

_LISTS = ("situations", "conditions", "materials", "steps", "fees")


def check(manifest: Mapping[str, object], form: forms.Form | None) -> Iterator[Finding]:
    """Findings of one item. form: its application form, which words a question that has no options of its own."""
    item = manifests.table(manifest, "item")
    asked = dict(_asked(item, form))
    for key, values in asked.items():
        if not values:
            en = f"The situation {key} has no options, and the form has no field {key} to take them from."
            yield _error("situations", en, f"情形 {key} 没有选项，表单也没有字段 {key}。")
    for name in _LISTS:
        for row in _tables(item, name):
            named = [*manifests.table(row, "when").items()]
            named += [(manifests.text(row, "key"), list(manifests.table(row, "stops")))] if name == "situations" else []
            for key, wanted in named:
                for value in wanted if isinstance(wanted, list | tuple) else [wanted]:
                    if asked.get(key) is None or str(value) not in asked[key]:
                        yield _error(name, f"There is no situation {key}={value}.", f"没有情形 {key}={value}。")


def _asked(item: Mapping[str, object], form: forms.Form | None) -> Iterator[tuple[str, frozenset[str]]]:
    fields = {field.key: field for field in form.leaves()} if form is not None else {}
    for row in _tables(item, "situations"):
        key = manifests.text(row, "key")
        own = frozenset(manifests.text(option, "value") for option in _tables(row, "options"))
        field = fields.get(key)
        yield key, own or frozenset(option.value for option in (field.options if field else ()))


def _tables(table: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    return tuple(row for row in manifests.rows(table.get(name)) if isinstance(row, Mapping))


def _error(name: str, en: str, zh: str) -> Finding:
    return Finding(Severity.ERROR, "manifest.situation", f"item.{name}", en, zh)
