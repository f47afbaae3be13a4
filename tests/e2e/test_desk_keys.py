"""The desk without a mouse: keys walk the list, choose rows and send a task; a phrase is written by a click."""

from playwright.sync_api import expect

from tests.e2e.conftest import Arrive

FOOD = "SJ-SPJY-001"


def test_a_list_is_walked_chosen_and_opened_by_keys(person: Arrive) -> None:
    li = person("李敏")
    li.go("/desk/pool")
    rows = li.page.locator("[data-part=rows] tbody tr")

    li.page.keyboard.press("j")
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    li.page.keyboard.press("j")
    li.page.keyboard.press("x")

    expect(rows.nth(1).locator("input.pick")).to_be_checked()
    li.page.keyboard.press("?")
    expect(li.page.locator("[data-keys]")).to_have_attribute("open", "")
    li.page.keyboard.press("k")
    li.page.keyboard.press("Enter")
    li.page.wait_for_url("**/desk/tasks/**")


def test_letters_do_nothing_while_somebody_types(person: Arrive) -> None:
    li = person("李敏")
    li.go("/desk/pool")

    li.page.keyboard.press("/")
    li.page.keyboard.type("jkx")

    expect(li.page.locator("#q")).to_have_value("jkx")


def test_a_service_brings_its_own_columns(person: Arrive) -> None:
    li = person("李敏")
    li.go("/desk/pool")
    assert "主体业态" not in li.text

    li.go(f"/desk/pool?item_code={FOOD}")

    heads = li.page.locator("thead").inner_text()
    assert "主体业态" in heads
    assert "经营面积" in heads


def test_a_draft_is_saved_by_key_with_a_phrase_and_found_again(person: Arrive) -> None:
    li = person("李敏")
    li.go("/desk/pool")
    li.page.locator("[data-part=rows] tbody a").first.click()
    li.page.wait_for_load_state()
    li.page.keyboard.press("c")
    li.page.wait_for_url("**done=claimed**")
    phrase = li.page.locator("[data-phrase]").first
    words = phrase.inner_text()

    phrase.click()
    li.page.keyboard.press("Control+s")
    li.page.wait_for_url("**done=saved**")

    expect(li.page.locator("#f-opinion")).to_have_value(words)
    li.page.keyboard.press("Escape")
