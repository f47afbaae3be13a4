"""Input and output mappings, and data associations, as one list of mappings."""

from engine.bpmn.model import Association, VariableMapping
from engine.bpmn.plan.data import DataNames
from engine.bpmn.plan.expressions import Constant, Expressions
from engine.bpmn.plan.shapes import Formula, PlanMapping
from engine.feel import compile_expression

_ALL = ("", "*", "all")


def mappings(
    expressions: Expressions,
    drawn: tuple[VariableMapping, ...],
    element_id: str,
    associations: tuple[Association, ...] = (),
    data: DataNames | None = None,
) -> tuple[PlanMapping, ...]:
    """The mappings of an element in the order of the file; associations follow."""
    found = [_mapping(expressions, each, element_id) for each in drawn]
    for association in associations:
        found.extend(_association(expressions, association, element_id, data))
    return tuple(found)


def _mapping(expressions: Expressions, drawn: VariableMapping, element_id: str) -> PlanMapping:
    if drawn.target == "*" and (drawn.source.text or drawn.source.source or "").strip() in _ALL:
        return PlanMapping(None, "*")
    source = expressions.formula(drawn.source, element_id, "mapping", "映射")
    return PlanMapping(source or Constant(None), drawn.target)


def _association(expressions: Expressions, drawn: Association, element_id: str, data: DataNames | None) -> list[PlanMapping]:
    def name(ref: str) -> str:
        return data.of(ref) if data is not None else ref

    if drawn.assignments:
        found: list[PlanMapping] = []
        for given, target in drawn.assignments:
            formula = expressions.formula(given, element_id, "assignment", "赋值")
            found.append(PlanMapping(formula or Constant(None), name((target.text or target.source).strip())))
        return found
    if drawn.target is None:
        return []
    if drawn.transformation is not None:
        formula = expressions.formula(drawn.transformation, element_id, "transformation", "转换")
        return [PlanMapping(formula or Constant(None), name(drawn.target))]
    if not drawn.sources or name(drawn.sources[0]) == name(drawn.target):
        return []
    source = name(drawn.sources[0])
    return [PlanMapping(_variable(source), name(drawn.target), needs=source)]


def _variable(name: str) -> Formula:
    """The value of a variable, whatever characters its name has."""
    return compile_expression(name, (name,))
