"""A citizen is granted an allowance in a second, and can prove it to anybody."""

import re

from tests.e2e.city import PHONE
from tests.e2e.conftest import Arrive


def test_a_citizen_is_granted_the_allowance_on_a_phone(person: Arrive) -> None:
    citizen = person("陈桂芳", size=PHONE)

    citizen.go("/services/elder-allowance")
    citizen.press("在线办理")
    citizen.press("下一步：核对")
    citizen.page.get_by_label("我同意为办理本事项").check()
    citizen.press("提交申请")

    assert "已批准" in citizen.text
    assert "系统自动核验通过" in citizen.text
    assert "决定理由" in citizen.text
    assert "高龄津贴证明" in citizen.text


def test_the_licence_of_a_granted_case_verifies_for_a_stranger(person: Arrive) -> None:
    citizen, stranger = person("何建国"), person()
    citizen.go("/my/cases")
    citizen.page.locator("main a[href*='/my/cases/']").first.click()
    link = citizen.page.locator("a[href*='/verify/']").first.get_attribute("href")
    assert link is not None

    stranger.go(re.sub(r"^https?://[^/]+", "", link))

    assert "有效" in stranger.text
    assert "何建国" not in stranger.text


def test_what_the_registers_cannot_tell_goes_to_a_person_with_the_same_number(person: Arrive) -> None:
    citizen = person("郑德海")

    citizen.go("/my/cases")
    citizen.page.locator("main a[href*='/my/cases/']").first.click()

    assert "为什么转人工" in citizen.text
    assert "编号和时限不变" in citizen.text


def test_a_stranger_follows_a_case_by_its_number_and_code(person: Arrive) -> None:
    citizen, stranger = person("何建国"), person()
    citizen.go("/my/cases")
    citizen.page.locator("main a[href*='/my/cases/']").first.click()
    number, code = (citizen.page.locator("dd.code").nth(n).inner_text() for n in (0, 1))

    stranger.go("/query")
    stranger.page.get_by_label("办件编号").fill(number)
    stranger.page.get_by_label("查询码").fill(code)
    stranger.press("查询")

    assert number in stranger.text
    assert "何建国" not in stranger.text


def test_rubbish_in_the_form_is_answered_field_by_field_and_loses_nothing(person: Arrive) -> None:
    firm = person("深圳市味然餐饮有限公司")
    firm.begin("food-licence")
    firm.page.get_by_label("联系手机").fill("not a number")
    firm.page.get_by_label("经营面积").fill("86")

    firm.press("下一步：核对")

    assert firm.page.locator("[role=alert], .summary").first.is_visible()
    assert firm.page.get_by_label("联系手机").input_value() == "not a number"
    assert firm.page.get_by_label("经营面积").input_value() == "86"
