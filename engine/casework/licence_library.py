"""证照库: types, renewal and change, associations, showing a licence for a while instead of its card; the log of uses."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.casework import audit, catalogue, licences, notices, numbers, offices, situations
from engine.casework.licences import Licence, NotValid, add_months
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.library import licence_types
from engine.models.licences import licence_shares, licence_uses
from engine.models.licences import licences as table
from engine.transaction import Transaction

MINUTES = (5, 30, 1440)
"""For how long a licence may be shown by one code: at a counter, for a visit, for a day."""


class ShareEnded(Conflict):
    """Expected a code that still shows its licence, but this one ended on {at}; ask the holder for a new one."""

    zh = "该出示码已于 {at} 失效；请持证人重新出示。"


@dataclass(frozen=True, slots=True)
class LicenceType:
    """A kind of e-licence. office: that defines and issues it. valid_months: 0 for an open end. holder: personal | legal."""

    key: str
    name: Mapping[str, str]
    office: str
    valid_months: int
    holder: str


@dataclass(frozen=True, slots=True)
class Share:
    """A licence shown for a while. code: for `/show/<code>`."""

    code: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Use:
    """One look at a licence. way: verified | shown | instead_of_material | read."""

    way: str
    who: str
    purpose: str
    case_no: str | None
    at: datetime


def types(tx: Transaction) -> tuple[LicenceType, ...]:
    """All types of the city, those of persons first."""
    rows = tx.rows(sa.select(licence_types).order_by(licence_types.c.holder.desc(), licence_types.c.key))
    return tuple(
        LicenceType(r["key"], {"zh": r["name_zh"], "en": r["name_en"]}, r["office"], r["valid_months"], r["holder"]) for r in rows
    )


def take_over(
    tx: Transaction, kind: str, holder: Mapping[str, str], number: str, fields: Mapping[str, object], *, issued_on: date
) -> None:
    """Puts a licence that the issuing register keeps into the holder's wallet, once by its number.

    holder: account_id, name, no. kind: a key of the licence types."""
    known = tx.row(sa.select(licence_types).where(licence_types.c.key == kind))
    if known is None:
        raise NotFound(thing=("证照类型", "the licence type"), key=kind)
    if tx.value(sa.select(table.c.id).where(table.c.number == number)) is not None:
        return
    months = known["valid_months"]
    tx.connection.execute(
        table.insert().values(
            id=new_id(),
            type=kind,
            name_zh=known["name_zh"],
            name_en=known["name_en"],
            number=number,
            code=numbers.verification_code(),
            case_no="",
            item_code="",
            office=known["office"],
            account_id=holder["account_id"],
            holder_name=holder["name"],
            holder_no=holder["no"],
            fields=dict(fields),
            issued_at=tx.now,
            valid_from=issued_on,
            valid_to=add_months(issued_on, months) - timedelta(days=1) if months else None,
            status="valid",
            status_reason="",
            associated=[],
        )
    )


def renew(tx: Transaction, number: str, months: int) -> Licence:
    """延续: a new licence from the day after the old one ends (or from today), which it stands for. Raises NotFound, NotValid."""
    row = _for_change(tx, number)
    today = _today(tx, row)
    start = row["valid_to"] + timedelta(days=1) if row["valid_to"] and row["valid_to"] >= today else today
    ends = add_months(start, months) - timedelta(days=1) if months else None
    return _replaced(tx, row, "renewed", valid_from=start, valid_to=ends)


def change(tx: Transaction, number: str, fields: Mapping[str, object], *, holder_name: str | None = None) -> Licence:
    """变更: the same licence with other fields, valid as long as the old one. Raises NotFound, NotValid."""
    row = _for_change(tx, number)
    merged = {**row["fields"], **fields}
    return _replaced(tx, row, "changed", fields=merged, holder_name=holder_name or row["holder_name"], valid_from=_today(tx, row))


def _for_change(tx: Transaction, number: str) -> Mapping[str, Any]:
    row = licences.row_of(tx, number, "licence.change", lock=True)
    if row["status"] != "valid":
        raise NotValid(number=number, status=row["status"])
    return row


def _today(tx: Transaction, row: Mapping[str, Any]) -> date:
    return offices.of(tx, row["office"]).local(tx.now).date()


def _replaced(tx: Transaction, row: Mapping[str, Any], why: str, **changes: Any) -> Licence:
    root, _, version = row["number"].partition("/")
    number = f"{root}/{int(version or 1) + 1}"
    made = {**row, **changes, "id": new_id(), "number": number, "code": numbers.verification_code(), "issued_at": tx.now}
    made |= {"replaces": row["number"], "replaced_by": "", "why_replaced": why}
    tx.connection.execute(table.insert().values(**made))
    old = {"status": "superseded", "status_reason": why, "replaced_by": number}
    tx.connection.execute(table.update().where(table.c.id == row["id"]).values(**old))
    _note(tx, row, f"licence.{why}", {"number": number, "replaces": row["number"]})
    notices.write(tx, row["account_id"], f"licence.{why}", {"number": number}, case_no=row["case_no"] or None)
    return licences.shown(tx, made)


def _note(tx: Transaction, row: Mapping[str, Any], kind: str, data: Mapping[str, object]) -> None:
    root_id = tx.value(sa.select(cases.c.root_id).where(cases.c.case_no == row["case_no"]))
    if root_id:
        audit.write(tx, root_id, kind, data)


def associate(tx: Transaction, number: str, other: str) -> None:
    """关联: two licences of one holder that belong together (a shop's food licence and its business licence). Raises NotFound."""
    first, second = licences.row_of(tx, number, "licence.change"), licences.row_of(tx, other, "licence.change")
    if first["holder_no"] != second["holder_no"]:
        raise NotFound(thing=("同一持证主体的证照", "a licence of the same holder"), key=other)
    for row, name in ((first, other), (second, number)):
        listed = sorted({*row["associated"], name})
        tx.connection.execute(table.update().where(table.c.id == row["id"]).values(associated=listed))


def share(tx: Transaction, number: str, purpose: str, minutes: int) -> Share:
    """亮证: a code that shows the whole licence for so many minutes, for one purpose, instead of the card.

    Raises NotFound for a licence of somebody else, NotValid, Invalid."""
    row = licences.row_of(tx, number, "licence.share")
    found = licences.shown(tx, row)
    if found.status != "valid":
        raise NotValid(number=number, status=found.status)
    if minutes not in MINUTES or not purpose.strip() or len(purpose) > 100:
        said = ("Say what for, and choose one of the times offered.", "请填写用途并选择一个出示时长。")
        raise Invalid(findings=(Finding(Severity.ERROR, "share.value", "/purpose", *said),))
    ends = tx.now + timedelta(minutes=minutes)
    made = Share("S" + secrets.token_hex(8).upper(), purpose.strip(), tx.now, ends, None)
    values = {"code": made.code, "licence_id": row["id"], "purpose": made.purpose, "created_at": tx.now, "expires_at": ends}
    tx.connection.execute(licence_shares.insert().values(**values))
    return made


def end_share(tx: Transaction, code: str) -> None:
    """The holder takes the code back at once. Raises NotFound."""
    owned = sa.select(table.c.number).join(licence_shares, licence_shares.c.licence_id == table.c.id)
    number = tx.value(owned.where(licence_shares.c.code == code))
    if number is None:
        raise NotFound(thing=("出示码", "the code"), key=code)
    licences.row_of(tx, number, "licence.share")
    tx.connection.execute(licence_shares.update().where(licence_shares.c.code == code).values(ended_at=tx.now))


def show(tx: Transaction, code: str, who: str) -> tuple[Licence, Share]:
    """What a share code shows, with a line in the holder's log. who: the viewer in words. Raises NotFound, ShareEnded."""
    row = tx.row(sa.select(licence_shares).where(licence_shares.c.code == code.strip().upper()))
    if row is None:
        raise NotFound(thing=("出示码", "the code"), key=code)
    shared = _share(row)
    ended = min(filter(None, (shared.ended_at, shared.expires_at)))
    if ended <= tx.now:
        raise ShareEnded(at=f"{offices.by_calendar(tx.engine.calendar, tx.engine.settings.zone).local(ended):%Y-%m-%d %H:%M}")
    licence = tx.row(sa.select(table).where(table.c.id == row["licence_id"]))
    assert licence is not None
    used(tx, licence["id"], "shown", who, shared.purpose)
    return licences.shown(tx, licence), shared


def _share(row: Mapping[str, Any]) -> Share:
    return Share(row["code"], row["purpose"], row["created_at"], row["expires_at"], row["ended_at"])


def used(tx: Transaction, licence_id: str, way: str, who: str, purpose: str, case_no: str | None = None) -> None:
    """One line in the log that the holder reads."""
    values = {"licence_id": licence_id, "way": way, "who": who, "purpose": purpose, "case_no": case_no, "at": tx.now}
    tx.connection.execute(licence_uses.insert().values(id=new_id(), **values))


def verified(tx: Transaction, code: str) -> None:
    """Logs that somebody checked a licence by its code."""
    found = tx.value(sa.select(table.c.id).where(table.c.code == code.strip().upper()))
    if found is not None:
        used(tx, found, "verified", "", "")


def uses(tx: Transaction, number: str, limit: int = 50) -> tuple[Use, ...]:
    """Who looked at a licence and what for, newest first; for its holder. Raises NotFound."""
    row = licences.row_of(tx, number, "licence.view")
    query = sa.select(licence_uses).where(licence_uses.c.licence_id == row["id"]).order_by(licence_uses.c.id.desc()).limit(limit)
    return tuple(Use(r["way"], r["who"], r["purpose"], r["case_no"], r["at"]) for r in tx.rows(query))


def shares(tx: Transaction, number: str) -> tuple[Share, ...]:
    """The codes that still show a licence, newest first; for its holder."""
    row = licences.row_of(tx, number, "licence.view")
    is_live = sa.and_(
        licence_shares.c.licence_id == row["id"], licence_shares.c.expires_at > tx.now, licence_shares.c.ended_at.is_(None)
    )
    return tuple(
        _share(r) for r in tx.rows(sa.select(licence_shares).where(is_live).order_by(licence_shares.c.created_at.desc()))
    )


def held(tx: Transaction, subject: str, kinds: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """The newest valid licence row of each kind that a subject holds; for use instead of a material."""
    is_asked = sa.and_(table.c.holder_no == subject, table.c.type.in_(kinds), table.c.status == "valid")
    rows = tx.rows(sa.select(table).where(is_asked).order_by(table.c.id))
    return {row["type"]: row for row in rows if licences.shown(tx, row).status == "valid"}


def materials_of(
    tx: Transaction, subject: str, manifest: Mapping[str, object], situation: Mapping[str, object] | None = None
) -> tuple[tuple[Mapping[str, object], Licence | None], ...]:
    """Each material an item needs in a situation, with the licence of this person that stands for it, if there is one."""
    listed = [m for m in _materials(manifest, situation) if isinstance(m, Mapping)]
    found = held(tx, subject, [str(m["licence_type"]) for m in listed if m.get("licence_type")]) if subject else {}
    rows = [(m, found.get(str(m.get("licence_type")))) for m in listed]
    return tuple((m, licences.shown(tx, row) if row is not None else None) for m, row in rows)


def instead_of_materials(
    tx: Transaction,
    subject: str,
    manifest: Mapping[str, object],
    case_no: str,
    *,
    situation: Mapping[str, object] | None = None,
) -> dict[str, Mapping[str, object]]:
    """电子证照免提交: for each material that a licence stands for, the reference to the one the applicant holds.

    Returns facts by `licence:<type>`; each use is logged for the holder. Materials without a licence stay to be handed in."""
    wanted = [str(m["licence_type"]) for m in _materials(manifest, situation) if isinstance(m, Mapping) and m.get("licence_type")]
    if not wanted or not subject:
        return {}
    found = held(tx, subject, wanted)
    for row in found.values():
        office = catalogue.office_name(tx, row["office"])["zh"]
        used(tx, row["id"], "instead_of_material", office, str(_item(manifest).get("code", "")), case_no)
    same = {"source": "licences", "trust": "A", "at": tx.now.isoformat()}
    return {f"licence:{kind}": {"value": row["number"], **same} for kind, row in found.items()}


def _item(manifest: Mapping[str, object]) -> Mapping[str, object]:
    item = manifest.get("item")
    return item if isinstance(item, Mapping) else {}


def _materials(manifest: Mapping[str, object], situation: Mapping[str, object] | None) -> Sequence[object]:
    return situations.needed(_item(manifest).get("materials"), situation or {})
