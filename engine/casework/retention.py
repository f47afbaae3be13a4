"""Retention 保管期限: which closed cases have been kept long enough, and who says what becomes of them.

The worker proposes, one person appraises (approves, or keeps for longer, with a reason), a second one destroys
(`engine.casework.destruction`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import access, pages
from engine.casework import manifest as manifests
from engine.casework.pages import Page
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.cases import cases
from engine.models.catalogue import service_item_versions
from engine.models.instances import instances
from engine.models.licences import entitlements, licences
from engine.models.ratings import ratings
from engine.models.retention import disposals
from engine.transaction import Engine, Transaction

DEFAULT_YEARS = 10
"""Where the manifest is silent; `[archive] years = 30` says otherwise, 0 keeps for ever."""
PROPOSED, APPROVED, KEPT, EMPTYING = "proposed", "approved", "kept", "emptying"
Row = Mapping[str, Any]


class NotProposed(Conflict):
    """Expected case {case_no} to be proposed for destruction, but {found}; reload the list."""

    zh = "办件 {case_no} 不在待鉴定之列：{found}；请刷新列表。"


def years_of(manifest: Mapping[str, object]) -> int:
    """How many years a case of this service is kept after it was closed; 0: for ever."""
    return manifests.number(manifests.table(manifest, "archive"), "years", DEFAULT_YEARS)


def propose(engine: Engine, limit: int = 50) -> int:
    """Proposes what has been kept long enough, and again what was kept until now; how many."""
    with engine.begin(SYSTEM) as tx:
        again = _again(tx)
        for deployment_id, code, years in _periods(tx):
            if again >= limit:
                break
            rows = tx.rows(_expired(code, deployment_id, before(tx.now, years), limit - again))
            if rows:
                tx.insert(disposals, [_proposal(tx, row, years) for row in rows])
            again += len(rows)
        return again


def before(now: datetime, years: int) -> datetime:
    """The moment some years ago; from 29 February the day after."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, month=3, day=1)


def _again(tx: Transaction) -> int:
    due = sa.and_(disposals.c.state == KEPT, disposals.c.again_at <= tx.now)
    anew = {"state": PROPOSED, "again_at": None, "judged_by": None, "judged_name": None, "judged_at": None, "proposed_at": tx.now}
    return int(tx.connection.execute(disposals.update().where(due).values(**anew)).rowcount)


def _periods(tx: Transaction) -> Iterator[tuple[str, str, int]]:
    """(deployment, item, years) of every version that cases may have been opened with and that is not kept for ever."""
    versions = service_item_versions
    has_cases = sa.exists().where(cases.c.item_code == versions.c.code)
    query = sa.select(versions.c.deployment_id, versions.c.code, versions.c.manifest).where(has_cases)
    for row in tx.rows(query.order_by(versions.c.code, versions.c.version)):
        years = years_of(row["manifest"])
        if years:
            yield row["deployment_id"], row["code"], years


def _expired(code: str, deployment_id: str, limit: datetime, most: int) -> sa.Select[Any]:
    """Closed cases of one version that nothing hangs on and nobody has proposed."""
    of_version = sa.and_(cases.c.item_code == code, cases.c.deployment_id == deployment_id, cases.c.submitted_at <= limit)
    is_old = sa.and_(~cases.c.is_open, cases.c.closed_at <= limit)
    is_known = sa.exists().where(disposals.c.case_no == cases.c.case_no)
    query = sa.select(cases).where(of_version, is_old, ~is_known, *(~needs for needs in _needs(limit)))
    return query.order_by(cases.c.submitted_at, cases.c.case_no).limit(most)


def _needs(limit: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What keeps a case whatever its age: a process, licence, payment, open part or open rectification of it."""
    part = cases.alias("part")
    review = ratings.join(part, part.c.case_no == ratings.c.review_no)
    return (
        sa.exists().where(instances.c.business_key == cases.c.case_no, instances.c.ended_at.is_(None)),
        sa.exists().where(licences.c.case_no == cases.c.case_no, licences.c.status == "valid", _is_in_force(limit)),
        sa.exists().where(entitlements.c.case_no == cases.c.case_no, entitlements.c.status != "stopped"),
        sa.exists().where(part.c.parent_no == cases.c.case_no, part.c.is_open),
        sa.exists(sa.select(ratings.c.id).select_from(review).where(ratings.c.case_no == cases.c.case_no, part.c.is_open)),
    )


def is_needed(tx: Transaction, case_no: str) -> bool:
    """Whether something has come to hang on a case since it was proposed."""
    is_it = sa.and_(cases.c.case_no == case_no, sa.or_(cases.c.is_open, *_needs(tx.now)))
    return tx.value(sa.select(cases.c.case_no).where(is_it)) is not None


def _is_in_force(limit: datetime) -> sa.ColumnElement[bool]:
    """A licence counts as long as it holds, and the retention period runs from its end."""
    return sa.or_(licences.c.valid_to.is_(None), licences.c.valid_to > limit.date())


def _proposal(tx: Transaction, case: Row, years: int) -> dict[str, Any]:
    same = {name: case[name] for name in ("case_no", "item_code", "item_zh", "item_en", "office", "closed_at")}
    return {**same, "years": years, "state": PROPOSED, "proposed_at": tx.now, "reason": "", "files": []}


def listing(tx: Transaction, *, state: str = "", after: str | None = None, limit: int = 50) -> Page[Row]:
    """What is proposed, approved, kept for longer or being emptied; oldest first."""
    access.require(tx, "archive.view")
    query = sa.select(disposals).order_by(disposals.c.proposed_at, disposals.c.case_no).limit(limit + 1)
    if state:
        query = query.where(disposals.c.state == state)
    if after:
        at, number = pages.decode(after, 2)
        key = sa.tuple_(sa.literal(datetime.fromisoformat(str(at)), disposals.c.proposed_at.type), sa.literal(number))
        query = query.where(sa.tuple_(disposals.c.proposed_at, disposals.c.case_no) > key)
    return pages.cut(tx.rows(query), limit, lambda row: (row["proposed_at"].isoformat(), row["case_no"]))


def proposal(tx: Transaction, case_no: str) -> Row:
    """One of them. Raises NotFound."""
    access.require(tx, "archive.view")
    row = tx.find(disposals, case_no=case_no.strip().upper())
    if row is None:
        raise NotFound(thing=("待鉴定的办件", "a case proposed for destruction"), key=case_no)
    return row


def approve(tx: Transaction, case_nos: Sequence[str], reason: str) -> int:
    """The first person says that these may be destroyed; how many. Raises NotProposed, Invalid without a reason."""
    return _judge(tx, case_nos, reason, APPROVED)


def keep(tx: Transaction, case_nos: Sequence[str], reason: str, years: int) -> int:
    """The first person keeps these for some more years; then they are proposed again. Raises NotProposed, Invalid."""
    if not 1 <= years <= 100:
        said = ("Keep it for 1 to 100 more years.", "请填写 1 到 100 年的延长期限。")
        raise Invalid(findings=(Finding(Severity.ERROR, "retention.years", "/years", *said),))
    return _judge(tx, case_nos, reason, KEPT, again_at=before(tx.now, -years))


def _judge(tx: Transaction, case_nos: Sequence[str], reason: str, state: str, **values: object) -> int:
    access.require(tx, "archive.appraise")
    if not reason.strip():
        said = ("Give a reason; it stays in the register.", "请填写理由，理由将留存于登记簿。")
        raise Invalid(findings=(Finding(Severity.ERROR, "retention.reason", "/reason", *said),))
    by = {"judged_by": tx.actor.id, "judged_name": tx.actor.name, "judged_at": tx.now, "reason": reason.strip()}
    for case_no in case_nos:
        row = found(tx, case_no, (PROPOSED, APPROVED, KEPT))
        tx.update(disposals, {"case_no": row["case_no"]}, state=state, **by, **{"again_at": None, **values})
    return len(case_nos)


def found(tx: Transaction, case_no: str, states: Sequence[str]) -> dict[str, Any]:
    """A proposal in one of these states, locked. Raises NotFound, NotProposed."""
    row = tx.find(disposals, locks=True, case_no=case_no.strip().upper())
    if row is None:
        raise NotFound(thing=("待鉴定的办件", "a case proposed for destruction"), key=case_no)
    if row["state"] not in states:
        raise NotProposed(case_no=row["case_no"], found=row["state"])
    return row
