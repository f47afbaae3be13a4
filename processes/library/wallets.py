"""The e-licences that the demo people hold already: an identity card each, a business licence each enterprise."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from engine.actors import SYSTEM
from engine.casework import licence_library
from engine.transaction import Engine, Transaction
from processes.simulators import registers

_ISSUED = date(2021, 3, 1)


def fill(engine: Engine) -> None:
    """Takes the licences over from the registers that issued them, each once."""
    with engine.begin(SYSTEM) as tx:
        for subject, row in registers.people().items():
            _identity_card(tx, subject, row)
        for subject, row in registers.enterprises().items():
            known = row["enterprise"]
            fields = {key: known[key] for key in ("uscc", "address", "legal_representative") if key in known}
            _take(tx, "business-licence", subject, str(row["login"]), str(known["name"]), fields)


def _identity_card(tx: Transaction, subject: str, row: Mapping[str, Mapping[str, object]]) -> None:
    known = row["population"]
    fields = {key: known[key] for key in ("birth_date", "address") if key in known}
    _take(tx, "id-card", subject, str(row["login"]), str(known["name"]), fields)


def _take(tx: Transaction, kind: str, subject: str, login: str, name: str, fields: Mapping[str, object]) -> None:
    number = f"{kind.split('-')[0].upper()}{int(sha256(subject.encode()).hexdigest()[:10], 16) % 10**10:010d}"
    holder = {"account_id": login, "name": name, "no": subject}
    licence_library.take_over(tx, kind, holder, number, fields, issued_on=_ISSUED)
