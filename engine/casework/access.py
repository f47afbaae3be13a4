"""Who may do what: one policy table, deny by default; identity numbers masked; every read of personal data recorded.

Pages and REST call `require` through the casework functions and never decide for themselves (TRUST, access bypass)."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Conflict, Forbidden
from engine.transaction import Transaction


class NotYours(Forbidden):
    """Expected someone who may {action}, but {who} may not; ask {remedy}."""

    zh = "{who} 无权{action}；请联系{remedy}。"


class FourEyes(Conflict):
    """Expected somebody other than {name} to complete “{task}”, because {name} already completed “{earlier}”; hand it over."""

    zh = "“{task}”须由 {name} 以外的人员办理，因为 {name} 已办理“{earlier}”；请转办。"


@dataclass(frozen=True, slots=True)
class About:
    """What an action is about, as far as access cares.

    office: that owns it. owners: account ids and subjects it belongs to. groups: candidate groups. assignee: account id."""

    office: str | None = None
    owners: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    assignee: str | None = None


def may(tx: Transaction, action: str, about: About | None = None) -> bool:
    """Whether the actor may do `action` (a key of POLICY); unknown actions are refused."""
    raise NotImplementedError


def require(tx: Transaction, action: str, about: About | None = None) -> None:
    """Raises NotYours unless `may`."""
    raise NotImplementedError


def mask(number: str) -> str:
    """An identity number or credit code with its middle hidden: `110***********002X` (lists show only this)."""
    raise NotImplementedError


def record_read(tx: Transaction, what: str, *, case_no: str | None, subject: str | None, purpose: str) -> None:
    """One access row: who read whose personal data, why, when (PIPL; DESIGN 12)."""
    raise NotImplementedError


def reads_of(tx: Transaction, subject: str, limit: int = 50) -> tuple[Mapping[str, object], ...]:
    """Who read this subject's data, newest first; for the person and for auditors."""
    raise NotImplementedError
