"""Values shown with their middle hidden; what comes back hidden never takes the place of the real one."""

from collections.abc import Mapping, Sequence

from forms.model import Field, Form, found, leaves, placed


def mask(number: str) -> str:
    """An identity number or credit code with its middle hidden: `110***********002X`; a mobile number: `138****5678`."""
    if len(number) <= 7:
        return number[:1] + "*" * max(0, len(number) - 1)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def is_mask(text: object) -> bool:
    """Whether a text is one that `mask` could have made, so that it stands for another."""
    return isinstance(text, str) and "*" in text and (len(text) <= 7 or text[3:-4] == "*" * (len(text) - 7))


def unmasked(form: Form, answers: Mapping[str, object], known: Mapping[str, object]) -> dict[str, object]:
    """The answers, and where a masked field came back as it was shown the real value instead. known: real values by key."""
    return _level(form.fields, answers, [known])


def _level(fields: tuple[Field, ...], answers: Mapping[str, object], known: Sequence[object]) -> dict[str, object]:
    """One level. known: what the answers may stand for; of a row any row of before, because rows move."""
    kept = dict(answers)
    for leaf in leaves(fields):
        before = [found(table, leaf.key) for table in known if isinstance(table, Mapping)]
        given = found(answers, leaf.key)
        if leaf.kind == "dynamiclist" and isinstance(given, list):
            rows = [row for each in before if isinstance(each, list) for row in each]
            kept = placed(kept, leaf.key, [_level(leaf.children, r, rows) if isinstance(r, Mapping) else r for r in given])
        elif leaf.is_masked and isinstance(given, str):
            real = next((value for value in before if value and mask(str(value)) == given), given)
            kept = placed(kept, leaf.key, real)
    return kept
