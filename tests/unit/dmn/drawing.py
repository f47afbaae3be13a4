"""Small decision models drawn for tests: elements as XML, put together and read."""

import html
from collections.abc import Mapping, Sequence

from engine import dmn
from engine.dmn import DecisionModel

DMN_1_5 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def text(content: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{html.escape(content)}</text></literalExpression>"


def data(name: str, type_ref: str = "Any") -> str:
    """An input data element whose id is its name without spaces."""
    return f'<inputData id="{_id(name)}" name="{name}"><variable name="{name}" typeRef="{type_ref}"/></inputData>'


def decision(name: str, body: str, *, needs: Sequence[str] = (), type_ref: str = "", attributes: str = "") -> str:
    """A decision; needs: `#id` of data and decisions, `bkm:#id` of functions."""
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    required = "".join(_requirement(need) for need in needs)
    return f'<decision id="{_id(name)}" name="{name}" {attributes}><variable name="{name}"{typed}/>{required}{body}</decision>'


def function(name: str, parameters: Mapping[str, str], body: str, *, needs: Sequence[str] = (), type_ref: str = "") -> str:
    """A business knowledge model."""
    formal = "".join(f'<formalParameter name="{key}" typeRef="{kind}"/>' for key, kind in parameters.items())
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    required = "".join(_requirement(need) for need in needs)
    return (
        f'<businessKnowledgeModel id="{_id(name)}" name="{name}"><variable name="{name}"{typed}/>'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>{required}</businessKnowledgeModel>"
    )


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    """A decision table. inputs: `expression[: type[: allowed]]`; outputs: `name[: type[: allowed[: default]]]`; rules: cells."""
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(map(_input, inputs)) + "".join(map(_output, outputs))
    rows = "".join(_rule(row, len(inputs)) for row in rules)
    return f'<decisionTable hitPolicy="{policy}"{aggregated}>{columns}{rows}</decisionTable>'


def model(
    *elements: str, imports: Mapping[str, bytes] | None = None, namespace: str = "test", lenient: bool = False
) -> DecisionModel:
    """The elements read as one file."""
    return dmn.read(source(*elements, namespace=namespace), imports, lenient=lenient)


def source(*elements: str, namespace: str = "test") -> bytes:
    """The elements as one file."""
    head = f'<definitions xmlns="{DMN_1_5}" xmlns:t="{namespace}" id="m" name="m" namespace="{namespace}">'
    return f"{head}{''.join(elements)}</definitions>".encode()


def value(body: str, facts: Mapping[str, object] | None = None, *, type_ref: str = "", more: str = "") -> object:
    """The value of one decision that needs every fact given."""
    given = facts or {}
    drawn = decision("answer", body, needs=[f"#{_id(name)}" for name in given], type_ref=type_ref)
    return model(more, *map(data, given), drawn).decision("answer").decide(given).value


def _id(name: str) -> str:
    return name.replace(" ", "-")


def _requirement(need: str) -> str:
    if need.startswith("bkm:"):
        return f'<knowledgeRequirement><requiredKnowledge href="{need[4:]}"/></knowledgeRequirement>'
    kind = "requiredDecision" if need.startswith("decision:") else "requiredInput"
    return f'<informationRequirement><{kind} href="{need.removeprefix("decision:")}"/></informationRequirement>'


def _input(column: str) -> str:
    expression, kind, allowed = (*column.split(": "), "", "")[:3]
    typed = f' typeRef="{kind}"' if kind else ""
    values = f"<inputValues><text>{html.escape(allowed)}</text></inputValues>" if allowed else ""
    return f"<input><inputExpression{typed}><text>{html.escape(expression)}</text></inputExpression>{values}</input>"


def _output(column: str) -> str:
    name, kind, allowed, default = (*column.split(": "), "", "", "")[:4]
    named = f' name="{name}"' if name else ""
    typed = f' typeRef="{kind}"' if kind else ""
    values = f"<outputValues><text>{html.escape(allowed)}</text></outputValues>" if allowed else ""
    fallback = f"<defaultOutputEntry><text>{html.escape(default)}</text></defaultOutputEntry>" if default else ""
    return f"<output{named}{typed}>{values}{fallback}</output>"


def _rule(cells: Sequence[str], width: int) -> str:
    entries = [
        f"<{kind}><text>{html.escape(cell)}</text></{kind}>"
        for kind, cell in ((("inputEntry" if number < width else "outputEntry"), cell) for number, cell in enumerate(cells))
    ]
    return f"<rule>{''.join(entries)}</rule>"
