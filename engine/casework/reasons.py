"""Why an instance stands where it stands, with what its case waits for: the applicant, another body, its children."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.casework import joined, special
from engine.casework.case_rows import Row
from engine.casework.states import TERMINAL, CaseState
from engine.models.cases import cases
from engine.models.instances import instances
from engine.runtime import waiting
from engine.runtime.waiting import Said
from engine.transaction import Transaction


def why(tx: Transaction, instance_id: str) -> Said:
    """What it waits for, worst first, at most three things. Raises NotFound."""
    root = sa.select(instances.c.root_id).where(instances.c.id == instance_id).scalar_subquery()
    row = tx.row(sa.select(cases).where(cases.c.root_id == root))
    return waiting.why(tx, instance_id, tuple(_of_case(tx, row)) if row is not None else ())


def _of_case(tx: Transaction, row: Row) -> Iterator[Said]:
    if row["suspended"]:
        yield f"办件由 {row['suspended']['by']} 中止", f"the case was suspended by {row['suspended']['by']}"
    if row["state"] == CaseState.WITHDRAWAL_PENDING:
        yield "申请人已申请撤回，正在撤销已办理的事项", "the applicant withdraws, and what was set in motion is being called off"
    if row["state"] == CaseState.SUPPLEMENT_REQUIRED:
        names = [str(item.get("name", "")) for item in row["supplement"]["items"]]
        zh, en = "、".join(names), ", ".join(names)
        yield f"等待申请人补正（{zh}），期间时限停止计算", f"the applicant has to supplement {en}; the clock is paused meanwhile"
    if row["special"]:
        zh, en = special.words(str(row["special"]["kind"]))
        yield f"特别程序“{zh}”进行中，期间时限停止计算", f"{en} is under way (special procedure), and the clock is paused"
    yield from _children(tx, row)


def _children(tx: Transaction, row: Row) -> Iterator[Said]:
    left = [child.case_no for child in joined.children(tx, row["case_no"]) if child.state not in TERMINAL]
    if left:
        zh, en = "、".join(left), ", ".join(left)
        yield f"等待一件事的 {len(left)} 个子办件办结（{zh}）", f"the joined service still has open cases: {en}"
