"""What must hold on every page: no accessibility violation, no breach of the policy, no sideways scrolling, both languages."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.city import PHONE
from tests.e2e.conftest import Arrive

OPEN = ("/ratings", "/licence-types", "/accessibility")
PAGES = {
    None: [
        "/",
        "/services",
        "/services/elder-allowance",
        "/services/food-licence",
        "/services/food-licence/appointment",
        "/query",
        "/verify",
        "/help",
        "/login",
        *OPEN,
    ],
    "何建国": [
        "/my/cases",
        "/my/wallet",
        "/my/messages",
        "/my/offers",
        "/my/profile",
        "/my/signatures",
        "/my/favourites",
        "/my/disputes",
        "/my/authorisations",
        "/my/appointments",
    ],
    "李敏": [
        "/desk",
        "/desk/pool",
        "/desk/done",
        "/desk/cases",
        "/desk/settings",
        "/desk/counter/new",
        "/desk/counter/authorisation",
        "/desk/counter/appointments",
    ],
    "刘立": ["/supervise", "/supervise/alerts", "/supervise/cards", "/supervise/instant"],
    "邓工": ["/design", "/design/upload", "/design/services", "/design/services/elements", "/design/services/MZ-GLJT-001"],
    "何维": ["/ops/", "/ops/incidents", "/ops/instances", "/ops/work", "/ops/webhooks/", "/retention/", "/retention/register"],
}
ALL = [(who, path) for who, paths in PAGES.items() for path in paths]
FIRST_OF = {"/my/cases": "main a[href*='/my/cases/']", "/desk/pool": "main table a[href*='/desk/tasks/']"}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize(("who", "path"), ALL)
def test_a_page_is_accessible_and_keeps_the_policy(person: Arrive, who: str | None, path: str) -> None:
    someone = person(who, is_back=True)

    someone.go(path)
    found = Axe().run(someone.page, options={"runOnly": LEVELS}).response["violations"]

    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert someone.violations() == []
    assert someone.page.locator("html").get_attribute("lang") == "zh-CN"
    assert someone.page.title() != ""


@pytest.mark.parametrize(("who", "path"), ALL)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(person: Arrive, who: str | None, path: str) -> None:
    someone = person(who, size={"width": 320, "height": 640}, is_back=True)

    someone.go(path)

    assert someone.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("path", "link"), FIRST_OF.items())
def test_a_case_and_a_task_are_accessible_on_a_phone(person: Arrive, path: str, link: str) -> None:
    someone = person("何建国" if path.startswith("/my") else "李敏", size=PHONE)
    someone.go(path)

    someone.page.locator(link).first.click()
    someone.page.wait_for_load_state()
    found = Axe().run(someone.page, options={"runOnly": LEVELS}).response["violations"]

    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert someone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("who", "path"), [pair for pair in ALL if pair[1] != "/login"])
def test_an_english_reader_meets_no_untranslated_words(person: Arrive, who: str | None, path: str) -> None:
    """Names of people, firms and tasks stay as they are; headings, buttons and labels are in English."""
    reader = person(who, language="en-GB")

    reader.go(path)
    words = reader.page.locator("h1, main button, label, th, nav a, footer a").all_inner_texts()

    assert [text for text in words if re.search(r"[\u4e00-\u9fff]", text) and "中文" not in text] == []


@pytest.mark.parametrize("path", ["/", "/services/elder-allowance"])
def test_a_citizens_page_carries_no_script(person: Arrive, path: str) -> None:
    someone = person()

    someone.go(path)

    assert someone.page.locator("script").count() == 0


def test_targets_are_large_enough_for_a_thumb(person: Arrive) -> None:
    someone = person(size=PHONE)
    someone.go("/services/elder-allowance")

    heights = [box["height"] for box in (b.bounding_box() for b in someone.page.locator("main .button").all()) if box]

    assert min(heights) >= 44


def test_large_type_makes_the_text_larger(person: Arrive) -> None:
    someone = person()
    someone.go("/")
    before = someone.page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")

    someone.follow("长者版")

    assert someone.page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") > before
