"""DMN XML to elements, for every namespace from 1.1 to 1.5."""

from lxml import etree

from engine.dmn import boxed_xml
from engine.dmn.elements import (
    DecisionElement,
    Definitions,
    Element,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Service,
    Variable,
)
from engine.dmn.xml import child, children, local, parse, refused, text

_NAMESPACES = ("omg.org/spec/DMN/",)


def definitions(source: bytes) -> Definitions:
    """The file's elements. Raises Invalid when it is no DMN."""
    root = parse(source)
    namespace = etree.QName(root).namespace or ""
    if local(root) != "definitions" or not any(part in namespace for part in _NAMESPACES):
        raise refused(
            "dmn.root",
            None,
            "The file is no DMN: expected `definitions` of a DMN namespace.",
            "文件不是 DMN：根元素应为 DMN 命名空间的 definitions。",
        )
    elements: dict[str, Element] = {}
    for number, node in enumerate(root):
        element = _element(node, number)
        if element is None:
            continue
        if element.id in elements:
            raise refused("dmn.id", element.id, f"The id `{element.id}` is used twice.", f"标识“{element.id}”重复。")
        elements[element.id] = element
    return Definitions(
        id=root.get("id", ""),
        name=root.get("name", ""),
        namespace=root.get("namespace", ""),
        elements=elements,
        types=tuple(_item(node) for node in children(root, "itemDefinition")),
        imports={node.get("name") or "": node.get("namespace", "") for node in children(root, "import")},
    )


def _element(node: etree._Element, number: int) -> Element | None:
    identifier = node.get("id") or f"element {number}"
    name = node.get("name", "")
    match local(node):
        case "inputData":
            return InputData(identifier, name, _variable(node, name), _own(node).get("origin", ""))
        case "decision":
            return _decision(node, identifier, name)
        case "businessKnowledgeModel":
            logic = child(node, "encapsulatedLogic")
            body = None if logic is None else boxed_xml.function(logic)
            return KnowledgeModel(identifier, name, _variable(node, name), body, _requirements(node))
        case "decisionService":
            return Service(
                identifier,
                name,
                _variable(node, name),
                _hrefs(node, "outputDecision"),
                _hrefs(node, "encapsulatedDecision"),
                _hrefs(node, "inputDecision"),
                _hrefs(node, "inputData"),
            )
    return None


def _decision(node: etree._Element, identifier: str, name: str) -> DecisionElement:
    question = child(node, "question")
    own = _own(node)
    return DecisionElement(
        id=identifier,
        name=name,
        variable=_variable(node, name),
        body=boxed_xml.body(node),
        requires=_requirements(node),
        question="" if question is None else (question.text or "").strip(),
        valid_from=own.get("validFrom", ""),
        valid_until=own.get("validUntil", ""),
        label=own.get("label", ""),
        label_en=own.get("labelEn", ""),
    )


def _own(node: etree._Element) -> dict[str, str]:
    """Attributes by local name, whatever their namespace: `validFrom`, `validUntil`, `origin` are ours."""
    return {str(key).rpartition("}")[2]: str(value) for key, value in node.attrib.items()}


def _variable(node: etree._Element, name: str) -> Variable:
    variable = child(node, "variable")
    if variable is None:
        return Variable(name)
    return Variable(variable.get("name") or name, boxed_xml.type_ref(variable))


def _requirements(node: etree._Element) -> tuple[str, ...]:
    return tuple(
        required.get("href", "")
        for requirement in children(node, "informationRequirement", "knowledgeRequirement")
        for required in children(requirement, "requiredInput", "requiredDecision", "requiredKnowledge")
    )


def _hrefs(node: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(reference.get("href", "") for reference in children(node, name))


def _item(node: etree._Element) -> ItemDefinition:
    reference = child(node, "typeRef")
    function = child(node, "functionItem")
    parameters = None
    type_ref = boxed_xml.qualified(reference.text, reference) if reference is not None else None
    if function is not None:
        parameters = tuple(Variable(p.get("name", ""), boxed_xml.type_ref(p)) for p in children(function, "parameters"))
        type_ref = boxed_xml.qualified(function.get("outputTypeRef"), function)
    return ItemDefinition(
        name=node.get("name", ""),
        type_ref=type_ref,
        is_collection=node.get("isCollection") == "true",
        allowed=text(child(node, "allowedValues")),
        constraint=text(child(node, "typeConstraint")),
        components=tuple(_item(component) for component in children(node, "itemComponent")),
        parameters=parameters,
    )
