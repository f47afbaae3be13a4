"""What a task does and who does it: scripts, operations, calls, decisions, forms, people, whichever vendor wrote them."""

from lxml import etree

from engine.bpmn.model import Definition, Expression
from engine.bpmn.read.mappings import business_key
from engine.bpmn.read.names import (
    CAMUNDA_LIKE,
    SPIFF,
    ZEEBE,
    bare,
    camunda,
    child,
    child_text,
    children,
    extension,
    local,
    text_of,
)
from engine.bpmn.read.reading import Reading

Facts = dict[str, object]
"""Fields of a Node by name."""


def read_work(reading: Reading, node: etree._Element, owner: str) -> Facts:
    """The fields of a Node that say what an activity does; none for what does nothing."""
    name = local(node)
    facts: Facts = {"result_variable": camunda(node, "resultVariable") or camunda(node, "resultVariableName")}
    facts["skip"] = reading.formula(camunda(node, "skipExpression"), owner)
    if name == "scriptTask":
        facts |= _script(reading, node, owner)
    if name == "userTask":
        facts |= _human(reading, node, owner)
    if name == "callActivity":
        facts |= _call(reading, node, owner)
    if name in ("serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent"):
        facts |= _service(reading, node, owner)
    if name == "businessRuleTask":
        facts |= _decision(reading, node, owner)
    if name in ("sendTask", "receiveTask"):
        facts["message"] = _message(reading, node)
    cycle = extension(node, CAMUNDA_LIKE, "failedJobRetryTimeCycle")
    if cycle is not None and "retries" not in facts:
        facts["retries"] = reading.literal(text_of(cycle), owner)
    return facts


def _script(reading: Reading, node: etree._Element, owner: str) -> Facts:
    zeebe = extension(node, ZEEBE, "script")
    if zeebe is not None:
        return {
            "script": reading.formula(zeebe.get("expression"), owner, "feel"),
            "result_variable": zeebe.get("resultVariable"),
        } | _zeebe_job(reading, node, owner)
    resource = camunda(node, "resource")
    source = child_text(node, "script") or resource
    if resource and not child_text(node, "script"):
        return {"script": Expression(source=resource, text=None, language=node.get("scriptFormat", ""))}
    return {"script": reading.script(source, owner, node.get("scriptFormat", ""))} | _zeebe_job(reading, node, owner)


def _human(reading: Reading, node: etree._Element, owner: str) -> Facts:
    form = extension(node, ZEEBE, "formDefinition")
    assignment = extension(node, ZEEBE, "assignmentDefinition")
    schedule = extension(node, ZEEBE, "taskSchedule")
    priority = extension(node, ZEEBE, "priorityDefinition")
    users, groups = _potential_owners(node)

    def asked(name: str, holder: etree._Element | None = None, zeebe_name: str = "") -> Expression | None:
        own = holder.get(zeebe_name or name) if holder is not None else None
        return reading.literal(own if own is not None else camunda(node, name), owner)

    return {
        "form_key": camunda(node, "formKey")
        or camunda(node, "formRef")
        or (form.get("formId") or form.get("formKey") or form.get("externalReference") if form is not None else None),
        "assignee": asked("assignee", assignment) or reading.literal(_performer(node), owner),
        "candidate_users": asked("candidateUsers", assignment) or reading.literal(",".join(users), owner),
        "candidate_groups": asked("candidateGroups", assignment) or reading.literal(",".join(groups), owner),
        "due_date": asked("dueDate", schedule),
        "follow_up_date": asked("followUpDate", schedule),
        "priority": asked("priority", priority),
    }


def _performer(node: etree._Element) -> str | None:
    for name in ("humanPerformer", "performer"):
        holder = child(node, name)
        if holder is not None:
            return text_of(holder) or None
    return None


def _potential_owners(node: etree._Element) -> tuple[list[str], list[str]]:
    """Users and groups of BPMN's potentialOwner: `user(a), group(b)`, and a bare name is a group."""
    users: list[str] = []
    groups: list[str] = []
    for holder in children(node, "potentialOwner"):
        for part in text_of(child(holder, "resourceAssignmentExpression")).split(","):
            name = part.strip()
            if name.startswith("user(") and name.endswith(")"):
                users.append(name[5:-1].strip())
            elif name:
                groups.append(name[6:-1].strip() if name.startswith("group(") and name.endswith(")") else name)
    return users, groups


def _call(reading: Reading, node: etree._Element, owner: str) -> Facts:
    zeebe = extension(node, ZEEBE, "calledElement")
    called = node.get("calledElement") or camunda(node, "caseRef")
    source = zeebe.get("processId") if zeebe is not None else called if called and "{" in called else bare(called)
    binding = camunda(node, "calledElementBinding") or (zeebe.get("bindingType") if zeebe is not None else None)
    version = camunda(node, "calledElementVersion") or camunda(node, "calledElementVersionTag")
    return {
        "business_key": business_key(reading, node, owner),
        "called_element": reading.literal(source, owner),
        "called_binding": binding or ("deployment" if camunda(node, "sameDeployment") == "true" else "latest"),
        "called_version": version or (zeebe.get("versionTag") if zeebe is not None else None),
    }


def _service(reading: Reading, node: etree._Element, owner: str) -> Facts:
    """The operation that a connector is bound to, or an expression that is computed in place."""
    definition = next(children(node, "messageEventDefinition"), None)
    carrier = definition if definition is not None and camunda(definition, "type") else node
    job = _zeebe_job(reading, node, owner)
    operation = job.pop("operation", None) or _camunda_operation(carrier) or _spiff_operation(node)
    expression = camunda(carrier, "expression")
    if expression and operation is None:
        job["script"] = reading.formula(expression if "{" in expression else f"${{{expression}}}", owner)
    return job | {"operation": operation or _bpmn_operation(reading, node)}


def _zeebe_job(reading: Reading, node: etree._Element, owner: str) -> Facts:
    job = extension(node, ZEEBE, "taskDefinition")
    if job is None:
        return {}
    retries = reading.literal(job.get("retries"), owner)
    return {"operation": (job.get("type") or "").removeprefix("=").strip().strip('"') or None} | (
        {"retries": retries} if retries else {}
    )


def _camunda_operation(carrier: etree._Element) -> str | None:
    """Topic, task type, delegate bean or class: a name that a connector may be bound to; none of them is ever run."""
    kind = camunda(carrier, "type")
    if kind == "external":
        return camunda(carrier, "topic")
    bean = camunda(carrier, "delegateExpression")
    return (
        kind
        or (bean.strip().removeprefix("${").removeprefix("#{").removesuffix("}") if bean else None)
        or camunda(carrier, "class")
    )


def _spiff_operation(node: etree._Element) -> str | None:
    operator = extension(node, SPIFF, "serviceTaskOperator")
    return operator.get("id") if operator is not None else None


def _bpmn_operation(reading: Reading, node: etree._Element) -> str | None:
    reference = bare(node.get("operationRef"))
    found = reading.definition(reference)
    return (found.name or found.id) if found is not None else reference


def _decision(reading: Reading, node: etree._Element, owner: str) -> Facts:
    zeebe = extension(node, ZEEBE, "calledDecision")
    spiff = extension(node, SPIFF, "calledDecisionId")
    if zeebe is not None:
        return {"decision_ref": reading.literal(zeebe.get("decisionId"), owner), "result_variable": zeebe.get("resultVariable")}
    reference = (
        camunda(node, "decisionRef")
        or camunda(node, "decisionTableReferenceKey")
        or (text_of(spiff) if spiff is not None else None)
    )
    return {"decision_ref": reading.literal(reference, owner), "decision_result": camunda(node, "mapDecisionResult") or ""}


def _message(reading: Reading, node: etree._Element) -> Definition | None:
    found = reading.definition(node.get("messageRef"))
    if found is not None:
        return found
    operation = reading.ids.get(bare(node.get("operationRef")) or "")
    named = reading.definition(child_text(operation, "inMessageRef")) if operation is not None else None
    return named or reading.conversations.get(node.get("id", ""))
