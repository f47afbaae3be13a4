"""The states a case may be in, the moves between them and the national codes (DOMAIN 2.2).

A case is not a process instance: its legal state survives process versions, returns and sub-processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import Conflict


class CaseState(StrEnum):
    """Canonical legal state of a case."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PRE_REVIEW = "pre_review"
    PRE_REVIEW_RETURNED = "pre_review_returned"
    SUPPLEMENT_REQUIRED = "supplement_required"
    NOT_REQUIRED = "not_required"
    ACCEPTANCE_REFUSED = "acceptance_refused"
    ACCEPTED = "accepted"
    ACCEPTED_CONDITIONALLY = "accepted_conditionally"
    IN_REVIEW = "in_review"
    SUSPENDED_SPECIAL_PROCEDURE = "suspended_special_procedure"
    DECIDED_GRANTED = "decided_granted"
    DECIDED_GRANTED_CONDITIONALLY = "decided_granted_conditionally"
    DECIDED_REFUSED = "decided_refused"
    ISSUING = "issuing"
    DELIVERED = "delivered"
    CLOSED = "closed"
    WITHDRAWAL_PENDING = "withdrawal_pending"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    REVOKED = "revoked"


S = CaseState


class IllegalMove(Conflict):
    """Expected case {case_no} to be ready for “{wanted}”, but it is “{state}”; open the case to see what happened since."""

    zh = "办件 {case_no} 当前为“{state}”，不能变为“{wanted}”；请打开办件查看最新情况。"


@dataclass(frozen=True, slots=True)
class Words:
    """code: of the national exchange, None where it has none. zh, en: for people."""

    code: str | None
    zh: str
    en: str


WORDS: Mapping[CaseState, Words] = {
    S.DRAFT: Words(None, "草稿", "Draft"),
    S.SUBMITTED: Words("1", "已提交，待受理", "Submitted, awaiting acceptance"),
    S.PRE_REVIEW: Words("1", "预审中", "In pre-review"),
    S.PRE_REVIEW_RETURNED: Words("1", "预审退回", "Returned by pre-review"),
    S.SUPPLEMENT_REQUIRED: Words("6", "待补正", "Supplement needed"),
    S.NOT_REQUIRED: Words("4", "不受理（无需许可）", "No licence needed"),
    S.ACCEPTANCE_REFUSED: Words("5", "不予受理", "Acceptance refused"),
    S.ACCEPTED: Words("3", "已受理", "Accepted"),
    S.ACCEPTED_CONDITIONALLY: Words("3", "容缺受理", "Accepted conditionally"),
    S.IN_REVIEW: Words("8", "审查中", "Under review"),
    S.SUSPENDED_SPECIAL_PROCEDURE: Words("9", "特别程序中", "Special procedure"),
    S.DECIDED_GRANTED: Words("11", "准予", "Granted"),
    S.DECIDED_GRANTED_CONDITIONALLY: Words("12", "容缺准予", "Granted conditionally"),
    S.DECIDED_REFUSED: Words("13", "不予准予", "Refused"),
    S.ISSUING: Words("11", "制证中", "Being issued"),
    S.DELIVERED: Words("11", "已送达", "Delivered"),
    S.CLOSED: Words("11", "已办结", "Closed"),
    S.WITHDRAWAL_PENDING: Words("16", "撤回审核中", "Withdrawal pending"),
    S.WITHDRAWN: Words("14", "已撤回", "Withdrawn"),
    S.TERMINATED: Words("2", "已终止", "Terminated"),
    S.REVOKED: Words("15", "已撤销", "Revoked"),
}

BEFORE_ACCEPTANCE = frozenset({S.SUBMITTED, S.PRE_REVIEW, S.PRE_REVIEW_RETURNED, S.SUPPLEMENT_REQUIRED})
UNDER_WAY = frozenset({S.ACCEPTED, S.ACCEPTED_CONDITIONALLY, S.IN_REVIEW, S.SUSPENDED_SPECIAL_PROCEDURE})
DECIDED = frozenset({S.DECIDED_GRANTED, S.DECIDED_GRANTED_CONDITIONALLY, S.DECIDED_REFUSED})
TERMINAL = frozenset({S.NOT_REQUIRED, S.ACCEPTANCE_REFUSED, S.CLOSED, S.WITHDRAWN, S.TERMINATED, S.REVOKED})
WITHDRAWABLE = BEFORE_ACCEPTANCE | UNDER_WAY
"""行政许可法: the applicant may withdraw until the decision."""

_ENDS = {S.WITHDRAWAL_PENDING, S.WITHDRAWN, S.TERMINATED}
_RECEIPT = {S.ACCEPTED, S.ACCEPTED_CONDITIONALLY, S.ACCEPTANCE_REFUSED, S.NOT_REQUIRED}
_VERDICT = {S.DECIDED_GRANTED, S.DECIDED_GRANTED_CONDITIONALLY, S.DECIDED_REFUSED}

MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    S.DRAFT: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.PRE_REVIEW, S.SUPPLEMENT_REQUIRED} | _RECEIPT | _ENDS),
    S.PRE_REVIEW: frozenset({S.PRE_REVIEW_RETURNED, S.SUPPLEMENT_REQUIRED} | _RECEIPT | _ENDS),
    S.PRE_REVIEW_RETURNED: frozenset({S.PRE_REVIEW, S.SUPPLEMENT_REQUIRED} | _RECEIPT | _ENDS),
    S.SUPPLEMENT_REQUIRED: frozenset({S.SUBMITTED, S.PRE_REVIEW} | _RECEIPT | _ENDS),
    S.ACCEPTED: frozenset({S.IN_REVIEW, S.SUSPENDED_SPECIAL_PROCEDURE} | _VERDICT | _ENDS),
    S.ACCEPTED_CONDITIONALLY: frozenset({S.ACCEPTED, S.IN_REVIEW, S.SUSPENDED_SPECIAL_PROCEDURE} | _VERDICT | _ENDS),
    S.IN_REVIEW: frozenset({S.SUSPENDED_SPECIAL_PROCEDURE} | _VERDICT | _ENDS),
    S.SUSPENDED_SPECIAL_PROCEDURE: frozenset({S.IN_REVIEW} | _ENDS),
    S.WITHDRAWAL_PENDING: frozenset({S.WITHDRAWN, S.SUBMITTED, S.ACCEPTED, S.IN_REVIEW}),
    S.DECIDED_GRANTED: frozenset({S.ISSUING, S.DELIVERED, S.CLOSED, S.REVOKED}),
    S.DECIDED_GRANTED_CONDITIONALLY: frozenset({S.ISSUING, S.DELIVERED, S.CLOSED, S.REVOKED}),
    S.DECIDED_REFUSED: frozenset({S.DELIVERED, S.CLOSED}),
    S.ISSUING: frozenset({S.DELIVERED, S.CLOSED, S.REVOKED}),
    S.DELIVERED: frozenset({S.CLOSED, S.REVOKED}),
    S.CLOSED: frozenset({S.REVOKED}),
    S.NOT_REQUIRED: frozenset(),
    S.ACCEPTANCE_REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.TERMINATED: frozenset(),
    S.REVOKED: frozenset(),
}
"""Every lawful move. Decided needs accepted, and an open special procedure must be closed first: neither has an edge around
it."""


def check(case_no: str, state: CaseState, wanted: CaseState) -> None:
    """Raises IllegalMove unless a case may move from `state` to `wanted`."""
    if wanted not in MOVES[state]:
        here, there = WORDS[state], WORDS[wanted]
        raise IllegalMove(case_no=case_no, state=(here.zh, here.en), wanted=(there.zh, there.en))
