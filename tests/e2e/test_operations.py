"""Operators intervene and migrate in the browser, in the seeded city."""

from collections.abc import Callable

from tests.e2e.city import Person

Arrive = Callable[..., Person]


def test_an_operator_suspends_resumes_and_sends_back(person: Arrive) -> None:
    operator = person("何维")
    operator.go("/ops/instances?status=active")
    operator.page.locator("table a").first.click()
    operator.page.wait_for_load_state()
    for details in operator.page.locator("#changes details").all():
        details.evaluate("element => element.open = true")

    form = operator.page.locator('form[action$="/suspend"]')
    form.locator("input[name=reason]").fill("核查")
    form.locator("button").click()
    operator.page.wait_for_load_state()
    assert "suspended" in operator.page.locator("h1").inner_text()

    operator.page.locator('form[action$="/resume"] button').click()
    operator.page.wait_for_load_state()
    assert "active" in operator.page.locator("h1").inner_text()


def test_a_designer_plans_a_migration_without_a_button_to_run_it(person: Arrive) -> None:
    designer = person("邓工")

    designer.go("/design/processes/food-licence/migration")

    assert "版本迁移" in designer.page.locator("h1").inner_text()
    assert designer.page.locator("form[method=post] button:has-text('迁移')").count() == 0
