"""容缺材料: the papers an applicant still owes after a conditional acceptance, until when, and their handing in.

What follows is the diagram's: the applicant's own task waits for them, its timers remind and end the case or revoke what was
granted. Source: DOMAIN 2.5."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.actors import Actor
from engine.casework import case_rows, form_files, handling, notices
from engine.casework.view import Supplement
from engine.errors import Conflict
from engine.runtime import jobs, tasks
from engine.transaction import Engine, Transaction


class NothingOwed(Conflict):
    """Expected case {case_no} to wait for papers promised at its acceptance, but it does not; see its progress."""

    zh = "办件 {case_no} 没有待补交的容缺材料；请查看办理进度。"


def of_row(tx: Transaction, row: Mapping[str, Any]) -> Supplement | None:
    """What the applicant owes and until when; None when nothing was promised, the promise is met, or its time is over."""
    promise = row["promise"]
    task = handling.applicants_task(tx, row["case_no"]) if promise and not promise["met_at"] else None
    if task is None:
        return None
    return Supplement(
        items=tuple(promise["items"]),
        reason="",
        due_at=datetime.fromisoformat(promise["due_at"]),
        task_id=task["id"],
        form_id=task["form_key"],
        deployment_id=handling.deployment_of(tx, task["definition_id"]),
    )


def hand_in(engine: Engine, actor: Actor, case_no: str, answers: Mapping[str, object]) -> None:
    """The applicant hands in the papers owed: they become files of the case, whoever holds it is told, the process goes on.

    Raises NotFound, NothingOwed, Invalid."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        case_rows.allowed(tx, case_no, "case.supplement")
        row = case_rows.locked(tx, case_no)
        asked = of_row(tx, row)
        if asked is None or asked.task_id is None:
            raise NothingOwed(case_no=case_no)
        values = _stored(tx, row, asked, answers)
        tasks.complete(tx, asked.task_id, {"owed_answers": values, "form": {**row["answers"], **values}}, expected_version=None)
    jobs.follow(tx, row["root_id"])


def _stored(tx: Transaction, row: case_rows.Row, asked: Supplement, answers: Mapping[str, object]) -> Mapping[str, object]:
    """The answers, checked and kept with the case and its files. Raises Invalid."""
    form = (str(asked.deployment_id), str(asked.form_id))
    given = form_files.validated(tx, *form, answers, data=row["answers"])
    values = {name: value for name, value in given.items() if value is not None}
    form_files.attach(tx, *form, values, case_no=row["case_no"], root_id=row["root_id"])
    case_rows.change(tx, row, answers={**row["answers"], **form_files.storable(values)})
    for to in notices.holders(tx, row["case_no"]):
        notices.write(tx, to, "case.owed_handed_in", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return values
