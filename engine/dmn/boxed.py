"""Boxed expressions compiled to closures over a scope, like any FEEL expression."""

import re
from collections.abc import Callable, Mapping, Sequence

from engine.dmn import elements as boxes
from engine.dmn.table import Column, CompiledTable, Result
from engine.dmn.types import Types
from engine.dmn.xml import refused
from engine.errors import Finding, Severity
from engine.feel import blocks, building, limits
from engine.feel.building import Vocabulary
from engine.feel.comparisons import CellTest
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelSyntaxError
from engine.feel.reasons import null
from engine.feel.scopes import Compiled, Frame, Scope
from engine.feel.tree import Node, UnaryTestList
from engine.feel.types import Type


class Workshop:
    """Compiles the expressions of one file.

    findings: syntax errors met on the way, each located on its element or `element#row`. tables: (element id, name, table).
    pointer, place: id and name of the element being compiled."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self.findings: list[Finding] = []
        self.tables: list[tuple[str, str, CompiledTable]] = []
        self.place = ""
        self.pointer = ""

    def vocabulary(self, names: Sequence[str], members: Sequence[str] = ()) -> Vocabulary:
        """What expressions that see these names may refer to."""
        return Vocabulary(tuple(names), (*self._types.members, *members), self._types.find)

    def allowed_text(self, reference: str | None) -> str | None:
        """The tests that a declared type puts on a value, as written."""
        return self._types.allowed_text(reference)

    def compile(self, box: boxes.Boxed | None, words: Vocabulary) -> Compiled:
        """The closure of a boxed expression, its declared type applied; null without one."""
        if box is None:
            return lambda scope: null("dmn.empty", "There is no decision logic.", "没有决策逻辑。")
        compile_one: Callable[[Workshop, boxes.Boxed, Vocabulary], Compiled] = _BY_TYPE[type(box)]
        run = compile_one(self, box, words)
        if isinstance(box, boxes.FunctionDefinition | boxes.Table):
            return run
        return self.typed(run, box.type_ref)

    def typed(self, run: Compiled, reference: str | None) -> Compiled:
        """The closure with its value fitted to a declared type; null where it does not fit."""
        wanted = self._types.of(reference)
        return run if wanted is None or wanted.name == "Any" else lambda scope: fitted(wanted, run(scope))

    # --- texts -------------------------------------------------------------------------------------------------------

    def _text(self, text: str, words: Vocabulary, pointer: str) -> Compiled:
        if not text:
            return lambda scope: None
        try:
            run, _, _ = building.expression(text, words)
        except FeelSyntaxError as error:
            return self._unreadable(error, pointer)
        return run

    def _unreadable(self, error: FeelSyntaxError, pointer: str) -> Compiled:
        for finding in error.findings:
            self.findings.append(
                Finding(Severity.ERROR, finding.code, pointer, f"{self.place}: {finding.en}", f"{self.place}：{finding.zh}")
            )
        return lambda scope: null("feel.syntax", error.sentence("en"), error.sentence("zh"))

    def _cell(self, text: str, words: Vocabulary, pointer: str) -> tuple[CellTest, UnaryTestList]:
        if not text:
            return (lambda value, scope=None: True), UnaryTestList((), is_any=True)
        try:
            matches, tree, _ = building.unary_tests(text, words)
        except FeelSyntaxError as error:
            self._unreadable(error, pointer)
            return (lambda value, scope=None: None), UnaryTestList(())
        return matches, tree

    def literal(self, box: boxes.Literal, words: Vocabulary) -> Compiled:
        """A literal expression."""
        if box.has_import:
            return lambda scope: null("dmn.import", "Imported texts are not executed.", "不执行导入的表达式。")
        return self._text(box.text, words, self.pointer)

    # --- tables ------------------------------------------------------------------------------------------------------

    def table(self, box: boxes.Table, words: Vocabulary) -> Compiled:
        """A decision table."""
        columns = [self._column(clause, words) for clause in box.inputs]
        results = [self._result(clause, words, box) for clause in box.outputs]
        cells: list[list[tuple[CellTest, UnaryTestList]]] = []
        outputs: list[list[Compiled]] = []
        for number, rule in enumerate(box.rules, 1):
            pointer = f"{self.pointer}#{number}"
            if len(rule.inputs) != len(box.inputs) or len(rule.outputs) != len(box.outputs):
                raise refused(
                    "dmn.table.width",
                    pointer,
                    f"Row {number} has too many or too few cells.",
                    f"第 {number} 行的单元格数量不符。",
                )
            cells.append([self._cell(text, words, pointer) for text in rule.inputs])
            outputs.append([self._text(text, words, pointer) for text in rule.outputs])
        compiled = CompiledTable(box, columns, results, cells, outputs)
        self.tables.append((self.pointer, self.place, compiled))
        return self.typed(compiled, box.type_ref)

    def _column(self, clause: boxes.Input, words: Vocabulary) -> Column:
        run = self._text(clause.expression, words, self.pointer)
        allowed = None
        if clause.allowed and clause.allowed != "-":
            allowed, _ = self._cell(clause.allowed, words, self.pointer)
        wanted = self._types.of(clause.type_ref)
        return Column(run, None if wanted is None or wanted.name == "Any" else wanted, allowed)

    def _result(self, clause: boxes.Output, words: Vocabulary, box: boxes.Table) -> Result:
        reference = clause.type_ref or (box.type_ref if len(box.outputs) == 1 and box.hit_policy in _PLAIN_POLICIES else None)
        default = None if clause.default is None else self._text(clause.default, words, self.pointer)
        return Result(clause.name, self._types.of(reference), self._ranks(clause, words), default)

    def _ranks(self, clause: boxes.Output, words: Vocabulary) -> tuple[object, ...]:
        if not clause.allowed:
            return ()
        _, tree = self._cell(clause.allowed, words, self.pointer)
        values = [_constant(test.operand) for test in tree.tests if test.operator is None]
        return tuple(values)

    # --- structures --------------------------------------------------------------------------------------------------

    def context(self, box: boxes.Context, words: Vocabulary) -> Compiled:
        """A boxed context: a context, or the value of its result entry."""
        steps: list[tuple[str, Compiled]] = []
        for variable, body in box.entries:
            if variable is None:
                return _result_of(steps, self.compile(body, words))
            if isinstance(body, boxes.FunctionDefinition):
                words = words.plus([variable.name])
            run = self.typed(self.compile(body, words), variable.type_ref)
            steps.append((variable.name, run))
            words = words.plus([variable.name])
        return _context_of(steps)

    def list(self, box: boxes.BoxedList, words: Vocabulary) -> Compiled:
        """A boxed list."""
        items = [self.compile(item, words) for item in box.items]
        return lambda scope: [item(scope) for item in items]

    def relation(self, box: boxes.Relation, words: Vocabulary) -> Compiled:
        """A relation: one context for each row."""
        names = [column.name for column in box.columns]
        types = [column.type_ref for column in box.columns]
        rows = [
            [self.typed(self.compile(cell, words), reference) for cell, reference in zip(row, types, strict=False)]
            for row in box.rows
        ]
        return lambda scope: [dict(zip(names, [cell(scope) for cell in row], strict=False)) for row in rows]

    def invocation(self, box: boxes.Invocation, words: Vocabulary) -> Compiled:
        """A boxed invocation; arguments by name."""
        function = self.compile(box.function, words)
        names = [variable.name for variable, _ in box.bindings]
        arguments = [self.typed(self.compile(body, words), variable.type_ref) for variable, body in box.bindings]
        return lambda scope: blocks.invoke_named(function(scope), names, [argument(scope) for argument in arguments])

    def function(self, box: boxes.FunctionDefinition, words: Vocabulary) -> Compiled:
        """A boxed function; kinds other than FEEL are not executed."""
        if box.kind not in {"FEEL", ""}:
            return lambda scope: null(
                "dmn.function", f"Functions of kind {box.kind} are not executed.", f"不执行 {box.kind} 类型的函数。"
            )
        parameters = tuple((parameter.name, self._types.of(parameter.type_ref)) for parameter in box.parameters)
        body = self.compile(box.body, words.plus([parameter.name for parameter in box.parameters]))
        return blocks.make_function("function", parameters, body)

    # --- control -----------------------------------------------------------------------------------------------------

    def conditional(self, box: boxes.Conditional, words: Vocabulary) -> Compiled:
        """A boxed `if`; a condition that is neither boolean nor null makes it null."""
        condition, yes, no = (self.compile(part, words) for part in (box.condition, box.yes, box.no))

        def choose(scope: Scope) -> object:
            value = condition(scope)
            if value is not None and not isinstance(value, bool):
                return null("dmn.conditional", "The condition is no boolean.", "条件不是布尔值。")
            return yes(scope) if value is True else no(scope)

        return choose

    def filter(self, box: boxes.Filter, words: Vocabulary) -> Compiled:
        """A boxed filter; every match must be a boolean."""
        source, match = self.compile(box.source, words), self.compile(box.match, words.plus(["item"]))

        def run(scope: Scope) -> object:
            items = source(scope)
            if not isinstance(items, list):
                items = [] if items is None else [items]
            answers = []
            for item in items:
                limits.spend()
                answers.append(match(blocks.item_frame(scope, item)))
            if not all(isinstance(answer, bool) for answer in answers):
                return null("dmn.filter", "A match is no boolean.", "筛选条件不是布尔值。")
            return [item for item, answer in zip(items, answers, strict=True) if answer]

        return run

    def iteration(self, box: boxes.Iteration, words: Vocabulary) -> Compiled:
        """A boxed `for`, `some` or `every`."""
        source = self._domain(box.source, words)
        body = self.compile(box.body, words.plus([box.variable, "partial"]))
        return _ITERATIONS[box.kind](source, body, box.variable)

    def _domain(self, box: boxes.Boxed | None, words: Vocabulary) -> Compiled:
        """What an iteration walks; `1..5` without brackets is allowed here, as in a FEEL loop."""
        if isinstance(box, boxes.Literal) and _BARE_RANGE.fullmatch(box.text):
            return self._text(f"for each in {box.text} return each", words, self.pointer)
        return self.compile(box, words)


_BARE_RANGE = re.compile(r"[^\[\](){}\"]+\.\.[^\[\](){}\"]+")
_PLAIN_POLICIES = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})


def fitted(wanted: Type, value: object) -> object:
    """The value in the declared type; null, with a reason, when it does not fit."""
    fit = wanted.fit(value)
    if fit is None and value is not None:
        return null("dmn.type", f"The value is not of type {wanted.name}.", f"取值不符合类型 {wanted.name}。")
    return fit


def _constant(node: Node) -> object:
    """The value of a constant node."""
    return Compiler().node(node)({})


def _context_of(steps: Sequence[tuple[str, Compiled]]) -> Compiled:
    def build(scope: Scope) -> dict[str, object]:
        frame = Frame(scope)
        for name, run in steps:
            frame[name] = run(frame)
        return dict(frame)

    return build


def _result_of(steps: Sequence[tuple[str, Compiled]], result: Compiled) -> Compiled:
    def run(scope: Scope) -> object:
        frame = Frame(scope)
        for name, step in steps:
            frame[name] = step(frame)
        return result(frame)

    return run


def _for(source: Compiled, body: Compiled, variable: str) -> Compiled:
    def run(scope: Scope) -> object:
        items = blocks.items_of(source(scope))
        if items is None:
            return blocks.not_iterable()
        results: list[object] = []
        for item in items:
            limits.spend()
            results.append(body(Frame(scope, {variable: item, "partial": list(results)})))
        return limits.check_list(results)

    return run


def _quantified(decisive: bool) -> Callable[[Compiled, Compiled, str], Compiled]:
    def build(source: Compiled, body: Compiled, variable: str) -> Compiled:
        def run(scope: Scope) -> object:
            items = blocks.items_of(source(scope))
            if items is None:
                return blocks.not_iterable()
            answer: bool | None = not decisive
            for item in items:
                limits.spend()
                value = body(Frame(scope, {variable: item}))
                if value is decisive:
                    return decisive
                answer = answer if value is (not decisive) else None
            return answer

        return run

    return build


_ITERATIONS: Mapping[str, Callable[[Compiled, Compiled, str], Compiled]] = {
    "for": _for,
    "some": _quantified(True),
    "every": _quantified(False),
}
_BY_TYPE: Mapping[type, Callable[..., Compiled]] = {
    boxes.Literal: Workshop.literal,
    boxes.Table: Workshop.table,
    boxes.Context: Workshop.context,
    boxes.BoxedList: Workshop.list,
    boxes.Relation: Workshop.relation,
    boxes.Invocation: Workshop.invocation,
    boxes.FunctionDefinition: Workshop.function,
    boxes.Conditional: Workshop.conditional,
    boxes.Filter: Workshop.filter,
    boxes.Iteration: Workshop.iteration,
}
