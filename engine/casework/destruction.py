"""Destruction 销毁: an expired case is gone with everything about people in it; a chained record of what it was remains.

Rows and record are one transaction. Files follow after it, by whoever comes first, the caller or the worker; the proposal stays
until the last is gone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM, Actor
from engine.casework import access, case_rows, counting, retention
from engine.casework.retention import APPROVED, EMPTYING, Row, found
from engine.errors import Conflict
from engine.models.applications import drafts, uploads
from engine.models.audit import access_log
from engine.models.cases import cases
from engine.models.clocks import sla_clocks
from engine.models.instances import instances
from engine.models.licences import entitlements, licences, offers
from engine.models.retention import destructions, disposals
from engine.models.verbs import appointments, case_files
from engine.runtime import erasing
from engine.runtime.history import Broken
from engine.transaction import Engine, Transaction

_SPARED = ("disposals", "destructions")
_TRIES = 3


class SecondPerson(Conflict):
    """Expected somebody other than {name} to destroy case {case_no}, because {name} approved it; ask a colleague."""

    zh = "办件 {case_no} 由 {name} 鉴定，须由另一人销毁；请交由同事执行。"


class StillNeeded(Conflict):
    """Expected nothing to hang on case {case_no}, but a process, licence, payment or part of it does; keep it for longer."""

    zh = "办件 {case_no} 仍有在办流程、有效证照、在发待遇或关联办件，不能销毁；请延期保管。"


def destroy(engine: Engine, actor: Actor, case_no: str) -> Row:
    """Destroys an approved case for good; its record. Raises NotFound, NotProposed, SecondPerson, StillNeeded."""
    for attempt in range(1, _TRIES + 1):
        try:
            with engine.begin(actor) as tx:
                record = _destroy(tx, case_no)
            break
        except sa.exc.IntegrityError:  # another destruction took the same number
            if attempt == _TRIES:
                raise
    tidy(engine)
    return record


def _destroy(tx: Transaction, case_no: str) -> Row:
    access.require(tx, "archive.destroy")
    proposal = found(tx, case_no, (APPROVED,))
    if tx.actor.id == proposal["judged_by"]:
        raise SecondPerson(case_no=proposal["case_no"], name=tx.actor.name)
    case = case_rows.locked(tx, proposal["case_no"])
    if retention.is_needed(tx, case["case_no"]):
        raise StillNeeded(case_no=case["case_no"])
    files = sorted({str(row["sha256"]) for row in tx.find_all(case_files, "sha256", case_no=proposal["case_no"])})
    counting.light(tx, case["office"], case["item_code"], case["light"], None)
    with erasing.overwriting(tx):
        erased = erasing.erase(tx, case["case_no"], _keys(tx, case), spared=_SPARED)
        _forget_the_person(tx, case)
    tx.update(disposals, {"case_no": case["case_no"]}, state=EMPTYING, files=files)
    return _record(tx, proposal, erased, len(files))


def _keys(tx: Transaction, case: Row) -> erasing.Keys:
    """How rows name a case and what came of it."""
    of = {"licence_id": licences, "entitlement_id": entitlements, "draft_id": drafts, "clock_id": sla_clocks}
    named = {name: [str(row["id"]) for row in tx.find_all(table, "id", case_no=case["case_no"])] for name, table in of.items()}
    return {"case_no": [case["case_no"]], **named}


def _forget_the_person(tx: Transaction, case: Row) -> None:
    """When it was the last case of its applicant: also what was kept about the person without a case."""
    number, account = case["applicant_no"], case["account_id"]
    is_known = sa.or_(cases.c.applicant_no == number, cases.c.account_id == account)
    if tx.value(sa.select(cases.c.case_no).where(is_known).limit(1)) is not None:
        return
    for gone in (
        access_log.delete().where(access_log.c.subject == number, access_log.c.case_no.is_(None)),
        offers.delete().where(offers.c.subject == number, offers.c.expires_at <= tx.now),
        drafts.delete().where(sa.or_(drafts.c.subject == number, drafts.c.account_id == account), drafts.c.expires_at <= tx.now),
        appointments.delete().where(appointments.c.account_id == account, appointments.c.ends_at <= tx.now),
    ):
        tx.connection.execute(gone)


def _record(tx: Transaction, proposal: Row, erased: erasing.Erased, files: int) -> Row:
    """Appends to the register, chained to the entry before."""
    last = tx.row(sa.select(destructions.c.number, destructions.c.hash).order_by(destructions.c.number.desc()).limit(1))
    kept = {name: proposal[name] for name in ("case_no", "item_code", "office", "closed_at", "years", "reason")}
    kept |= {f"approved_{name}": proposal[f"judged_{name}"] for name in ("by", "name", "at")}
    kept |= {"destroyed_by": tx.actor.id, "destroyed_name": tx.actor.name, "destroyed_at": tx.now}
    kept |= {"rows": dict(erased.rows), "files": files, "digest": erased.digest}
    kept |= {"chains": {root: list(chain) for root, chain in erased.chains.items()}}
    record = {"number": last["number"] + 1 if last else 1, **kept}
    record["hash"] = _hash(last["hash"] if last else "", record)
    tx.insert(destructions, record)
    return record


def _hash(previous: str, record: Mapping[str, Any]) -> str:
    facts = [previous, *(_plain(record[column.name]) for column in destructions.c if column.name != "hash")]
    return sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def tidy(engine: Engine, limit: int = 50) -> int:
    """Removes the files of destroyed cases that no other case has, outside any transaction; how many cases are done."""
    with engine.read(SYSTEM) as tx:
        waiting = tx.rows(sa.select(disposals).where(disposals.c.state == EMPTYING).limit(limit))
        keys = {key for row in waiting for key in row["files"]}
        holding = (sa.select(table.c.sha256).where(table.c.sha256.in_(keys)) for table in (case_files, uploads))
        used = set(tx.connection.execute(sa.union(*holding)).scalars())
    if not waiting:
        return 0
    if engine.documents is not None:
        for key in sorted(keys - used):
            engine.documents.remove(key)
    with engine.begin(SYSTEM) as tx:
        tx.delete(disposals, case_no=[row["case_no"] for row in waiting], state=EMPTYING)
    return len(waiting)


def records(tx: Transaction, *, before: int | None = None, limit: int = 50) -> Sequence[Row]:
    """The register, newest first; before: number of the last one seen."""
    access.require(tx, "archive.view")
    query = sa.select(destructions).order_by(destructions.c.number.desc()).limit(limit)
    return tx.rows(query if before is None else query.where(destructions.c.number < before))


def verify(tx: Transaction) -> Iterator[Broken]:
    """Every entry of the register that was changed or taken away, and every destroyed case that is there again."""
    previous = ""
    for expected, record in enumerate(tx.rows(sa.select(destructions).order_by(destructions.c.number)), 1):
        if record["number"] != expected or _hash(previous, record) != record["hash"]:
            yield Broken(record["case_no"], record["number"], "the register of destructions does not match its hash")
            return
        previous = record["hash"]
    for table, column in ((cases, cases.c.case_no), (instances, instances.c.business_key)):
        back = sa.select(destructions.c.number, column).join(table, column == destructions.c.case_no).distinct()
        for number, case_no in tx.connection.execute(back):
            yield Broken(case_no, number, f"it was destroyed and {table.name} has it again")
