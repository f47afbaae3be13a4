"""What a case's scripts do beyond FEEL: refuse with a BPMN error, or look at a variable. Bound as operations of the platform.

Such a script task becomes a service task in the uploaded file; all else stays the script it is."""

from collections.abc import Mapping, Sequence

from lxml import etree

from engine.bpmn.read.xml import parse
from engine.errors import Invalid
from engine.ports import ConnectorRefused
from engine.transaction import Operation, Transaction

Op = Mapping[str, object]
Values = Mapping[str, object]
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_BEYOND = ("throw_error", "log_if_equal")
_PREFIX = "case.script."


class Operations:
    """The operations of a case. logged: texts written by each one, by element, to be read in the order of completion."""

    def __init__(self, ops: Mapping[str, Sequence[Op]]) -> None:
        self.ops = ops
        self.logged: dict[str, list[list[str]]] = {}

    def beyond(self) -> Mapping[str, Sequence[Op]]:
        """The elements whose scripts FEEL cannot say."""
        return {element: ops for element, ops in self.ops.items() if any(op["op"] in _BEYOND for op in ops)}

    def table(self) -> Mapping[str, Operation]:
        """As the platform wants them: by name."""
        return {f"{_PREFIX}{element}": self._perform for element in self.beyond()}

    def logs(self, element: str) -> Sequence[str]:
        """What one more completion of an element has logged."""
        if element in self.beyond():
            written = self.logged.get(element) or [[]]
            return written.pop(0)
        return [str(op["value"]) for op in self.ops.get(element, ()) if op["op"] in ("log", "log_once")]

    def _perform(self, tx: Transaction, context: Values, given: Values) -> Values:
        element = str(context["element_id"])
        lines: list[str] = []
        self.logged.setdefault(element, []).append(lines)
        values, written = dict(given), dict[str, object]()
        for op in self.ops[element]:
            if op["op"] == "throw_error":
                raise ConnectorRefused(str(op["code"]), "", written)
            lines.extend(_logged(op, values))
            written |= _written(op, values)
            values |= written
        return written


def _logged(op: Op, values: Values) -> Sequence[str]:
    match op["op"]:
        case "log" | "log_once":
            return [str(op["value"])]
        case "log_if_equal" if values.get(str(op["var"])) == op["value"]:
            return [str(op["log"])]
        case _:
            return []


def _written(op: Op, values: Values) -> Values:
    name = str(op.get("var"))
    match op["op"]:
        case "set":
            return {name: op["value"]}
        case "add":
            return {name: values.get(name) + op["value"]}  # type: ignore[operator]  # a case adds numbers only
        case "count":
            return {name: (values.get(name) or 0) + 1}  # type: ignore[operator]  # a case counts numbers only
        case _:
            return {}


def bound(source: bytes, operations: Operations) -> bytes:
    """The file with those script tasks as service tasks; untouched when there are none, or when it cannot be read."""
    beyond = operations.beyond()
    if not beyond:
        return source
    try:
        root = parse(source)
    except Invalid:
        return source
    for task in list(root.iter(f"{_BPMN}scriptTask")):
        if task.get("id") in beyond:
            _bind(task, beyond[str(task.get("id"))])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _bind(task: etree._Element, ops: Sequence[Op]) -> None:
    """A service task with the operation's name, given the variables that it looks at."""
    task.tag = f"{_BPMN}serviceTask"
    task.attrib.pop("scriptFormat", "")
    for script in task.findall(f"{_BPMN}script"):
        task.remove(script)
    task.set(f"{_CAMUNDA}type", "external")
    task.set(f"{_CAMUNDA}topic", f"{_PREFIX}{task.get('id')}")
    names = list(dict.fromkeys(str(op["var"]) for op in ops if "var" in op))
    if names:
        extension = task.find(f"{_BPMN}extensionElements")
        if extension is None:
            extension = etree.Element(f"{_BPMN}extensionElements")
            task.insert(0, extension)
        mappings = etree.SubElement(extension, f"{_CAMUNDA}inputOutput")
        for name in names:
            etree.SubElement(mappings, f"{_CAMUNDA}inputParameter", name=name).text = f"${{{name}}}"
