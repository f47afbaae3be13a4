"""Operators change running instances over REST: each verb once, with who may and what is refused."""

from collections.abc import Callable
from typing import Any

from engine.actors import SYSTEM, Actor
from engine.runtime import start
from engine.transaction import Engine
from tests.unit.api.conftest import OPERATOR, PUBLISHER, Machine
from tests.unit.casework.city import DESIGNER, INTAKE
from tests.unit.runtime.test_changes import PARALLEL, straight
from tests.unit.runtime.versions import publish, signers, user

As = Callable[[Actor | None], Machine]


def started(engine: Engine, body: str, **variables: object) -> str:
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        return start.start(tx, "P", variables).id


def standing(operator: Machine, instance_id: str) -> list[str]:
    moments = operator("GET", f"/instances/{instance_id}/replay").json["moments"]
    return sorted(moments[-1]["standing"])


def test_a_token_is_moved_sent_back_and_the_instance_restarted_and_cancelled(as_: As, served: Engine) -> None:
    instance_id = started(served, PARALLEL)
    operator, path = as_(OPERATOR), f"/instances/{instance_id}"

    assert operator("POST", f"{path}/move", json={"away": ["apply"], "to": ["a", "b"], "reason": "补录"}).status_code == 200
    assert standing(operator, instance_id) == ["a", "b"]
    assert operator("POST", f"{path}/send-back", json={"to": "apply"}).status_code == 200
    assert standing(operator, instance_id) == ["apply"]
    assert operator("POST", f"{path}/restart", json={"at": "decide"}).json["id"] == instance_id
    assert standing(operator, instance_id) == ["decide"]
    assert operator("POST", f"{path}/cancel", json={"reason": "作废"}).json["status"] == "cancelled"
    again = operator("POST", f"{path}/restart", json={"at": "a"}).json
    assert again["id"] != instance_id
    assert standing(operator, again["id"]) == ["a"]


def test_an_instance_is_suspended_and_resumed_once(as_: As, served: Engine) -> None:
    path = f"/instances/{started(served, PARALLEL)}"
    operator = as_(OPERATOR)

    assert operator("POST", f"{path}/suspend", json={"reason": "核查"}).json["status"] == "suspended"
    assert operator("POST", f"{path}/suspend", json={}).status_code == 409
    assert operator("POST", f"{path}/resume", json={}).json["status"] == "active"
    assert operator("POST", f"{path}/resume", json={}).status_code == 409


def test_signers_are_added_and_removed(as_: As, served: Engine) -> None:
    instance_id = started(served, straight(user("sign", signers()), names=("sign",)), signers=["a"])
    operator, path = as_(OPERATOR), f"/instances/{instance_id}"

    operator("POST", f"{path}/add-instance", json={"element_id": "sign", "variables": {"signer": "b"}})
    assert standing(operator, instance_id) == ["sign", "sign"]

    assert operator("POST", f"{path}/remove-instance", json={"wait_id": "99999"}).status_code == 409


def test_only_operators_change_instances_and_designers_may_plan(as_: As, served: Engine) -> None:
    instance_id = started(served, PARALLEL)
    plan = {"process_id": "P", "from_version": 1, "dry_run": True}

    for who in (INTAKE, DESIGNER):
        assert as_(who)("POST", f"/instances/{instance_id}/cancel", json={}).status_code == 403
    assert as_(INTAKE)("POST", "/migrations", json=plan).status_code == 403
    assert as_(DESIGNER)("POST", "/migrations", json=plan).status_code == 200
    assert as_(DESIGNER)("POST", "/migrations", json={**plan, "dry_run": False}).status_code == 403


def test_a_migration_is_planned_and_then_comes_out_as_planned(as_: As, served: Engine) -> None:
    first = started(served, straight(user("a"), user("b"), names=("a", "b")))
    second = started(served, straight(user("a"), user("c"), names=("a", "c")))
    asked = {"process_id": "P", "from_version": 1, "to_version": 2}
    publisher = as_(PUBLISHER)

    plan = publisher("POST", "/migrations", json={**asked, "dry_run": True}).json
    done: dict[str, Any] = publisher("POST", "/migrations", json=asked).json

    assert plan["results"] == []
    assert (plan["plan"]["will_move"], plan["plan"]["cannot"], plan["plan"]["unmapped"]) == (1, 0, ["b"])
    assert [(each["instance_id"], each["has_moved"]) for each in done["results"]] == [(first, True)]
    versions = {as_(OPERATOR)("GET", f"/instances/{each}").json["definition_id"] for each in (first, second)}
    assert len(versions) == 1


def test_what_does_not_exist_is_said_so(as_: As, served: Engine) -> None:
    instance_id = started(served, PARALLEL)
    operator = as_(OPERATOR)

    assert operator("POST", f"/instances/{instance_id}/move", json={"to": ["nowhere"]}).status_code == 404
    assert operator("POST", "/instances/none/suspend", json={}).status_code == 404
    assert operator("POST", "/migrations", json={"process_id": "P", "from_version": 7}).status_code == 404
    assert operator("GET", f"/instances/{instance_id}/replay?seq=1").json["holds"] is True
