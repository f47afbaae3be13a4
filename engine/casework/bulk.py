"""批量: claim, assign, dispatch, complete, extend; each row in a transaction of its own, each with its own answer.

The rows go through the very functions that a single one goes through, so that access, four eyes and versions hold as well."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.actors import Actor
from engine.casework import handling, verbs
from engine.errors import TongbanError
from engine.transaction import Engine

MOST = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one row: refused is None when it worked."""

    key: str
    refused: TongbanError | None


def claim(engine: Engine, actor: Actor, task_ids: Sequence[str]) -> tuple[Result, ...]:
    """批量签收."""
    return tuple(Result(task_id, refused) for task_id, refused in handling.claim_many(engine, actor, task_ids[:MOST]))


def assign(engine: Engine, actor: Actor, task_ids: Sequence[str], account_id: str, name: str, reason: str) -> tuple[Result, ...]:
    """批量派单 by a supervisor; by whoever holds them it is 转办."""

    def one(task_id: str) -> None:
        with engine.begin(actor) as tx:
            if "supervisor" in actor.roles:
                handling.assign(tx, task_id, account_id, name, reason)
            else:
                verbs.transfer(tx, task_id, account_id, name, reason)

    return _each(task_ids, one)


def dispatch(engine: Engine, actor: Actor, task_ids: Sequence[str]) -> tuple[Result, ...]:
    """批量按负荷派单: one after the other, so that each sees what the one before was given."""

    def one(task_id: str) -> None:
        with engine.begin(actor) as tx:
            handling.dispatch(tx, task_id)

    return _each(task_ids, one)


def complete(
    engine: Engine, actor: Actor, task_ids: Sequence[str], answers: Mapping[str, object], opinion: str
) -> tuple[Result, ...]:
    """批量办结 with the same answers: only tasks whose form they satisfy go through."""
    return _each(task_ids, lambda task_id: handling.complete(engine, actor, task_id, answers, opinion=opinion))


def extend(engine: Engine, actor: Actor, case_nos: Sequence[str], extension: str, reason: str) -> tuple[Result, ...]:
    """批量延期."""

    def one(case_no: str) -> None:
        with engine.begin(actor) as tx:
            verbs.extend(tx, case_no, extension, reason)

    return _each(case_nos, one)


def _each(keys: Sequence[str], work: Callable[[str], object]) -> tuple[Result, ...]:
    return tuple(Result(key, _refusal(lambda key=key: work(key))) for key in dict.fromkeys(keys[:MOST]))  # type: ignore[misc]  # a default binds the key


def _refusal(work: Callable[[], object]) -> TongbanError | None:
    try:
        work()
    except TongbanError as refused:
        return refused
    return None
