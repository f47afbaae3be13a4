"""通办 in two places: a window in one district takes in, the city's own office decides after a video call; both see one case."""

from tests.e2e.city import Person
from tests.e2e.conftest import Arrive
from tests.e2e.test_food_journey import FIRM, complete, take

WINDOW, DECIDER, REVIEWER = "彭岚", "崔颖", "沈璐"


def apply(firm: Person) -> str:
    firm.begin("hygiene-licence")
    firm.page.get_by_label("场所地址").fill("深圳市福田区景田路 18 号二层")
    firm.page.get_by_label("场所类别", exact=True).select_option("hair")
    firm.page.get_by_label("收件窗口", exact=True).select_option("baoan")
    firm.page.get_by_label("不选择", exact=True).check()
    firm.page.get_by_label("电子证照", exact=True).check()
    firm.press("下一步：核对")
    firm.page.get_by_label("我同意为办理本事项").check()
    firm.press("提交申请")
    return firm.page.locator("dd.code").first.inner_text()


def test_a_licence_goes_from_a_window_elsewhere_to_a_decision_at_home(person: Arrive) -> None:
    firm, window, decider, reviewer = (person(who) for who in (FIRM, WINDOW, DECIDER, REVIEWER))

    number = apply(firm)
    complete(window, number, ("形式完整、身份一致",), {"说明": "证件原件已核对", "办理意见": "同意"})
    window.go(f"/desk/cases/{number}")
    assert "收件窗口核对" in window.text, "whoever took it in still sees it"
    assert "承诺时限" not in window.text, "the clock starts at home"
    decider.go(f"/desk/pool?q={number}")
    complete(decider, number, ("视频核实一致",), {"录像编号": "SP-1", "办理意见": "同意"})
    complete(decider, number, ("材料齐全，予以受理",), {"办理意见": "同意"})
    complete(reviewer, number, ("不需要",), {"审查记录": "材料齐全", "办理意见": "同意"})
    complete(decider, number, ("准予",), {"理由": "符合条件", "办理意见": "同意"})
    firm.go(f"/my/cases/{number}")

    assert "已批准" in firm.text


def test_a_window_that_refuses_says_why(person: Arrive) -> None:
    firm, window = person(FIRM), person(WINDOW)
    number = apply(firm)

    take(window, number)
    window.page.get_by_label("不予收件", exact=True).check()
    window.page.get_by_label("说明").first.fill("申请人与证件不符")
    window.page.get_by_label("办理意见").fill("不予收件")
    window.press("提交")
    firm.go(f"/my/cases/{number}")

    assert "申请人与证件不符" in firm.text
