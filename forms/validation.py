"""Checking answers: all that is wrong at once, each at its field; what the city knows for certain wins over what was typed."""

from collections.abc import Iterator, Mapping

import marshmallow

from engine.errors import Finding, Invalid, Severity
from forms import schema
from forms.model import Form, found, placed
from forms.scope import Around
from forms.view import Known


def validate(
    form: Form,
    answers: Mapping[str, object],
    *,
    facts: Mapping[str, object] | None = None,
    data: Mapping[str, object] | None = None,
    node: str = "",
) -> Mapping[str, object]:
    """The answers as typed values by key: text, int, Decimal, bool, list, date, None for nothing; hidden fields are left out.

    facts: values of grade A by binding. data: what was known before, by key: conditions name it, and a field that only shows
    keeps it whatever was sent. node: the step of the diagram. Raises Invalid with findings that point at `/key` or
    `/list/0/key`."""
    certain = {name: value for name, value in (facts or {}).items() if value is not None}
    try:
        return schema.load(form.fields, answers, Around(data or {}, certain, node))
    except marshmallow.ValidationError as error:
        raise Invalid(findings=tuple(_findings(error.messages, ""))) from None


def _findings(messages: object, at: str) -> Iterator[Finding]:
    """What is wrong, with its place, from marshmallow's tree of messages."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _findings(inner, f"{at}/{str(key).replace('.', '/')}")
        return
    for code, en, zh in messages if isinstance(messages, list) else ():
        is_unknown = code == schema.UNKNOWN[0]
        said = (f"The form has no field {at[1:]}.", f"表单中没有字段 {at[1:]}。") if is_unknown else (en, zh)
        yield Finding(Severity.ERROR, code, at, *said)


def known(form: Form, facts: Mapping[str, Known]) -> dict[str, object]:
    """What registers know of the answers, by key, where it is trusted enough for the field. facts: by binding."""
    wanted = ((leaf.key, leaf.trust, facts.get(leaf.source)) for leaf in form.leaves())
    return {key: fact.value for key, trust, fact in wanted if fact is not None and fact.value is not None and fact.trust <= trust}


def completed(form: Form, answers: Mapping[str, object], facts: Mapping[str, Known]) -> dict[str, object]:
    """The answers, and where nothing was answered what the city knows well enough for the field. facts: by binding."""
    whole = dict(answers)
    for key, value in known(form, facts).items():
        if found(answers, key) in (None, ""):
            whole = placed(whole, key, value)
    return whole
