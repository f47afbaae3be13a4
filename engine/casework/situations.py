"""情形: the few questions before the form, and what follows from their answers: materials, conditions, fees, fields, or no.

A question whose key is a field of the application form takes its words and options from there where it has none of its own; its
answer goes into the form and stays changeable there. `when = {key = "value"}` (or a list of values) makes a question, material,
condition, step or fee hold in some situations only; while a question is open, whatever may hold is listed. `stops` names the
answers with which nobody can apply, each with why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import forms
from engine.casework import form_files
from engine.casework import manifest as manifests
from engine.casework.catalogue import Item
from engine.casework.manifest import Words
from engine.transaction import Transaction

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. stop: why nobody in this situation can apply, None when they can."""

    value: str
    label: Words
    stop: Words | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is asked now. answer: the value chosen so far, empty while it is open."""

    key: str
    question: Words
    options: tuple[Option, ...]
    answer: str = ""

    @property
    def chosen(self) -> Option | None:
        """The option chosen."""
        return next((option for option in self.options if option.value == self.answer), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One field the form will show. source: the shared base that fills it in, empty where the person does."""

    label: Words
    source: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Personal:
    """The list for one situation. fields: what the form will show, without the questions already answered. fee_fen: the sum."""

    questions: tuple[Question, ...]
    stops: tuple[Words, ...]
    conditions: tuple[object, ...]
    materials: tuple[object, ...]
    steps: tuple[object, ...]
    fees: tuple[object, ...]
    fee_fen: int
    fields: tuple[Asked, ...]

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers that count, by key."""
        return {question.key: question.answer for question in self.questions if question.answer}

    @property
    def open(self) -> Question | None:
        """The next question without an answer."""
        return next((question for question in self.questions if not question.answer), None)


def of(tx: Transaction, item: Item, given: Answers) -> Personal:
    """The questions of an item with the answers given (others are ignored), and what they lead to."""
    form = form_files.form(tx, item.deployment_id, item.form_id) if item.is_online and item.form_id else None
    questions = tuple(_questions(item, form, given))
    answers = {question.key: question.answer for question in questions if question.answer}
    fees = _rows(item, "fees", answers)
    return Personal(
        questions=questions,
        stops=tuple(q.chosen.stop for q in questions if q.chosen is not None and q.chosen.stop),
        conditions=_rows(item, "conditions", answers),
        materials=_rows(item, "materials", answers),
        steps=_rows(item, "steps", answers),
        fees=fees,
        fee_fen=sum(manifests.number(fee, "fee_fen") for fee in fees if isinstance(fee, Mapping)) if fees else item.fee_fen,
        fields=tuple(_fields(form, answers)) if form is not None else (),
    )


def answers_for_form(tx: Transaction, item: Item, given: Answers) -> dict[str, object]:
    """The answers that are fields of the application form: what its draft begins with."""
    form = form_files.form(tx, item.deployment_id, item.form_id) if item.form_id else None
    known = forms.keys(form) if form is not None else ()
    return {key: value for key, value in of(tx, item, given).answers.items() if key in known}


def needed(listed: object, answers: Answers) -> tuple[object, ...]:
    """The rows of a list that hold in a situation, or may hold in it."""
    return tuple(row for row in manifests.rows(listed) if not isinstance(row, Mapping) or _may_hold(row, answers))


def _rows(item: Item, name: str, answers: Answers) -> tuple[object, ...]:
    return needed(item.record.get(name), answers)


def _may_hold(row: Mapping[str, object], answers: Answers) -> bool:
    return all(not answers.get(key) or _is_among(answers[key], wanted) for key, wanted in manifests.table(row, "when").items())


def _is_among(answer: object, wanted: object) -> bool:
    given = {str(each) for each in answer} if isinstance(answer, list | tuple) else {str(answer)}
    return bool(given & {str(each) for each in (wanted if isinstance(wanted, list | tuple) else [wanted])})


def _questions(item: Item, form: forms.Form | None, given: Answers) -> Iterator[Question]:
    """The questions in order; one that depends on another comes once that is answered so."""
    fields = {field.key: field for field in form.leaves()} if form is not None else {}
    so_far: dict[str, object] = {}
    for row in manifests.rows(item.record.get("situations")):
        if not isinstance(row, Mapping):
            continue
        key, when = manifests.text(row, "key"), manifests.table(row, "when")
        if not all(_is_among(so_far.get(name, ""), wanted) for name, wanted in when.items()):
            continue
        options = tuple(_options(row, fields.get(key)))
        answer = str(given.get(key) or "")
        answer = answer if answer in {option.value for option in options} else ""
        so_far[key] = answer
        field = fields.get(key)
        asked = row.get("question") or ({"zh": field.label, "en": field.label_en or field.label} if field else key)
        yield Question(key, manifests.words(asked), options, answer)


def _options(row: Mapping[str, object], field: forms.Field | None) -> Iterator[Option]:
    own = [option for option in manifests.rows(row.get("options")) if isinstance(option, Mapping)]
    listed = [(manifests.text(option, "value"), manifests.words(option.get("label"))) for option in own]
    if not own and field is not None:
        listed = [(known.value, {"zh": known.label, "en": known.label_en or known.label}) for known in field.options]
    stops = manifests.table(row, "stops")
    for value, label in listed:
        yield Option(value, label, manifests.words(stops[value]) if value in stops else None)


def _fields(form: forms.Form, answers: Answers) -> Iterator[Asked]:
    """What the form shows in this situation, without what was already asked."""
    sources = {field.key: field.source.partition(".")[0] for field in form.leaves()}
    for view in _leaves(forms.view(form, answers)):
        if view.key not in answers:
            label = {"zh": view.label, "en": view.label_en or view.label}
            yield Asked(label, sources.get(view.key, ""), view.required)


def _leaves(views: tuple[forms.FieldView, ...]) -> Iterator[forms.FieldView]:
    for view in views:
        if view.kind == "group":
            yield from _leaves(view.children)
        elif view.key:
            yield view
