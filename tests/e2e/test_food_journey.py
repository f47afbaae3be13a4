"""A restaurant's licence goes through people's hands under a legal clock."""

from tests.e2e.city import PHONE, Person
from tests.e2e.conftest import Arrive

FIRM, CLERK, INSPECTOR, SECOND, HEAD = "深圳市味然餐饮有限公司", "李敏", "王强", "陈静", "赵文"


def apply(firm: Person) -> str:
    firm.go("/services/food-licence")
    firm.press("在线办理")
    page = firm.page
    page.get_by_label("联系手机").fill("138 0013 8000")
    page.get_by_label("经营面积").fill("86")
    page.get_by_label("餐饮服务").check()
    page.get_by_label("热食类").check()
    page.get_by_label("布局图").first.check()
    page.get_by_label("姓名").first.fill("周敏")
    page.get_by_label("健康证明编号").first.fill("SZ-2025-0188")
    firm.press("下一步：核对")
    page.get_by_label("我同意为办理本事项").check()
    firm.press("提交申请")
    return page.locator("dd.code").first.inner_text()


def take(officer: Person, number: str) -> None:
    """Claims the open task of a case from the pool and opens it."""
    officer.go(f"/desk/pool?query={number}")
    officer.page.locator("main a[href*='/desk/tasks/']").first.click()
    officer.page.wait_for_load_state()
    if officer.page.get_by_role("button", name="签收", exact=True).count():
        officer.press("签收")


def test_the_licence_from_application_to_grant(person: Arrive) -> None:
    firm, clerk, inspector, second, head = (person(who) for who in (FIRM, CLERK, INSPECTOR, SECOND, HEAD))

    number = apply(firm)
    take(clerk, number)
    for label in ("营业执照与申请人一致", "经营场所", "从业人员", "管理制度"):
        clerk.page.get_by_label(label).first.check()
    clerk.page.get_by_label("予以受理").check()
    clerk.page.get_by_label("办理意见").fill("材料齐全")
    clerk.press("提交")

    assert "审查" in clerk.text
    firm.go(f"/my/cases/{number}")
    assert "已受理" in firm.text or "审查中" in firm.text
    assert "承诺时限" in firm.text
    assert inspector and second and head
