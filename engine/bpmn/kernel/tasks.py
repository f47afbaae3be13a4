"""Tasks: what passes at once passes without a token; what waits opens one and says for what."""

from engine.bpmn.kernel.activities import finish, open_activity
from engine.bpmn.kernel.arming import TimerFailed, arm, text_of
from engine.bpmn.kernel.decisions import decide
from engine.bpmn.kernel.flows import leave
from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.scopes import begin, timer_trouble
from engine.bpmn.kernel.sending import send
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.plan.shapes import PlanFlow, PlanNode
from engine.feel import to_json

_TEXTS = ("name", "assignee", "called_element", "business_key", "version")
SKIPPING = ("_FLOWABLE_SKIP_EXPRESSION_ENABLED", "_ACTIVITI_SKIP_EXPRESSION_ENABLED")


def enter_pass(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """None and manual tasks, none events, merging gateways: nothing to do but go on."""
    run.history.append(node.completed)
    leave(run, node, parent)


def enter_script(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A script task with nothing around it: assigns and goes on, without a token of its own."""
    script = node.script
    if script is None:
        compute(run, node, parent)
    else:
        for name, value in script.run(view(parent)).items():
            run.assign(parent, name, value, node.id)
    run.history.append(node.completed)
    leave(run, node, parent)


def compute(run: Run, node: PlanNode, token: Token) -> None:
    """Runs a script: its assignments, or one expression into the result variable."""
    if node.script is not None:
        for name, value in node.script.run(view(token)).items():
            run.assign(token, name, value, node.id)
    elif node.formula is not None:
        value = run.value(node.formula, token)
        if node.result is not None:
            run.assign(token, node.result, value, node.id)


def enter_activity(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """An activity with something around it, or that waits: opens a token, then works."""
    if not has_enough_tokens(node, parent, extra):
        return
    if node.skip is not None and skips(run, node, parent):
        run.history.append(node.completed)
        leave(run, node, parent)
        return
    start(run, node, parent, "")


def skips(run: Run, node: PlanNode, parent: Token) -> bool:
    """Whether an activity passes at once: its skip expression holds, and the instance has skipping switched on (Flowable)."""
    switched_on = any(view(parent).get(name) is True for name in SKIPPING)
    return switched_on and node.skip is not None and run.value(node.skip, parent) is True


def has_enough_tokens(node: PlanNode, parent: Token, extra: Extra) -> bool:
    """Counts a token that arrives at an activity that needs several; true when this one completes the number.

    A token put here by an officer or after an incident has no flow and passes at once."""
    if node.start_quantity == 1 or not isinstance(extra, PlanFlow):
        return True
    joins = parent.joins = parent.joins or {}
    counts = joins.setdefault(node.id, {})
    counts[""] = counts.get("", 0) + 1
    if counts[""] < node.start_quantity:
        return False
    parent.active -= counts.pop("") - 1
    del joins[node.id]
    return True


def start(
    run: Run, node: PlanNode, parent: Token, role: str, variables: dict[str, object] | None = None, index: int | None = None
) -> None:
    """Opens the activity's token and works; a timer that means nothing is an incident, to be entered again."""
    try:
        token = open_activity(run, node, parent, role, variables)
    except TimerFailed as failure:
        timer_trouble(run, failure, ("iteration.start" if role else node.kind, node, parent, index))
        return
    if index is not None:
        token.data = {"index": index}
    if token.pending and run.queue and run.queue[-1][0] == "trigger" and run.queue[-1][2] is token:
        run.put("work", node, token)
    else:
        work(run, node, token, None)


def work(run: Run, node: PlanNode, token: Token, extra: Extra) -> None:
    """Does what the activity is for, its token open."""
    match node.work:
        case "script":
            compute(run, node, token)
            finish(run, node, token, {})
        case "decision":
            decide(run, node, token)
            finish(run, node, token, {})
        case "human" | "job" | "child":
            run.arm(token, Pending(run.new_id(), node.id, node.work, 0, None, _asked(run, node, token)))
            run.say("element.started", node.id)
        case "receive":
            arm(run, token, node, token)
            run.say("element.started", node.id)
        case "send":
            send(run, node, token, node.events[0])
            finish(run, node, token, {})
        case "scope":
            run.say("element.started", node.id)
            if node.inner is not None:
                begin(run, token, node.inner)
        case _:
            finish(run, node, token, {})


def _asked(run: Run, node: PlanNode, token: Token) -> dict[str, object] | None:
    """The evaluated part of a wait's detail: who, when, with what."""
    detail: dict[str, object] = {}
    for name, formula in node.asked:
        value = run.value(formula, token)
        if name in ("candidate_users", "candidate_groups"):
            detail[name] = _listed(value)
        elif value is not None:
            detail[name] = text_of(value) if name in _TEXTS else _shown(value)
    if node.work == "job" and token.variables:
        detail["input"] = {name: to_json(value) for name, value in token.variables.items()}
    if node.work == "child":
        detail["variables"] = to_json(dict((token.variables or {}) if node.inputs else view(token)))
    return detail or None


def _shown(value: object) -> object:
    """Plain JSON where there is one, else FEEL's text."""
    stored = to_json(value)
    if isinstance(stored, dict) and isinstance(tagged := stored.get("$"), list):
        return tagged[-1]
    return stored


def _listed(value: object) -> list[str]:
    """Users or groups: a list, or text with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list | tuple):
        return [str(part) for part in value if part is not None]
    return []
