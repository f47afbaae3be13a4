"""Plays a scenario: people apply, officers work, time passes, sources break; through the same doors as real people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from engine.actors import SYSTEM, Actor
from engine.calendar.limits import parse
from engine.casework import (
    applications,
    boards,
    cases,
    catalogue,
    inbox,
    joined,
    notices,
    owed,
    ratings,
    signatures,
    sla,
    uploads,
    verbs,
)
from engine.clock import VirtualClock
from engine.errors import Conflict, NotFound, TongbanError
from engine.runtime import deploy, jobs, messages, timers
from engine.runtime.durations import seconds
from engine.transaction import Engine, Transaction
from processes import needs, offices, people
from processes.package import Package
from processes.simulators.registers import Register

Table = Mapping[str, Any]
ROUNDS = 40


@dataclass(slots=True)
class Play:
    """One case being played. case_no: once it was applied for. package: what is tried, None in a whole city."""

    engine: Engine
    clock: VirtualClock
    item_code: str
    applicant: Actor
    case_no: str = ""
    root_id: str = ""
    package: Package | None = None
    applied: tuple[Table, str] = ({}, "")


class AppliedTwice(Conflict):
    """Expected the same application to give case {first} again, but it opened {second}."""

    zh = "重复提交应返回办件 {first}，实际新建了 {second}。"


class NotRefused(Conflict):
    """Expected the step “{step}” to be refused with {code}, but it went through."""

    zh = "步骤“{step}”应被拒绝（{code}），实际却成功了。"


def moment(text: str, zone: str) -> datetime:
    """A local moment such as `2026-11-24T10:00` in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def apply(play: Play, answers: Table, key: str) -> None:
    """The applicant applies; what the city knows completes the answers."""
    done = applications.apply(
        play.engine, play.applicant, play.item_code, answers, idempotency_key=key, consents=["data-sharing"]
    )
    play.case_no, play.applied = done.case_no, (answers, key)
    with play.engine.read(play.applicant) as tx:
        play.root_id = cases.read(tx, done.case_no).root_id
    settle(play)


def rate(play: Play, given: Table) -> None:
    """The applicant finishes another service and rates it badly; what is played is the rectification this opens."""
    done = applications.apply(play.engine, play.applicant, str(given["item"]), {}, idempotency_key="scenario:rated")
    settle(play)
    rated = ratings.rate(
        play.engine,
        play.applicant,
        done.case_no,
        int(given["level"]),
        reasons=given.get("reasons", ()),
        text=str(given.get("text", "")),
        is_anonymous=bool(given.get("anonymous")),
    )
    play.case_no = rated.review_no or ""
    with play.engine.read(play.applicant) as tx:
        play.root_id = cases.read(tx, play.case_no).root_id
    settle(play)


def _rerate(play: Play, given: Table) -> None:
    with play.engine.read(play.applicant) as tx:
        rated = ratings.of_review(tx, play.case_no)
    ratings.rerate(play.engine, play.applicant, rated.case_no if rated else "", int(given["rerate"]))


def behave(sources: Mapping[str, Register], given: Table) -> None:
    """`{bank = {is_down = true}}` sets how simulated sources behave from now on."""
    for name, values in given.items():
        for key, value in cast(Table, values).items():
            setattr(sources[name].behaviour, key, value)


def settle(play: Play) -> None:
    """Everything that is due happens, as the worker would do it."""
    for _ in range(ROUNDS):
        worked = timers.sweep(play.engine) + messages.sweep(play.engine, 50) + jobs.sweep(play.engine, "scenario")
        worked += sla.sweep(play.engine, 100)
        if not worked:
            break
    notices.send_due(play.engine, 100)
    boards.fold(play.engine)


def step(play: Play, given: Table) -> None:
    """One step, named by a key of `_STEPS`. `refused`: the code of the error it must meet. Raises what people would see."""
    act = next((act for name, act in _STEPS.items() if name in given), None)
    if act is None:
        raise NotFound(thing=("情景步骤", "the step"), key=", ".join(given))
    if "child" in given:
        _of_child(play, given)
    elif "refused" in given:
        _refused(play, given, act)
    else:
        act(play, given)
    settle(play)


def _of_child(play: Play, given: Table) -> None:
    """The same step on the child of this item code."""
    with play.engine.read(SYSTEM) as tx:
        child = next((c for c in joined.children(tx, play.case_no) if c.item_code == given["child"]), None)
    if child is None:
        raise NotFound(thing=("子办件", "the child"), key=given["child"])
    step(replace(play, case_no=child.case_no, root_id=child.root_id), {k: v for k, v in given.items() if k != "child"})


def _refused(play: Play, given: Table, act: Callable[[Play, Table], None]) -> None:
    try:
        act(play, given)
    except TongbanError as error:
        if error.code == given["refused"]:
            return
        raise
    raise NotRefused(step=", ".join(given), code=given["refused"])


def _advance(play: Play, given: Table) -> None:
    text = str(given["advance"])
    if text[0] != "P" and text[0].isdigit() and "T" not in text:
        play.clock.now = _after(play, text)
    elif text[0] == "P":
        play.clock.advance(timedelta(seconds=seconds(text, 0)))
    else:
        play.clock.now = moment(text, play.engine.settings.zone)


def _after(play: Play, text: str) -> datetime:
    """The same time of day, so many working or calendar days on."""
    limit = parse(text)
    office = offices.office(_office_of(play), play.engine.settings.zone)
    at, left = office.local(play.clock.now), limit.amount
    while left > 0:
        at += timedelta(days=1)
        left -= 1 if limit.unit != "WD" or office.calendar.is_workday(at.date()) else 0
    return at


def _office_of(play: Play) -> str:
    with play.engine.read(play.applicant) as tx:
        return catalogue.item(tx, play.item_code).office


def task_of(play: Play, actor: Actor, element_id: str) -> str:
    """The open task at an element that this officer sees. Raises NotFound."""
    with play.engine.read(actor) as tx:
        rows = [*inbox.my_tasks(tx).rows, *inbox.pool(tx, limit=200).rows]
    for row in rows:
        if row.case_no == play.case_no and row.element_id == element_id:
            return row.task_id
    raise NotFound(thing=("任务", "the task"), key=element_id)


def _complete(play: Play, given: Table) -> None:
    actor = people.person(str(given["by"])).actor()
    task_id = task_of(play, actor, str(given["complete"]))
    inbox.complete(play.engine, actor, task_id, given.get("answers", {}), opinion=str(given.get("opinion", "")))


def _claim(play: Play, given: Table) -> None:
    actor = people.person(str(given["by"])).actor()
    task_id = task_of(play, actor, str(given["claim"]))
    with play.engine.begin(actor) as tx:
        inbox.claim(tx, task_id)


def _supplement(play: Play, given: Table) -> None:
    actor = people.person(str(given["by"])).actor()
    items: Sequence[Table] = given["supplement"]
    task_id = task_of(play, actor, str(given.get("at", "intake")))
    inbox.return_for_supplement(play.engine, actor, task_id, items, str(given.get("reason", "")))


def _hand_in(play: Play, given: Table) -> None:
    cases.supplement(play.engine, play.applicant, play.case_no, given["hand_in"])


def _hand_in_owed(play: Play, given: Table) -> None:
    """Papers owed after a conditional acceptance: files by key of the form, each a small PDF of that name."""
    files = {key: [_uploaded(play, name) for name in names] for key, names in given["hand_in_owed"].items()}
    owed.hand_in(play.engine, play.applicant, play.case_no, files)


def _uploaded(play: Play, name: str) -> str:
    return uploads.add(play.engine, play.applicant, name, b"%PDF-1.4\n%%EOF\n").id


def _withdraw(play: Play, given: Table) -> None:
    cases.withdraw(play.engine, play.applicant, play.case_no, str(given["withdraw"]))


def _switch_off(play: Play, given: Table) -> None:
    with play.engine.begin(people.person("denggong").actor()) as tx:
        catalogue.set_automatic(tx, play.item_code, False, str(given["switch_off"]))


def _suspend(play: Play, given: Table) -> None:
    with play.engine.begin(people.person("denggong").actor()) as tx:
        catalogue.suspend(tx, str(given["suspend"]), "暂停办理")


def _sources(play: Play, given: Table) -> None:
    behave(cast(Mapping[str, Register], play.engine.sources), given["sources"])


def _message(play: Play, given: Table) -> None:
    """From outside: `{message = "police.answered", values = {…}, id = "once"}`; key: the case's number unless it says otherwise.

    `{case}` stands for the number, `{login}` for that person's identity number or credit code."""
    named = {login: person.subject or "" for login, person in people.everybody().items()} | {"case": play.case_no}
    key = str(given.get("key", "{case}")).format_map(named)
    with play.engine.begin(SYSTEM) as tx:
        messages.publish(tx, str(given["message"]), key, given.get("values", {}), message_id=given.get("id"))


def _again(play: Play, given: Table) -> None:
    """The same application once more, as of somebody who pressed twice: the same case comes back."""
    answers, key = play.applied
    case_no, root_id = play.case_no, play.root_id
    apply(play, answers, key)
    if (play.case_no, play.root_id) != (case_no, root_id):
        raise AppliedTwice(first=case_no, second=play.case_no)


def _anew(play: Play, given: Table) -> None:
    """The same person applies once more, for a case of its own."""
    answers, key = play.applied
    apply(play, answers, f"{key}-anew")


def _new_version(play: Play, given: Table) -> None:
    """Everything that this case runs on is published once more, changed; the case must not notice."""
    package = play.package
    if package is None:
        raise NotFound(thing=("服务包", "the package"), key=play.item_code)
    for each in (*needs.of(package), package):
        files = {n: c + b"\n<!-- 2 -->\n" if n.endswith(".bpmn") else c for n, c in each.files.items()}
        with play.engine.begin(SYSTEM) as tx:
            made = deploy.deploy(tx, each.key, files, manifest=each.manifest)
            deploy.publish(tx, made.id)
            if "item" in each.manifest:
                catalogue.register(tx, made.id, each.manifest)
                catalogue.publish(tx, made.id)


def _extend(play: Play, given: Table) -> None:
    with play.engine.begin(people.person(str(given["by"])).actor()) as tx:
        verbs.extend(tx, play.case_no, str(given["extend"]), str(given.get("reason", "")))


def _pause(play: Play, given: Table) -> None:
    """停表申请: `{pause = "testing", days = "5WD", reason = "…", by = "…"}`."""
    with play.engine.begin(people.person(str(given["by"])).actor()) as tx:
        verbs.ask_pause(tx, play.case_no, str(given["pause"]), str(given.get("days", "5WD")), str(given.get("reason", "")))


def _agree(play: Play, given: Table) -> None:
    with play.engine.begin(people.person(str(given["by"])).actor()) as tx:
        verbs.approve_pause(tx, _procedure(tx, play.case_no))


def _unpause(play: Play, given: Table) -> None:
    with play.engine.begin(people.person(str(given["by"])).actor()) as tx:
        verbs.close_pause(tx, _procedure(tx, play.case_no), str(given["unpause"]))


def _procedure(tx: Transaction, case_no: str) -> str:
    current = verbs.pauses_of(tx, case_no).current
    if current is None:
        raise NotFound(thing=("特别程序", "an open special procedure of"), key=case_no)
    return current.id


def _sign(play: Play, given: Table) -> None:
    for login in given["sign"]:
        signatures.sign(play.engine, people.person(str(login)).actor(), play.case_no)


def _drop(play: Play, given: Table) -> None:
    joined.drop(play.engine, play.applicant, play.case_no, str(given["drop"]))


_STEPS: Mapping[str, Callable[[Play, Table], None]] = {
    "message": _message,
    "again": _again,
    "anew": _anew,
    "new_version": _new_version,
    "extend": _extend,
    "pause": _pause,
    "agree": _agree,
    "unpause": _unpause,
    "sign": _sign,
    "rerate": _rerate,
    "drop": _drop,
    "advance": _advance,
    "claim": _claim,
    "complete": _complete,
    "supplement": _supplement,
    "hand_in": _hand_in,
    "hand_in_owed": _hand_in_owed,
    "withdraw": _withdraw,
    "switch_off": _switch_off,
    "suspend": _suspend,
    "sources": _sources,
}
