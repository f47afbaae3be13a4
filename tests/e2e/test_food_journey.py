"""A restaurant's licence goes through people's hands under a legal clock."""

from collections.abc import Mapping

from tests.e2e.city import PHONE, Person
from tests.e2e.conftest import Arrive

FIRM, CLERK, INSPECTOR, SECOND, HEAD = "深圳市味然餐饮有限公司", "李敏", "王强", "陈静", "赵文"


def fill(person: Person, texts: Mapping[str, str] = {}, ticks: tuple[str, ...] = ()) -> None:
    for label, text in texts.items():
        person.page.get_by_label(label).first.fill(text)
    for label in ticks:
        person.page.get_by_label(label, exact=True).first.check()


def apply(firm: Person) -> str:
    """The firm's application, submitted; its case number."""
    firm.begin("food-licence")
    texts = {"联系手机": "138 0013 8000", "经营面积": "86", "姓名": "周敏", "培训合格证号": "SZ-2025-0188"}
    fill(firm, texts, ("餐饮服务", "热食类制售", "已备好经营场所布局图和操作流程图"))
    firm.press("下一步：核对")
    firm.page.get_by_label("我同意为办理本事项").check()
    firm.press("提交申请")
    return firm.page.locator("dd.code").first.inner_text()


def take(officer: Person, number: str) -> None:
    """Opens the task of a case out of the pool and signs for it."""
    officer.go(f"/desk/pool?q={number}")
    officer.page.locator("main table a[href*='/desk/tasks/']").first.click()
    officer.page.wait_for_load_state()
    officer.press("签收")


def complete(officer: Person, number: str, ticks: tuple[str, ...], texts: Mapping[str, str]) -> None:
    take(officer, number)
    fill(officer, texts, ticks)
    officer.press("提交")


def test_the_licence_from_application_to_grant(person: Arrive) -> None:
    firm, clerk, inspector, second, head = (person(who) for who in (FIRM, CLERK, INSPECTOR, SECOND, HEAD))

    number = apply(firm)
    complete(clerk, number, ("予以受理", "主体资格", "场所布局图"), {"办理意见": "材料齐全"})
    complete(clerk, number, ("材料符合要求，进行现场核查", "人员持证"), {"审查记录": "布局合理", "办理意见": "符合要求"})
    visit = {"核查日期": "2026-11-26", "同行核查员": "陈静", "办理意见": "现场符合"}
    complete(inspector, number, ("给排水与污水", "生熟分开", "符合"), visit)
    complete(second, number, ("同意核查结论",), {"办理意见": "同意"})
    complete(head, number, ("准予许可",), {"办理意见": "同意发证"})
    firm.go(f"/my/cases/{number}")

    assert "已批准" in firm.text
    assert "食品经营许可证" in firm.text
    assert "予以受理" in firm.text


def test_a_supplement_is_asked_for_once_and_handed_in_on_a_phone(person: Arrive) -> None:
    firm, clerk = person(FIRM, size=PHONE), person(CLERK)
    number = apply(firm)
    take(clerk, number)
    clerk.page.get_by_text("一次性告知补正", exact=True).click()
    fill(clerk, {"材料或内容 1": "经营场所布局图", "总说明": "请补充布局图"})
    clerk.page.locator("#why-0").fill("缺少洗消间")
    clerk.press("告知补正")

    firm.go(f"/my/cases/{number}")
    assert "缺少洗消间" in firm.text
    firm.follow("去补正")
    fill(firm, {"补正说明": "已补充洗消间"})
    firm.press("提交补正")
    clerk.go(f"/desk/cases/{number}")

    assert "申请人提交补正" in clerk.text


def test_whoever_comes_second_reads_who_was_first(person: Arrive) -> None:
    firm, inspector, clerk = person(FIRM), person(INSPECTOR), person(CLERK)
    number = apply(firm)
    complete(clerk, number, ("予以受理",), {"办理意见": "材料齐全"})
    for officer in (clerk, inspector):
        officer.go(f"/desk/pool?q={number}")
        officer.page.locator("main table a[href*='/desk/tasks/']").first.click()
        officer.page.wait_for_load_state()

    clerk.press("签收")
    inspector.press("签收")

    assert "李敏 已于" in inspector.text


def test_a_draft_waits_on_the_server(person: Arrive) -> None:
    firm, clerk = person(FIRM), person(CLERK)
    number = apply(firm)
    take(clerk, number)
    address = clerk.page.url

    fill(clerk, ticks=("主体资格", "场所布局图"))
    clerk.press("暂存")
    elsewhere = person(CLERK)
    elsewhere.page.goto(address)

    assert elsewhere.page.get_by_label("场所布局图", exact=True).is_checked()
    assert "草稿保存于" in elsewhere.text
