"""An officer's list changes while somebody looks at it, and not under the hands of whoever works in it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.e2e.conftest import Arrive

ROWS = "[data-part=rows] tbody tr"


def machine(address: str, who: str) -> Callable[[str, str], Any]:
    """Calls REST as this person, from elsewhere."""

    def call(method: str, path: str, body: object = None, **headers: str) -> Any:
        given = None if body is None else json.dumps(body).encode()
        sent = Request(address + "/api/v1" + path, given, {"Content-Type": "application/json", **headers}, method=method)
        with urlopen(sent) as answer:
            return json.load(answer)

    token = call("POST", "/sessions", {"person": who})["token"]
    return lambda method, path: call(method, path, Authorization=f"Bearer {token}")


def test_a_task_that_a_colleague_claims_leaves_the_list_and_the_focus_stays(person: Arrive) -> None:
    officer = person("李敏")
    call = machine(officer.address, "limin")
    officer.page.goto(officer.address + "/desk/pool", wait_until="networkidle")
    count = officer.page.locator(ROWS).count()
    officer.page.focus("#q")
    task = call("GET", "/tasks?list=pool")["items"][0]["task_id"]

    call("POST", f"/tasks/{task}/claim")
    expect(officer.page.locator(ROWS)).to_have_count(count - 1)
    focused = officer.page.evaluate("document.activeElement.id")
    officer.page.locator(".pick").first.check()
    call("POST", f"/tasks/{task}/unclaim")

    expect(officer.page.get_by_text("列表有更新")).to_be_visible()
    assert focused == "q"
    assert officer.page.locator(".pick").first.is_checked()
    assert officer.page.locator(ROWS).count() == count - 1
    assert officer.violations() == []
