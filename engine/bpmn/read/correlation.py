"""Correlation as BPMN draws it: properties found in a message, keys made of them, and what a process binds them to.

A key of several properties is the text of all of them, so that sender and receiver are compared in one go."""

from collections.abc import Iterable, Mapping

from lxml import etree

from engine.bpmn.model import Expression
from engine.bpmn.read.names import BPMN, bare, child, children
from engine.bpmn.read.reading import Reading


def message_keys(reading: Reading) -> Mapping[str, Expression]:
    """How a message's key is found in what it carries, by the message's id; a property that no process binds selects nobody."""
    found: dict[str, list[Expression]] = {}
    bound = {bare(each.get("correlationPropertyRef")) for each in reading.root.iter(f"{{{BPMN}}}correlationPropertyBinding")}
    for holder, message, retrieval in _retrievals(reading):
        formula = reading.element_formula(child(retrieval, "messagePath"), holder)
        if formula is not None and holder in bound:
            found.setdefault(message, []).append(formula)
    return {message: _joined(formulas) for message, formulas in found.items()}


def subscriptions(reading: Reading, process: etree._Element) -> Mapping[str, Expression]:
    """What the key of a caught message must be equal to, in the process's own data, by the message's id."""
    bound: dict[str, Expression] = {}
    for each in process.iter(f"{{{BPMN}}}correlationPropertyBinding"):
        holder = bare(each.get("correlationPropertyRef")) or ""
        formula = reading.element_formula(child(each, "dataPath"), process.get("id", ""))
        if formula is not None:
            bound[holder] = formula
    found: dict[str, list[Expression]] = {}
    for holder, message, _ in _retrievals(reading):
        if holder in bound:
            found.setdefault(message, []).append(bound[holder])
    return {message: _joined(formulas) for message, formulas in found.items()}


def _retrievals(reading: Reading) -> Iterable[tuple[str, str, etree._Element]]:
    """Each property with each message it is found in, in the order of the file."""
    for each in reading.root.iter(f"{{{BPMN}}}correlationProperty"):
        for retrieval in children(each, "correlationPropertyRetrievalExpression"):
            yield reading.id_of(each), bare(retrieval.get("messageRef")) or "", retrieval


def _joined(formulas: list[Expression]) -> Expression:
    if len(formulas) == 1 or any(each.text is None for each in formulas):
        return next((each for each in formulas if each.text is None), formulas[0])
    text = ' + "|" + '.join(f"string({each.text})" for each in formulas)
    return Expression(source=text, text=text, language="feel")
