"""The seams to the outside world, and only these; adapters and simulators live in `processes/connectors/`.

Nothing here is called while a transaction is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Trust(StrEnum):
    """Trust grade of a fact: A issued by the authority, B verified at a window, C uploaded, D self-declared (DOMAIN 2.7)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Check:
    """What an adapter says of its own health: sentence in both languages."""

    ok: bool
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value from one source: value is FEEL-typed, None when the source holds nothing."""

    name: str
    value: object
    source: str
    trust: Trust
    at: datetime


class ConnectorUnavailable(Exception):
    """The outside system did not answer in time or answered nonsense; the job is tried again."""


class ConnectorRefused(Exception):
    """The outside system answered with a business refusal: becomes a BPMN error with this code."""

    def __init__(self, code: str, message: str, variables: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.variables = dict(variables or {})


class Connector(Protocol):
    """An external operation behind a service task; at least once, so it must honour `idempotency_key`."""

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        """The answer's variables. Raises ConnectorUnavailable or ConnectorRefused."""

    def check(self) -> Check:
        """Health for operators."""


class AttributeSource(Protocol):
    """A shared base (population, legal entity, bank, credit) asked for facts about one subject, in bulk."""

    def fetch(self, subject: str, names: Sequence[str], *, purpose: str, timeout_seconds: float) -> Sequence[Fact]:
        """The facts it holds among `names`. purpose: item code and case or draft number. Raises ConnectorUnavailable."""

    def check(self) -> Check:
        """Health for operators."""


class NotificationChannel(Protocol):
    """A way to reach a person; called by the outbox."""

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Sends once for each key. Raises ConnectorUnavailable."""

    def check(self) -> Check:
        """Health for operators."""


class DocumentStore(Protocol):
    """Files by content hash."""

    def put(self, content: bytes, media_type: str) -> str:
        """Stores and returns the key (sha256 hex)."""

    def get(self, key: str) -> bytes:
        """The content. Raises KeyError."""

    def remove(self, key: str) -> None:
        """Removes the content for good; nothing when it is not there."""

    def check(self) -> Check:
        """Health for operators."""


class Courier(Protocol):
    """A postal service that carries results on paper."""

    def post(self, recipient: str, phone: str, address: str, *, idempotency_key: str) -> str:
        """Hands a parcel over, once for each key; gives its tracking number. Raises ConnectorUnavailable."""

    def check(self) -> Check:
        """Health for operators."""


class Signer(Protocol):
    """An electronic signature service 电子签名 (国务院令 716: equal to one by hand)."""

    name: str

    def sign(self, subject: str, digest: str, *, idempotency_key: str) -> str:
        """The signature over a SHA-256 digest by the person with this number. Raises ConnectorUnavailable, ConnectorRefused."""

    def check(self) -> Check:
        """Health for operators."""


class Poster(Protocol):
    """A way to hand an event to another system's address, and to nothing inside the house."""

    def admit(self, url: str) -> None:
        """Resolves the address now. Raises ConnectorUnavailable with a sentence when nothing may be sent there."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> int:
        """The status of the answer; redirects are not followed. Raises ConnectorUnavailable."""


class WorkingCalendar(Protocol):
    """Which days the office works."""

    version: str

    def __hash__(self) -> int:
        """By identity or value: an office caches what it knows of a calendar."""

    def is_workday(self, day: date) -> bool:
        """Whether the office works on this day, make-up days included."""

    def is_provisional(self, day: date) -> bool:
        """Whether the year is not yet published, so that the answer is a weekday approximation."""
