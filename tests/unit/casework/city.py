"""A small city for casework's tests: two services as text, the people who use them, and their published deployments."""

from dataclasses import replace

from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import catalogue
from engine.casework.observer import observe
from engine.casework.topics import OPERATIONS
from engine.runtime import deploy
from engine.transaction import Engine

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="defs" targetNamespace="http://city.example">"""


def task(key: str, name: str, group: str, **properties: str) -> str:
    rows = "".join(f'<camunda:property name="{k.replace("_", ".")}" value="{v}"/>' for k, v in properties.items())
    extra = f"<extensionElements><camunda:properties>{rows}</camunda:properties></extensionElements>" if rows else ""
    return f'<userTask id="{key}" name="{name}" camunda:candidateGroups="{group}">{extra}</userTask>'


def call(key: str, topic: str, **inputs: str) -> str:
    rows = "".join(f'<camunda:inputParameter name="{k}">{v}</camunda:inputParameter>' for k, v in inputs.items())
    extra = f"<extensionElements><camunda:inputOutput>{rows}</camunda:inputOutput></extensionElements>" if rows else ""
    return f'<serviceTask id="{key}" name="{topic}" camunda:type="external" camunda:topic="{topic}">{extra}</serviceTask>'


def flow(source: str, target: str, condition: str = "") -> str:
    key = f"{source}_{target}"
    text = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>' if condition else ""
    return f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{text}</sequenceFlow>'


PERMIT = "".join(
    [
        HEAD,
        '<process id="permit" isExecutable="true"><startEvent id="begin"/>',
        task("intake", "受理", "food-intake", sla_limit="2WD"),
        '<exclusiveGateway id="what" default="what_accept"/>',
        call("supplement", "case.require_supplement", items="${supplement.items}", reason="${supplement.reason}"),
        task("hand_in", "补正", "applicant"),
        call("refuse", "case.refuse_acceptance", reason="不属于本机关职权范围"),
        '<endEvent id="refused"/>',
        call("accept", "case.accept"),
        call("review", "case.review"),
        task("examine", "审查", "food-review", fourEyes="intake", opinion="required"),
        call("decide", "case.decide", outcome="${outcome}", reason="${reason}"),
        '<exclusiveGateway id="how" default="how_close"/>',
        call("licence", "licence.issue"),
        call("deliver", "case.deliver"),
        call("close", "case.close", result="done"),
        '<endEvent id="finish"/>',
        flow("begin", "intake"),
        flow("intake", "what"),
        flow("what", "supplement", "${action == 'supplement'}"),
        flow("what", "refuse", "${action == 'refuse'}"),
        flow("what", "accept"),
        flow("supplement", "hand_in"),
        flow("hand_in", "intake"),
        flow("refuse", "refused"),
        flow("accept", "review"),
        flow("review", "examine"),
        flow("examine", "decide"),
        flow("decide", "how"),
        flow("how", "licence", "${outcome == 'grant'}"),
        flow("how", "close"),
        flow("licence", "deliver"),
        flow("deliver", "close"),
        flow("close", "finish"),
        "</process></definitions>",
    ]
)

ALLOWANCE = "".join(
    [
        HEAD,
        '<process id="allowance" isExecutable="true"><startEvent id="begin"/>',
        call("accept", "case.accept"),
        '<exclusiveGateway id="sure" default="sure_hand_over"/>',
        call("hand_over", "case.hand_over", reason="人口库未返回出生日期"),
        task("look", "核实", "elder-review"),
        call("decide", "case.decide", outcome="grant", reason="年满 80 周岁"),
        call("grant", "entitlement.grant", kind="elder", monthly_fen="30000"),
        call("licence", "licence.issue"),
        call("close", "case.close", result="granted"),
        '<endEvent id="finish"/>',
        flow("begin", "accept"),
        flow("accept", "sure"),
        flow("sure", "decide", "${case.automatic and form.age >= 80}"),
        flow("sure", "hand_over"),
        flow("hand_over", "look"),
        flow("look", "decide"),
        flow("decide", "grant"),
        flow("grant", "licence"),
        flow("licence", "close"),
        flow("close", "finish"),
        "</process></definitions>",
    ]
)

PERMIT_MANIFEST = {
    "key": "food",
    "item": {
        "code": "SC-001",
        "name": {"zh": "食品经营许可", "en": "Food business licence"},
        "summary": {"zh": "开办餐饮", "en": "Open a restaurant"},
        "audience": ["enterprise"],
        "office": "scjg",
        "theme": "business",
        "kind": "committed",
    },
    "limits": {"pre_acceptance": "2WD", "committed": "7WD", "statutory": "10WD", "supplement": "5WD", "mode": "day"},
    "process": {"id": "permit"},
    "licence": {"type": "food", "name": {"zh": "食品经营许可证", "en": "Food business licence"}, "valid_months": 60},
}

ALLOWANCE_MANIFEST = {
    "key": "elder",
    "item": {
        "code": "MZ-001",
        "name": {"zh": "高龄津贴", "en": "Elder allowance"},
        "summary": {"zh": "每月发放", "en": "Paid monthly"},
        "audience": ["personal"],
        "office": "minzheng",
        "theme": "elder",
        "kind": "instant",
    },
    "limits": {"committed": "5WD", "statutory": "20WD"},
    "process": {"id": "allowance"},
    "licence": {"type": "elder", "name": {"zh": "高龄津贴证", "en": "Elder card"}},
    "instant": {"automatic": True},
}

GRANNY = Actor("granny", "陈秀英", ActorKind.CITIZEN, subject="11010519491231002X")
SHOP = Actor("shop", "深圳市好味餐饮有限公司", ActorKind.ENTERPRISE, subject="914403001922038216")
STRANGER = Actor("stranger", "赵六", ActorKind.CITIZEN, subject="440301199001010019")
INTAKE = Actor("limin", "李敏", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"food-intake", "food-review"}), "scjg")
REVIEWER = Actor("wangqiang", "王强", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"food-review"}), "scjg")
HEAD_OF_OFFICE = Actor("zhouwei", "周伟", ActorKind.OFFICER, frozenset({"supervisor"}), office="scjg")
CITY = Actor("linfang", "林芳", ActorKind.OFFICER, frozenset({"supervisor"}), office="zwfw")
CIVIL = Actor("hujing", "胡静", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"elder-review"}), "minzheng")
AUDITOR = Actor("auditor", "审计员", ActorKind.OFFICER, frozenset({"auditor"}), office="zwfw")
DESIGNER = Actor("designer", "设计员", ActorKind.OFFICER, frozenset({"designer"}), office="zwfw")


def open_city(engine: Engine) -> Engine:
    """Wires casework into the engine and publishes both services."""
    wired = replace(engine, operations=OPERATIONS, observers=(observe,))
    offer(wired, "food", PERMIT, PERMIT_MANIFEST)
    offer(wired, "elder", ALLOWANCE, ALLOWANCE_MANIFEST)
    with wired.begin(SYSTEM) as tx:
        catalogue.put_office(tx, "scjg", {"zh": "市市场监督管理局", "en": "Administration for Market Regulation"})
    return wired


def offer(engine: Engine, key: str, diagram: str, manifest: dict[str, object], **forms: bytes) -> str:
    """Deploys and publishes a package; gives the deployment's id. forms: JSON by form id."""
    files = {f"{key}.bpmn": diagram.encode(), **{f"{form_id}.form.json": source for form_id, source in forms.items()}}
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, key, files, manifest=manifest)
        deploy.publish(tx, made.id)
        catalogue.register(tx, made.id, manifest)
        catalogue.publish(tx, made.id)
    return made.id
