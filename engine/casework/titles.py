"""What packages and processes are called: by the manifest, else as the diagram draws it; by the key only as a last resort."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.casework import manifest
from engine.models.definitions import definitions, deployments
from engine.transaction import Transaction

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Titles:
    """Names as `{zh, en}`. packages: by deployment and by key; processes: by process id, of the newest version."""

    packages: dict[str, Words] = field(default_factory=dict)
    processes: dict[str, Words] = field(default_factory=dict)


def read(tx: Transaction) -> Titles:
    """The names of everything deployed."""
    found = Titles()
    columns = (definitions.c.process_id, definitions.c.name, deployments.c.id, deployments.c.key, deployments.c.manifest)
    query = sa.select(*columns).join_from(definitions, deployments).order_by(definitions.c.version, definitions.c.process_id)
    for row in tx.rows(query):
        drawn = row["name"] or row["process_id"]
        named = _named(row["manifest"])
        is_main = row["process_id"] in (row["key"], manifest.text(manifest.table(row["manifest"], "process"), "id"))
        plain = {"zh": drawn, "en": drawn}
        found.processes[row["process_id"]] = named if named and is_main else plain
        if named or is_main or row["id"] not in found.packages:
            found.packages[row["id"]] = found.packages[row["key"]] = named or plain
    return found


def _named(given: Mapping[str, Any]) -> Words | None:
    """The name of a service, or of a package of parts; None where the manifest says none."""
    for place in ("item", "parts"):
        said = manifest.table(given, place).get("name")
        if said:
            return manifest.words(said)
    return None
