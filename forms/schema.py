"""One marshmallow schema for each form: it checks what people post and what machines send alike.

Which answers are asked for depends on the answers, so a level is first opened (what is hidden taken away, what only shows put in)
and then loaded; a list loads its rows by a schema of its own."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import marshmallow

from forms import values
from forms.model import Field, found, leaves
from forms.scope import Answers, Around, known, raw, scope_of, visible

MOST_ROWS = 200
UNKNOWN: values.Said = ("field.unknown", "The form has no such field.", "表单中没有该字段。")


class Opened(dict[str, object]):
    """Answers of one level by key, and what their rules see. fixed: keys that only show."""

    def __init__(self, fields: tuple[Field, ...], answers: Answers, around: Around) -> None:
        self.around, self.scope = around, scope_of(fields, answers, around)
        shown = list(visible(fields, self.scope, around.node, is_fixed=around.is_fixed))
        self.fixed = frozenset(leaf.key for leaf, only_shows in shown if only_shows)
        asked = {leaf.key: known(leaf, around) if only_shows else raw(leaf, answers, around) for leaf, only_shows in shown}
        super().__init__({**_unknown(answers, [leaf.key for leaf in leaves(fields)]), **asked})


def _unknown(answers: Answers, keys: list[str], prefix: str = "") -> dict[str, object]:
    """What was sent that is no field, by its place."""
    strange: dict[str, object] = {}
    for name, value in answers.items():
        place = f"{prefix}{name}"
        if place in keys:
            continue
        if isinstance(value, Mapping) and any(key.startswith(f"{place}.") for key in keys):
            strange |= _unknown(value, keys, f"{place}.")
        else:
            strange[place] = value
    return strange


class Answer(marshmallow.fields.Field[object]):
    """The answer to one field: typed, then held against its rules."""

    def __init__(self, of: Field) -> None:
        super().__init__(data_key=of.key, attribute=of.key)
        self.of = of

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> object:
        """The typed value; what is hidden is missing and stays so. Raises ValidationError with what is said to the person."""
        if value is marshmallow.missing:
            return value
        answer, said = self.checked(value, data)
        if said is not None:
            raise marshmallow.ValidationError([said])  # both languages and a code, not one text
        return answer

    def checked(self, value: object, given: Opened) -> tuple[object, values.Said | None]:
        """(value, what is wrong); what the city knows for certain and what only shows is nobody's mistake."""
        if self.of.kind == "expression":
            return found(given.scope, self.of.key), None
        options = values.options_of(self.of, given.scope) if self.of.choices is not None else None
        answer, said = values.typed(self.of, value, options)
        if self.of.key in given.fixed:
            return answer, None
        is_known = self.of.source in given.around.facts
        return answer, said or (None if is_known else values.broken_rule(self.of, answer, given.scope))


class Rows(Answer):
    """The rows of a list, each checked by the schema of its fields."""

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> object:
        """The rows that are tables. Raises ValidationError with what is wrong by row."""
        if value is marshmallow.missing:
            return value
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        if self.of.key in data.fixed:
            return rows
        if said := self._counted(rows):
            raise marshmallow.ValidationError([said])  # both languages and a code, not one text
        return self._loaded(rows, data)

    def _counted(self, rows: list[Answers]) -> values.Said | None:
        name = self.of.label or self.of.key
        if self.of.rules.required and not rows:
            return "field.rows", f"Add at least one row to {self.of.label_en or name}.", f"请至少填写一行“{name}”。"
        if len(rows) > MOST_ROWS:
            return "field.rows.many", f"At most {MOST_ROWS} rows.", f"最多 {MOST_ROWS} 行。"
        return None

    def _loaded(self, rows: list[Answers], data: Opened) -> list[object]:
        loaded: list[object] = []
        wrong = {}
        for place, row in enumerate(rows):
            try:
                loaded.append(load(self.of.children, row, data.around.row(self.of, row, place, data.scope)))
            except marshmallow.ValidationError as error:
                wrong[place] = error.messages
        if wrong:
            raise marshmallow.ValidationError(wrong)
        return loaded


class FormSchema(marshmallow.Schema):
    """The answers of a form, or of one row of a list."""

    class Meta:
        """What is no field is refused, so that nothing gets in beside the form."""

        unknown = marshmallow.RAISE

    error_messages = {"unknown": UNKNOWN}  # type: ignore[dict-item]  # both languages and a code, not one text


@lru_cache(maxsize=1024)
def schema_of(fields: tuple[Field, ...]) -> FormSchema:
    """The schema of a level, made once."""
    made = {f"answer_{n}": (Rows if leaf.kind == "dynamiclist" else Answer)(leaf) for n, leaf in enumerate(leaves(fields))}
    return FormSchema.from_dict(made, name="Answers")()  # type: ignore[return-value, arg-type]  # a subclass of the class asked


def load(fields: tuple[Field, ...], answers: Answers, around: Around) -> dict[str, object]:
    """Typed values of one level. Raises ValidationError with what is wrong by key, all at once."""
    loaded: dict[str, object] = schema_of(fields).load(Opened(fields, answers, around))
    return loaded
