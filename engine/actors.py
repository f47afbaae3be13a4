"""Who acts: the one value that says on whose authority something happens."""

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of party that may act."""

    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"
    OFFICER = "officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine at the moment it acts.

    id: account id, stable. subject: identity number or credit code of the party acted for (citizens and enterprises).
    roles: role keys such as `caseworker`, `supervisor`, `designer`, `operator`; groups: candidate groups of human tasks.
    office: key of the office an officer belongs to. on_behalf_of: account id of the person substituted, if any."""

    id: str
    name: str
    kind: ActorKind
    roles: frozenset[str] = field(default_factory=frozenset)
    groups: frozenset[str] = field(default_factory=frozenset)
    office: str | None = None
    subject: str | None = None
    on_behalf_of: str | None = None


SYSTEM = Actor("system", "系统", ActorKind.SYSTEM)
