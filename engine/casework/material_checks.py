"""逐项审核: each material 合格 or 不合格 with a note; what is not in order fills the one supplement notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.casework import audit, catalogue, handling, manifest
from engine.errors import Finding, Invalid, Severity
from engine.models.cases import cases
from engine.models.verbs import material_checks
from engine.transaction import Transaction

OK, NOT_OK = "ok", "not_ok"


@dataclass(frozen=True, slots=True)
class Material:
    """One material of the item with its check. verdict: ok | not_ok | empty: not checked yet."""

    name: Mapping[str, str]
    note: Mapping[str, str]
    verdict: str
    remark: str
    by_name: str


def of_case(tx: Transaction, case: Mapping[str, Any]) -> tuple[Material, ...]:
    """The materials of a case (its row) in the manifest's order."""
    rows = tx.rows(sa.select(material_checks).where(material_checks.c.case_no == case["case_no"]))
    known = {row["material"]: row for row in rows}
    table = manifest.table(catalogue.manifest_of(tx, case["deployment_id"]), "item")
    return tuple(_material(given, known) for given in manifest.rows(table.get("materials")))


def _material(given: object, known: Mapping[str, Mapping[str, Any]]) -> Material:
    table = given if isinstance(given, Mapping) else {"name": given}
    name = manifest.words(table.get("name"))
    row = known.get(name["zh"], {})
    return Material(name, manifest.words(table.get("note")), row.get("verdict", ""), row.get("note", ""), row.get("by_name", ""))


def check(tx: Transaction, task_id: str, verdicts: Mapping[str, tuple[str, str]]) -> None:
    """Stores (verdict, note) by the material's Chinese name; a material that is not in order needs a note.

    Raises NotFound, NotYours, Invalid naming each material without one."""
    row = handling.held(tx, task_id, ("审核材料", "check materials of"), "task.complete")
    case = tx.row(sa.select(cases).where(cases.c.case_no == row["business_key"]))
    names = {material.name["zh"] for material in of_case(tx, case)} if case else set()
    given = {name: said for name, said in verdicts.items() if name in names and said[0] in (OK, NOT_OK)}
    missing = [name for name, (verdict, note) in given.items() if verdict == NOT_OK and not note.strip()]
    if missing:
        raise Invalid(findings=tuple(_missing(name) for name in missing))
    for name, (verdict, note) in given.items():
        is_it = sa.and_(material_checks.c.case_no == row["business_key"], material_checks.c.material == name)
        tx.connection.execute(material_checks.delete().where(is_it))
        values = {"verdict": verdict, "note": note.strip(), "by_id": tx.actor.id, "by_name": tx.actor.name, "at": tx.now}
        tx.connection.execute(material_checks.insert().values(case_no=row["business_key"], material=name, **values))
    told = {name: verdict for name, (verdict, _) in given.items()}
    audit.write(tx, row["root_id"], "task.materials_checked", {"task": row["name"], "verdicts": told})


def _missing(name: str) -> Finding:
    said = (f"Say what is wrong with {name}.", f"请说明“{name}”的问题。")
    return Finding(Severity.ERROR, "material.note.missing", f"/materials/{name}", *said)


def wanting(materials: tuple[Material, ...]) -> list[dict[str, str]]:
    """What is not in order, as items of the supplement notice."""
    return [{"name": m.name["zh"], "reason": m.remark} for m in materials if m.verdict == NOT_OK]
