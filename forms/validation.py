"""Checking answers: all that is wrong at once, each at its field; what the city knows for certain wins over what was typed."""

from collections.abc import Mapping

from engine.errors import Finding, Invalid, Severity
from forms import values
from forms.model import Field, Form

MOST_ROWS = 200


def validate(form: Form, answers: Mapping[str, object], *, facts: Mapping[str, object] | None = None) -> Mapping[str, object]:
    """The answers as typed values by key: text, int, Decimal, bool, list, date, None for nothing; hidden fields are left out.

    facts: values of grade A by binding. Raises Invalid with findings that point at `/key` or `/list/0/key`."""
    checking = _Checking({name: value for name, value in (facts or {}).items() if value is not None})
    known = {leaf.key for leaf in form.leaves()}
    for key in answers:
        if key not in known:
            checking.wrong(f"/{key}", ("field.unknown", f"The form has no field {key}.", f"表单中没有字段 {key}。"))
    found = checking.fields(form.fields, answers, "", {})
    if checking.findings:
        raise Invalid(findings=checking.findings)
    return found


def completed(form: Form, answers: Mapping[str, object], known: Mapping[str, object]) -> dict[str, object]:
    """The answers, and where nothing was answered what the city knows. known: values by binding, of any grade."""
    blank = (leaf for leaf in form.leaves() if leaf.source in known and answers.get(leaf.key) in (None, ""))
    return {**answers, **{leaf.key: known[leaf.source] for leaf in blank}}


class _Checking:
    """One pass over the answers; collects what is wrong."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        self.facts = facts
        self.findings: list[Finding] = []

    def wrong(self, pointer: str, said: values.Said) -> None:
        code, en, zh = said
        self.findings.append(Finding(Severity.ERROR, code, pointer, en, zh))

    def fields(
        self, fields: tuple[Field, ...], answers: Mapping[str, object], at: str, around: Mapping[str, object]
    ) -> dict[str, object]:
        """Typed values of one level. around: values of the levels outside, which conditions may name, too."""
        scope = {**around, **self._typed(fields, answers)}
        found: dict[str, object] = {}
        for field in fields:
            if field.is_hidden(scope):
                continue
            if field.kind == "group":
                found |= self.fields(field.children, answers, at, scope)
            elif field.kind == "dynamiclist":
                found[field.key] = self._rows(field, answers.get(field.key), f"{at}/{field.key}", scope)
            elif field.key:
                found[field.key] = self._one(field, answers, f"{at}/{field.key}", scope)
        return found

    def _typed(self, fields: tuple[Field, ...], answers: Mapping[str, object]) -> dict[str, object]:
        """What conditions see: every value of this level as far as it can be read."""
        found: dict[str, object] = {}
        for leaf in Form("", fields).leaves():
            found[leaf.key] = (
                answers.get(leaf.key) if leaf.kind == "dynamiclist" else values.typed(leaf, self._raw(leaf, answers))[0]
            )
        return found

    def _raw(self, field: Field, answers: Mapping[str, object]) -> object:
        if field.source in self.facts:
            return self.facts[field.source]
        return answers.get(field.key, field.default)

    def _one(self, field: Field, answers: Mapping[str, object], at: str, scope: Mapping[str, object]) -> object:
        value, said = values.typed(field, self._raw(field, answers))
        said = said or (None if field.source in self.facts else values.broken_rule(field, value, scope))
        if said is not None:
            self.wrong(at, said)
        return value

    def _rows(self, field: Field, raw: object, at: str, scope: Mapping[str, object]) -> list[dict[str, object]]:
        rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
        if field.rules.required and not rows:
            name = field.label or field.key
            self.wrong(at, ("field.rows", f"Add at least one row to {field.label_en or name}.", f"请至少填写一行“{name}”。"))
        if len(rows) > MOST_ROWS:
            self.wrong(at, ("field.rows.many", f"At most {MOST_ROWS} rows.", f"最多 {MOST_ROWS} 行。"))
            return []
        return [self.fields(field.children, row, f"{at}/{place}", scope) for place, row in enumerate(rows)]
