"""Service items as the public knows them: registered from manifests, published with a version, searched, suspended, switched."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.casework.pages import Page
from engine.transaction import Transaction

Words = Mapping[str, str]
"""A text in `zh` and `en`."""


@dataclass(frozen=True, slots=True)
class Item:
    """A service item in its published (or newest registered) version.

    kind: `instant` | `committed`. status: `registered` | `published` | `suspended`. is_automatic: False after the kill switch.
    process_id, form_id: what an application starts and fills in. limits: `committed`, `statutory`, `pre_acceptance`,
    `supplement`, `extension` as `5WD`, plus `mode`, `supplement_pauses`, `visit_pauses`. manifest: the whole record."""

    code: str
    key: str
    version: int
    deployment_id: str
    name: Words
    summary: Words
    audience: tuple[str, ...]
    office: str
    theme: str
    kind: str
    visits: int
    fee_fen: int
    status: str
    status_reason: str
    is_automatic: bool
    process_id: str
    form_id: str
    limits: Mapping[str, object]
    manifest: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Guide:
    """The service guide 办事指南: the item, its office's name, its limits in words and the manifest's lists as they stand."""

    item: Item
    office_name: Words
    committed: Words
    statutory: Words
    basis: tuple[object, ...]
    conditions: tuple[object, ...]
    materials: tuple[object, ...]
    steps: tuple[object, ...]
    faq: tuple[object, ...]


def register(tx: Transaction, deployment_id: str, manifest: Mapping[str, object]) -> Item:
    """Stores a deployment's manifest as the next version of its item; not yet visible to the public."""
    raise NotImplementedError


def publish(tx: Transaction, deployment_id: str) -> Item:
    """Makes a registered version the one new applications take. Raises NotFound."""
    raise NotImplementedError


def item(tx: Transaction, code: str) -> Item:
    """The item with this code (or package key), published or suspended. Raises NotFound."""
    raise NotImplementedError


def guide(tx: Transaction, code: str) -> Guide:
    """The service guide. Raises NotFound."""
    raise NotImplementedError


def listing(
    tx: Transaction,
    *,
    query: str = "",
    audience: str | None = None,
    office: str | None = None,
    theme: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Item]:
    """Published items by name; query: every word must occur in name, summary or code, in either language."""
    raise NotImplementedError


def registered(tx: Transaction) -> tuple[Item, ...]:
    """All items with their newest version, published or not; for designers."""
    raise NotImplementedError


def popular(tx: Transaction, limit: int = 8) -> tuple[Item, ...]:
    """The items most applied for, from maintained counters; 高频事项."""
    raise NotImplementedError


def suspend(tx: Transaction, code: str, reason: str) -> Item:
    """Takes no new applications until resumed; running cases go on. reason: shown to the public."""
    raise NotImplementedError


def resume(tx: Transaction, code: str) -> Item:
    """Takes applications again."""
    raise NotImplementedError


def set_automatic(tx: Transaction, code: str, is_on: bool, reason: str) -> Item:
    """The kill switch: off means every case of the item is decided by a person from now on (DOMAIN 1.2)."""
    raise NotImplementedError


def put_office(tx: Transaction, key: str, name: Words) -> None:
    """Stores or renames an office."""
    raise NotImplementedError


def office_name(tx: Transaction, key: str) -> Words:
    """The office's name; its key in both languages when it is not stored."""
    raise NotImplementedError
