"""Messages and signals across instances: keys, buffers, singletons, conversations between pools, suspended receivers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Resume, Status, Suspend
from engine.clock import VirtualClock
from engine.models.instances import instances
from engine.models.work import messages as inbox
from engine.runtime import deploy, messages, start, start_conditions, tasks, variables
from engine.runtime.messages import NobodyWaits
from engine.runtime.step import step
from engine.transaction import Engine, Transaction

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'targetNamespace="t" id="d">'
)
TWO_POOLS = """
<collaboration id="c"><participant id="pa" processRef="buyer"/><participant id="pb" processRef="seller"/>
<messageFlow id="order" sourceRef="ask" targetRef="asked"/>
<messageFlow id="reply" sourceRef="answer" targetRef="answered"/></collaboration>
<process id="buyer" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<intermediateThrowEvent id="ask"><messageEventDefinition/></intermediateThrowEvent>
<sequenceFlow id="f2" sourceRef="ask" targetRef="answered"/>
<receiveTask id="answered"/><sequenceFlow id="f3" sourceRef="answered" targetRef="e"/><endEvent id="e"/></process>
<process id="seller" isExecutable="true"><startEvent id="asked"><messageEventDefinition/></startEvent>
<sequenceFlow id="g1" sourceRef="asked" targetRef="work"/><userTask id="work"/>
<sequenceFlow id="g2" sourceRef="work" targetRef="answer"/>
<endEvent id="answer"><messageEventDefinition/></endEvent></process>"""


def catcher(key: str = "", *, kind: str = "message") -> str:
    extension = f'<extensionElements><camunda:properties><camunda:property name="correlationKey" value="{key}"/>'
    extension += "</camunda:properties></extensionElements>"
    return (
        f'<{kind} id="m" name="paid">{extension if key else ""}</{kind}>'
        '<process id="P" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>'
        f'<intermediateCatchEvent id="c"><{kind}EventDefinition {kind}Ref="m"/></intermediateCatchEvent>'
        '<sequenceFlow id="f2" sourceRef="c" targetRef="e"/><endEvent id="e"/></process>'
    )


def starter(singleton: str = "") -> str:
    extension = f'<extensionElements><camunda:properties><camunda:property name="start.singleton" value="{singleton}"/>'
    extension += "</camunda:properties></extensionElements>"
    return (
        '<message id="m" name="paid"/><process id="P" isExecutable="true">'
        f'<startEvent id="s">{extension if singleton else ""}<messageEventDefinition messageRef="m"/></startEvent>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><userTask id="t"/>'
        '<sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/></process>'
    )


def publish(tx: Transaction, body: str) -> None:
    deploy.publish(tx, deploy.deploy(tx, "k", {"a.bpmn": f"{HEAD}{body}</definitions>".encode()}).id)


def status(tx: Transaction, instance_id: str) -> str:
    return str(tx.value(sa.select(instances.c.status).where(instances.c.id == instance_id)))


def running(tx: Transaction) -> int:
    return int(tx.value(sa.select(sa.func.count()).select_from(instances).where(instances.c.status == "active")))


def test_a_message_reaches_the_instance_of_its_key_and_no_other(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher("order"))
        one, other = (start.start(tx, "P", {"order": number}).id for number in ("7", "8"))

        messages.publish(tx, "paid", "8", {"amount": 5})

        assert (status(tx, one), status(tx, other)) == ("active", "completed")
        assert variables.of(tx, other)["amount"] == 5


def test_the_same_message_id_is_taken_once(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher())
        one, other = start.start(tx, "P").id, start.start(tx, "P").id

        for _ in range(2):
            messages.publish(tx, "paid", message_id="receipt-1")

        assert (status(tx, one), status(tx, other)) == ("completed", "active")


def test_a_message_waits_for_whoever_comes_later_but_not_for_ever(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher())
        messages.publish(tx, "paid", ttl=timedelta(minutes=5), message_id="early")
        messages.publish(tx, "paid", ttl=timedelta(minutes=5), message_id="late")
        first = start.start(tx, "P").id
    messages.sweep(engine)
    clock.advance(timedelta(minutes=6))
    with engine.begin(SYSTEM) as tx:
        second = start.start(tx, "P").id
    messages.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert (status(tx, first), status(tx, second)) == ("completed", "active")
        assert tx.value(sa.select(inbox.c.state).where(inbox.c.id == "late")) == "expired"


def test_a_heap_of_messages_for_nobody_delays_no_other(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher())
        for _ in range(60):
            messages.publish(tx, "nobody waits for this")
        messages.publish(tx, "paid")
        waiting = start.start(tx, "P").id

    messages.sweep(engine, limit=10)

    with engine.read(SYSTEM) as tx:
        assert status(tx, waiting) == "completed"


def test_now_or_never_is_refused_when_nobody_waits(engine: Engine) -> None:
    with pytest.raises(NobodyWaits), engine.begin(SYSTEM) as tx:
        messages.publish(tx, "paid", ttl=timedelta())


@pytest.mark.parametrize(("singleton", "key", "expected"), [("process", "8", 1), ("key", "8", 2), ("key", "7", 1), ("", "7", 2)])
def test_a_singleton_start_event_lets_no_second_instance_begin(engine: Engine, singleton: str, key: str, expected: int) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, starter(singleton))
        messages.publish(tx, "paid", "7")
        messages.publish(tx, "paid", key)

        assert running(tx) == expected


def test_a_message_for_a_singleton_waits_until_the_running_one_has_ended(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, starter())
        messages.publish(tx, "paid", "7")
        messages.publish(tx, "paid", "7", singleton=True)
        assert running(tx) == 1
        tasks.complete(tx, tasks.list_open(tx)[0]["id"])

    messages.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert running(tx) == 1


def test_pools_talk_along_their_message_flows_each_with_its_own_partner(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, TWO_POOLS)
        one, other = start.start(tx, "buyer").id, start.start(tx, "buyer").id
    messages.sweep(engine)
    with engine.begin(SYSTEM) as tx:
        partner = next(t for t in tasks.list_open(tx) if t["business_key"] == other)
        tasks.complete(tx, partner["id"])
    messages.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert (status(tx, one), status(tx, other)) == ("active", "completed")


def test_a_suspended_instance_hears_a_signal_when_it_is_resumed_and_keeps_nobody_else_waiting(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher(kind="signal"))
        still, other = start.start(tx, "P").id, start.start(tx, "P").id
        step(tx, still, Suspend())

        messages.broadcast(tx, "paid")

        assert (status(tx, still), status(tx, other)) == ("suspended", "completed")
        step(tx, still, Resume())
        messages.release(tx, still)
    messages.sweep(engine)
    with engine.read(SYSTEM) as tx:
        assert status(tx, still) == "completed"


def test_a_message_passes_a_suspended_instance_by(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, catcher())
        still, other = start.start(tx, "P").id, start.start(tx, "P").id
        step(tx, still, Suspend())

        messages.publish(tx, "paid")

        assert (status(tx, still), status(tx, other)) == ("suspended", "completed")


def test_a_conditional_start_event_begins_when_a_fact_makes_it_true(engine: Engine) -> None:
    body = (
        '<process id="P" isExecutable="true"><startEvent id="s"><conditionalEventDefinition><condition>level &gt; 3</condition>'
        '</conditionalEventDefinition></startEvent><sequenceFlow id="f" sourceRef="s" targetRef="t"/><userTask id="t"/></process>'
    )
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)

        assert start_conditions.evaluate(tx, {"level": 3}) == ()
        (made,) = start_conditions.evaluate(tx, {"level": 4})

        assert made.status is Status.ACTIVE


def test_a_parallel_multiple_start_event_waits_for_all_that_it_names(engine: Engine) -> None:
    body = (
        '<message id="m" name="a"/><message id="n" name="b"/><process id="P" isExecutable="true">'
        '<startEvent id="s" parallelMultiple="true">'
        '<messageEventDefinition messageRef="m"/><messageEventDefinition messageRef="n"/>'
        '</startEvent><sequenceFlow id="f" sourceRef="s" targetRef="t"/><userTask id="t"/></process>'
    )
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        messages.publish(tx, "b")
        assert tasks.list_open(tx) == []

        messages.publish(tx, "a")

        assert [task["element_id"] for task in tasks.list_open(tx)] == ["t"]
        assert running(tx) == 1


CORRELATED = """
<message id="m" name="paid"/><message id="r" name="refunded"/>
<correlationProperty id="order"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>no</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty>
<correlationProperty id="town"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>address.town</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty>
<collaboration id="l"><correlationKey id="k"><correlationPropertyRef>order</correlationPropertyRef>
<correlationPropertyRef>town</correlationPropertyRef></correlationKey></collaboration>
<process id="P" isExecutable="true"><correlationSubscription correlationKeyRef="k">
<correlationPropertyBinding correlationPropertyRef="order"><dataPath>mine</dataPath></correlationPropertyBinding>
<correlationPropertyBinding correlationPropertyRef="town"><dataPath>home</dataPath></correlationPropertyBinding>
</correlationSubscription><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>
<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="c" targetRef="e"/><endEvent id="e"/></process>
<process id="Q" isExecutable="true"><startEvent id="s2"/><sequenceFlow id="f3" sourceRef="s2" targetRef="t"/>
<endEvent id="t"><extensionElements><camunda:inputOutput><camunda:inputParameter name="no">${number}</camunda:inputParameter>
<camunda:inputParameter name="address">${address}</camunda:inputParameter></camunda:inputOutput></extensionElements>
<messageEventDefinition messageRef="m"/></endEvent></process>"""


def test_a_message_goes_to_the_instance_whose_data_equals_the_properties_found_in_it(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, CORRELATED)
        other = start.start(tx, "P", {"mine": 1, "home": "A"}).id
        meant = start.start(tx, "P", {"mine": 2, "home": "B"}).id

        messages.publish(tx, "paid", None, {"no": 2, "address": {"town": "B"}})

    with engine.read(SYSTEM) as tx:
        assert [start.get(tx, each).status for each in (other, meant)] == [Status.ACTIVE, Status.COMPLETED]


def test_a_message_whose_properties_fit_no_instance_waits(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, CORRELATED)
        started = start.start(tx, "P", {"mine": 2, "home": "B"}).id

        messages.publish(tx, "paid", None, {"no": 2, "address": {"town": "C"}})

        assert start.get(tx, started).status is Status.ACTIVE


def test_a_process_that_sends_correlates_by_what_it_sends(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, CORRELATED)
        other = start.start(tx, "P", {"mine": 1, "home": "A"}).id
        meant = start.start(tx, "P", {"mine": 2, "home": "B"}).id
        start.start(tx, "Q", {"number": 2, "address": {"town": "B"}})

    messages.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert [start.get(tx, each).status for each in (other, meant)] == [Status.ACTIVE, Status.COMPLETED]
