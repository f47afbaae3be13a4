"""A service in which several people decide: diagrams of each mode of countersigning, and tasks in parallel branches."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import applications, inbox, people, task_rows
from engine.models.tasks import human_tasks
from engine.transaction import Engine
from tests.unit.casework.city import HEAD, SHOP, call, flow, offer, task

ALL = "numberOfCompletedInstances = numberOfInstances or verdict = &quot;reject&quot;"
RATIO = (
    "count(votes[item = &quot;agree&quot;]) &gt;= 0.6 * numberOfInstances "
    "or count(votes[item = &quot;reject&quot;]) &gt; 0.4 * numberOfInstances"
)
ANY = "numberOfCompletedInstances &gt;= 1"


def person(key: str, name: str, *groups: str, roles: tuple[str, ...] = ("caseworker",)) -> Actor:
    return Actor(key, name, ActorKind.OFFICER, frozenset(roles), frozenset({"board", *groups}), "scjg")


ZHANG, LI, WANG, ZHAO = person("zhang", "张一"), person("li", "李二"), person("wang", "王三"), person("zhao", "赵四")
CLERK = person("clerk", "收件员", "desk")
NAMES = {a.id: a for a in (ZHANG, LI, WANG, ZHAO, CLERK)}


def countersign(mode: str, condition: str, **properties: str) -> str:
    rows = "".join(f'<camunda:property name="{k.replace("_", ".")}" value="{v}"/>' for k, v in properties.items())
    sequential = "true" if mode == "sequential" else "false"
    return (
        '<userTask id="board" name="会签" camunda:assignee="=signer" camunda:candidateGroups="board">'
        f"<extensionElements><camunda:properties>{rows}</camunda:properties></extensionElements>"
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><extensionElements>'
        '<zeebe:loopCharacteristics xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" inputCollection="=signers" '
        'inputElement="signer" outputCollection="votes" outputElement="=verdict"/></extensionElements>'
        + (f'<completionCondition xsi:type="tFormalExpression">={condition}</completionCondition>' if condition else "")
        + "</multiInstanceLoopCharacteristics></userTask>"
    )


def manifest(code: str, key: str) -> dict[str, object]:
    return {
        "key": key,
        "item": {
            "code": code,
            "name": {"zh": "会签事项", "en": "Signed by several"},
            "summary": {"zh": "", "en": ""},
            "audience": ["enterprise"],
            "office": "scjg",
            "theme": "business",
            "kind": "committed",
        },
        "limits": {"pre_acceptance": "2WD", "committed": "7WD", "statutory": "10WD", "supplement": "5WD", "mode": "day"},
        "process": {"id": key},
    }


def board_diagram(key: str, mode: str, condition: str, **properties: str) -> str:
    return "".join(
        [
            HEAD,
            f'<process id="{key}" isExecutable="true"><startEvent id="begin"/>',
            call("accept", "case.accept"),
            call("review", "case.review"),
            task("collect", "收件", "desk"),
            countersign(mode, condition, **properties),
            task("finish_up", "汇总", "desk"),
            '<endEvent id="finish"/>',
            flow("begin", "accept"),
            flow("accept", "review"),
            flow("review", "collect"),
            flow("collect", "board"),
            flow("board", "finish_up"),
            flow("finish_up", "finish"),
            "</process></definitions>",
        ]
    )


def open_board(
    city: Engine,
    mode: str = "parallel",
    condition: str = ALL,
    *,
    signers: Sequence[str] = ("zhang", "li", "wang"),
    is_silent: bool = False,
    **properties: str,
) -> str:
    """A case that waits for its signers 张一, 李二 and 王三."""
    described = manifest("HQ-001", "council")
    limits = described["limits"]
    assert isinstance(limits, dict)
    described["limits"] = {**limits, "silence_is_consent": is_silent}
    with city.begin(SYSTEM) as tx:
        for key, actor in NAMES.items():
            people.remember(tx, key, actor.name)
    offer(city, "council", board_diagram("council", mode, condition, **properties), described)
    case_no = applications.apply(city, SHOP, "HQ-001", {"name": "好味"}, idempotency_key="b").case_no
    inbox.complete(city, CLERK, open_task(city, case_no, "collect")["id"], {"signers": list(signers)})
    return case_no


def open_tasks(city: Engine, case_no: str, element: str | None = None) -> list[dict[str, object]]:
    with city.read(SHOP) as tx:
        query = sa.select(*task_rows.COLUMNS).select_from(task_rows.JOINED)
        query = query.where(human_tasks.c.business_key == case_no, human_tasks.c.state == "open")
        if element:
            query = query.where(human_tasks.c.element_id == element)
        return tx.rows(query.order_by(human_tasks.c.created_at, human_tasks.c.id))


def open_task(city: Engine, case_no: str, element: str, assignee: str | None = None) -> dict[str, object]:
    return next(t for t in open_tasks(city, case_no, element) if assignee is None or t["assignee"] == assignee)


def waiting(city: Engine, case_no: str) -> list[str]:
    """`element:assignee` of what is open, sorted."""
    return sorted(f"{t['element_id']}:{t['assignee'] or ''}" for t in open_tasks(city, case_no))


def vote(city: Engine, case_no: str, who: Actor, verdict: str, opinion: str = "") -> None:
    found = open_task(city, case_no, "board", who.id)
    inbox.complete(city, who, str(found["id"]), {"verdict": verdict}, opinion=opinion)
