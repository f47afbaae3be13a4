"""Boxed expressions from XML."""

from collections.abc import Callable, Mapping

from lxml import etree

from engine.dmn.elements import (
    Boxed,
    BoxedList,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Input,
    Invocation,
    Iteration,
    Literal,
    Output,
    Relation,
    Rule,
    Table,
    Variable,
)
from engine.dmn.xml import child, children, local, text


def qualified(name: str | None, node: etree._Element) -> str | None:
    """A type name; the prefix of old files (`feel:string`, `kie:tPerson`) is dropped where it is an XML prefix."""
    if name is None or not name.strip():
        return None
    prefix, colon, rest = name.strip().partition(":")
    return rest if colon and prefix in node.nsmap else name.strip()


def type_ref(node: etree._Element) -> str | None:
    """The type an element declares, as an attribute or, in DMN 1.1, as a child."""
    reference = child(node, "typeRef")
    return qualified(node.get("typeRef") or (reference.text if reference is not None else None), node)


def body(node: etree._Element | None) -> Boxed | None:
    """The first boxed expression among the children."""
    if node is None:
        return None
    return next((_READERS[local(each)](each) for each in node if local(each) in _READERS), None)


def _wrapped(node: etree._Element, name: str) -> Boxed | None:
    return body(child(node, name))


def _literal(node: etree._Element) -> Boxed:
    return Literal(
        text(node) or "", type_ref(node), child(node, "importedValues") is not None, node.get("expressionLanguage", "")
    )


def _table(node: etree._Element) -> Boxed:
    return Table(
        hit_policy=node.get("hitPolicy", "UNIQUE"),
        aggregation=node.get("aggregation"),
        inputs=tuple(_input(each) for each in children(node, "input")),
        outputs=tuple(_output(each, node) for each in children(node, "output")),
        rules=tuple(_rule(each) for each in children(node, "rule")),
        id=node.get("id", ""),
        type_ref=type_ref(node),
    )


def _input(node: etree._Element) -> Input:
    expression = child(node, "inputExpression")
    written = text(expression) or ""
    reference = None if expression is None else type_ref(expression)
    label_en = next((str(value) for key, value in node.attrib.items() if str(key).endswith("}labelEn")), "")
    return Input(written, reference, node.get("label") or written, text(child(node, "inputValues")), label_en)


def _output(node: etree._Element, table: etree._Element) -> Output:
    name = node.get("name", "")
    label = str(node.get("label") or name or table.get("outputLabel") or "")
    default = child(node, "defaultOutputEntry")
    return Output(name, type_ref(node), label, text(child(node, "outputValues")), text(default))


def _rule(node: etree._Element) -> Rule:
    notes = [text(each) or "" for each in children(node, "annotationEntry")]
    description = child(node, "description")
    if description is not None and description.text:
        notes.insert(0, description.text.strip())
    return Rule(
        node.get("id", ""),
        tuple(text(each) or "" for each in children(node, "inputEntry")),
        tuple(text(each) or "" for each in children(node, "outputEntry")),
        tuple(note for note in notes if note),
    )


def _context(node: etree._Element) -> Boxed:
    entries: list[tuple[Variable | None, Boxed | None]] = []
    for entry in children(node, "contextEntry"):
        variable = child(entry, "variable")
        named = None if variable is None else Variable(variable.get("name", ""), type_ref(variable))
        entries.append((named, body(entry)))
    return Context(tuple(entries), type_ref(node))


def _list(node: etree._Element) -> Boxed:
    return BoxedList(tuple(_READERS[local(each)](each) for each in node if local(each) in _READERS), type_ref(node))


def _relation(node: etree._Element) -> Boxed:
    columns = tuple(Variable(each.get("name", ""), type_ref(each)) for each in children(node, "column"))
    rows = tuple(tuple(_READERS[local(each)](each) for each in row if local(each) in _READERS) for row in children(node, "row"))
    return Relation(columns, rows, type_ref(node))


def _invocation(node: etree._Element) -> Boxed:
    bindings: list[tuple[Variable, Boxed | None]] = []
    for binding in children(node, "binding"):
        parameter = child(binding, "parameter")
        if parameter is not None:
            bindings.append((Variable(parameter.get("name", ""), type_ref(parameter)), body(binding)))
    return Invocation(body(node), tuple(bindings), type_ref(node))


def function(node: etree._Element) -> FunctionDefinition:
    """A function definition, also a business knowledge model's logic."""
    parameters = tuple(Variable(each.get("name", ""), type_ref(each)) for each in children(node, "formalParameter"))
    return FunctionDefinition(node.get("kind", "FEEL"), parameters, body(node), type_ref(node))


def _conditional(node: etree._Element) -> Boxed:
    return Conditional(_wrapped(node, "if"), _wrapped(node, "then"), _wrapped(node, "else"), type_ref(node))


def _filter(node: etree._Element) -> Boxed:
    return Filter(_wrapped(node, "in"), _wrapped(node, "match"), type_ref(node))


def _iteration(node: etree._Element) -> Boxed:
    inner = "return" if local(node) == "for" else "satisfies"
    variable = node.get("iteratorVariable", "")
    return Iteration(local(node), variable, _wrapped(node, "in"), _wrapped(node, inner), type_ref(node))


_READERS: Mapping[str, Callable[[etree._Element], Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
