"""An instant service whose amount a dated decision table gives, for tests of reasons, replay and back-tests."""

from itertools import pairwise

from engine.actors import SYSTEM
from engine.casework import catalogue
from engine.runtime import deploy
from engine.transaction import Engine
from tests.unit.casework.city import ALLOWANCE_MANIFEST, HEAD, call, flow

OWN = 'xmlns:tongban="https://tongban.dev/dmn"'
DIAGRAM = "".join(
    [
        HEAD,
        '<process id="rates" isExecutable="true"><startEvent id="begin"/>',
        call("accept", "case.accept"),
        '<scriptTask id="sort" scriptFormat="feel"><script>age = form.age\n'
        'known = {source: "population", trust: "A", at: date("2026-11-22")}</script></scriptTask>',
        '<businessRuleTask id="tier" camunda:decisionRef="amount" camunda:resultVariable="tier"/>',
        call("decide", "case.decide", outcome="grant", reason="符合条件"),
        call("close", "case.close", result="granted"),
        '<endEvent id="finish"/>',
        *(flow(*pair) for pair in pairwise(("begin", "accept", "sort", "tier", "decide", "close", "finish"))),
        "</process></definitions>",
    ]
)  # fmt: skip
MANIFEST = {**ALLOWANCE_MANIFEST, "key": "rates", "process": {"id": "rates"}}
MANIFEST["item"] = {**ALLOWANCE_MANIFEST["item"], "code": "MZ-002"}  # type: ignore[dict-item]


def version(start: str, end: str, *rates: tuple[str, int]) -> str:
    """One version of the table `amount`. rates: (cell on age, fen)."""
    dates = f'tongban:validFrom="{start}"' * bool(start) + f' tongban:validUntil="{end}"' * bool(end)
    rules = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{fen}</text></outputEntry></rule>"
        for cell, fen in rates
    )
    return (
        f'<decision id="amount-{start}" name="amount" label="津贴标准" {dates}><variable name="amount"/><informationRequirement>'
        f'<requiredInput href="#age"/></informationRequirement><decisionTable hitPolicy="UNIQUE"><input label="年龄（周岁）" '
        'tongban:labelEn="Age (years)"><inputExpression typeRef="number"><text>age</text></inputExpression></input>'
        f'<output name="fen" label="每月（分）" typeRef="number"/>{rules}</decisionTable></decision>'
    )


def tables(*versions: str) -> bytes:
    """The file with these versions."""
    head = f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" {OWN} id="r" name="r" namespace="r">'
    age = '<inputData id="age" name="age" tongban:origin="known"><variable name="age" typeRef="number"/></inputData>'
    return f"{head}{age}{''.join(versions)}</definitions>".encode()


EARLIER = version("", "2024-12-31", ("&lt; 80", 0), ("&gt;= 80", 20000))
NOW = version("2025-01-01", "", ("&lt; 80", 0), ("[80..90)", 30000), ("&gt;= 90", 50000))


def publish(engine: Engine, content: bytes = tables(NOW, EARLIER)) -> str:
    """Publishes the service with these tables; gives the deployment's id."""
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "rates", {"rates.bpmn": DIAGRAM.encode(), "rates.dmn": content}, manifest=MANIFEST)
        deploy.publish(tx, made.id)
        catalogue.register(tx, made.id, MANIFEST)
        catalogue.publish(tx, made.id)
    return made.id
