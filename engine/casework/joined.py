"""一件事: joined cases. One form, one parent, a child for each chosen service; the parent is as well as its worst child.

The parent's diagram opens children (`case.open`, outside work) and waits for what they tell (`kinship`). A child that fails
undoes no other; a chosen child that has not begun may be dropped by the applicant."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.actors import Actor
from engine.calendar.colours import Colour
from engine.casework import access, audit, case_rows, catalogue
from engine.casework.states import TERMINAL, WITHDRAWABLE, CaseState
from engine.casework.view import Case
from engine.casework.withdrawals import ask
from engine.errors import Conflict
from engine.models.cases import cases
from engine.runtime import messages
from engine.transaction import Engine, Transaction

CHOSEN = "children"
"""Answer of the joined form: codes of the chosen services."""
DROPPED = "child.dropped"

S = CaseState
_WORST_FIRST = (
    *(S.REVOKED, S.ACCEPTANCE_REFUSED, S.NOT_REQUIRED, S.TERMINATED, S.DECIDED_REFUSED, S.WITHDRAWN, S.SUPPLEMENT_REQUIRED),
    *(S.WITHDRAWAL_PENDING, S.PRE_REVIEW_RETURNED, S.SUBMITTED, S.PRE_REVIEW, S.SUSPENDED_SPECIAL_PROCEDURE),
    *(S.ACCEPTED_CONDITIONALLY, S.ACCEPTED, S.IN_REVIEW, S.DECIDED_GRANTED_CONDITIONALLY, S.DECIDED_GRANTED, S.ISSUING),
    *(S.DELIVERED, S.CLOSED, S.DRAFT),
)
_LIGHTS = (Colour.RED, Colour.YELLOW, Colour.WARNING, Colour.PAUSED, Colour.GREEN, Colour.NO_LIMIT, Colour.STOPPED)


class AlreadyBegun(Conflict):
    """Expected a chosen service that has not begun, but {item} of case {case_no} has, or was not chosen; withdraw it instead."""

    zh = "办件 {case_no} 的“{item}”已开始办理或未选择，不能取消；可单独撤回该办件。"


@dataclass(frozen=True, slots=True)
class Family:
    """children: oldest first. waiting: (code, zh, en) of chosen services not yet begun. state, light: of the worst child."""

    children: tuple[Case, ...]
    waiting: tuple[tuple[str, str, str], ...]
    state: CaseState | None
    light: str


def family(tx: Transaction, case_no: str) -> Family:
    """The children of a case that the actor may see; empty for one that is not joined. Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.view")
    found = children(tx, case_no)
    begun = {child.item_code for child in found}
    left = [code for code in _chosen(row["answers"]) if code not in begun] if row["is_open"] else []
    named = tuple((code, *catalogue.item(tx, code).name.values()) for code in left)
    return Family(found, tuple((c, zh, en) for c, zh, en in named), worst_state(found), worst_light(found))


def children(tx: Transaction, case_no: str) -> tuple[Case, ...]:
    """The cases opened for a joined case, oldest first."""
    query = sa.select(cases).where(cases.c.parent_no == case_no).order_by(cases.c.submitted_at, cases.c.case_no)
    return tuple(case_rows.shown(row) for row in tx.rows(query))


def worst_state(found: Sequence[Case]) -> CaseState | None:
    """The state of the worst child; a refusal counts as one after the case is closed, too."""
    states = [S.DECIDED_REFUSED if c.outcome == "refuse" and c.state is S.CLOSED else c.state for c in found]
    return min(states, key=_WORST_FIRST.index, default=None)


def worst_light(found: Sequence[Case]) -> str:
    """The most urgent light among the children; text of Colour."""
    return str(min((Colour(c.light) for c in found), key=_LIGHTS.index, default=Colour.NO_LIMIT))


def _chosen(answers: object) -> list[str]:
    found = answers.get(CHOSEN) if isinstance(answers, dict) else None
    return [str(code) for code in found] if isinstance(found, list) else []


def drop(engine: Engine, actor: Actor, case_no: str, item_code: str) -> None:
    """The applicant cancels a chosen service that has not begun. Raises AlreadyBegun, NotFound."""
    with engine.begin(actor) as tx:
        case_rows.allowed(tx, case_no, "case.withdraw")
        row = case_rows.locked(tx, case_no)
        begun = {child.item_code for child in children(tx, case_no)}
        left = _chosen(row["answers"])
        if not row["is_open"] or item_code in begun or item_code not in left:
            raise AlreadyBegun(case_no=case_no, item=item_code)
        kept = [code for code in left if code != item_code]
        case_rows.change(tx, row, answers={**row["answers"], CHOSEN: kept})
        audit.write(tx, row["root_id"], "case.child_dropped", {"item": item_code})
        messages.publish(tx, DROPPED, case_no, {"kept": kept})


def withdraw_children(engine: Engine, actor: Actor, case_no: str, reason: str) -> int:
    """After a parent was withdrawn: each child that still may be is withdrawn, in a transaction of its own; returns how many."""
    with engine.read(actor) as tx:
        found = [c.case_no for c in children(tx, case_no) if c.state not in TERMINAL and c.state in WITHDRAWABLE]
    for child_no in found:
        with engine.begin(actor) as tx:
            access.require(tx, "case.withdraw", case_rows.about(case_rows.allowed(tx, child_no, "case.withdraw")))
            row = case_rows.locked(tx, child_no)
            if CaseState(row["state"]) in WITHDRAWABLE:
                ask(tx, row, reason)
    return len(found)
