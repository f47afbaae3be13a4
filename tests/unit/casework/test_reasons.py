"""What a case waits for is said where an operator asks why its process stands still."""

from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import inbox, reasons, verbs
from engine.casework.states import CaseState
from engine.models.cases import cases as rows
from engine.transaction import Engine
from tests.unit.casework.city import HEAD_OF_OFFICE, INTAKE, REVIEWER
from tests.unit.casework.test_people import accepted, apply, task_of


def supplement(city: Engine) -> str:
    case_no = apply(city)
    inbox.return_for_supplement(city, INTAKE, task_of(city, case_no), [{"name": "平面图", "reason": "未盖章"}], "请一次补齐")
    return case_no


def paused(city: Engine) -> str:
    case_no = accepted(city)
    with city.begin(REVIEWER) as tx:
        verbs.ask_pause(tx, case_no, "testing", "5WD", "样品须送检")
    return case_no


def withdrawn(city: Engine) -> str:
    case_no = accepted(city)
    with city.begin(SYSTEM) as tx:
        tx.update(rows, {"case_no": case_no}, state=CaseState.WITHDRAWAL_PENDING)
    return case_no


def suspended(city: Engine) -> str:
    case_no = accepted(city)
    with city.begin(HEAD_OF_OFFICE) as tx:
        verbs.suspend(tx, case_no, "等待批复")
    return case_no


def joined(city: Engine) -> str:
    parent, child = accepted(city), apply(city, "k2")
    with city.begin(SYSTEM) as tx:
        tx.update(rows, {"case_no": child}, parent_no=parent)
    return parent


KINDS: Mapping[str, tuple[Callable[[Engine], str], str, str]] = {
    "supplement": (
        supplement,
        "等待申请人补正（平面图），期间时限停止计算；",
        "the applicant has to supplement 平面图; the clock is paused",
    ),
    "special procedure": (
        paused,
        "特别程序“检测”进行中，期间时限停止计算；",
        "a test is under way (special procedure), and the clock",
    ),
    "withdrawal": (
        withdrawn,
        "申请人已申请撤回，正在撤销已办理的事项；",
        "the applicant withdraws, and what was set in motion",
    ),
    "suspended": (
        suspended,
        "已挂起，等待恢复；办件由 周伟 中止；",
        "it is suspended until somebody resumes it; the case was suspended by 周伟;",
    ),
    "children": (joined, "等待一件事的 1 个子办件办结（", "the joined service still has open cases: "),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_case_waits_for_is_said_in_both_languages(city: Engine, kind: str) -> None:
    begun, zh, en = KINDS[kind]
    case_no = begun(city)

    with city.read(SYSTEM) as tx:
        said = reasons.why(tx, tx.value(sa.select(rows.c.root_id).where(rows.c.case_no == case_no)))

    assert said[0].startswith(zh)
    assert said[1].startswith(en)
