"""The supplement notice before it goes out: what the applicant will get, built by the code that issues it; nothing is stored."""

from collections.abc import Mapping, Sequence

from engine.calendar import arithmetic, limits
from engine.casework import case_rows, catalogue, documents, handling, offices, task_rows
from engine.casework.operations import named_items, supplement_facts
from engine.casework.papers import DocumentKind
from engine.errors import Finding, Invalid, Severity
from engine.transaction import Transaction


def supplement(tx: Transaction, task_id: str, items: Sequence[Mapping[str, object]], reason: str) -> str:
    """The notice's body with the day it would ask for now. Raises Invalid without items, SupplementRefused, NotYours."""
    if not items:
        nothing = Finding(Severity.ERROR, "supplement.items.missing", "/items", "Name what is missing.", "请列明需补正的内容。")
        raise Invalid(findings=(nothing,))
    row = task_rows.opened(tx, task_id, ("告知补正", "ask for a supplement on"))
    handling.require(tx, row, "task.view")
    handling.check_supplement(tx, row)
    case = case_rows.allowed(tx, row["business_key"], "case.view")
    office, limit = offices.of(tx, case["office"]), str(catalogue.limits_of(tx, case["deployment_id"])["supplement"])
    due = arithmetic.due(office, tx.now, limits.parse(limit)).at
    return documents.drafted(tx, case, DocumentKind.SUPPLEMENT, supplement_facts(named_items(items), reason, office.local(due)))
