"""Supervisors see every light, designers see what is wrong on the element, operators see what stands still."""

from pathlib import Path

from tests.e2e.conftest import Arrive

HERE = Path(__file__).parents[1]


def test_a_supervisor_sees_lights_in_words_and_who_is_overdue(person: Arrive) -> None:
    supervisor = person("刘立")

    supervisor.go("/supervise")
    board = supervisor.text
    supervisor.go("/supervise/alerts")

    assert all(word in board for word in ("预警", "黄牌", "红牌"))
    assert supervisor.page.locator("main table tbody tr").count() > 0


def test_the_count_on_the_board_is_the_length_of_the_list_behind_it(person: Arrive) -> None:
    supervisor = person("刘立")
    supervisor.go("/supervise")
    yellow = supervisor.page.locator("main a[href*='light=yellow']").first
    count = int("".join(mark for mark in yellow.inner_text() if mark.isdigit()))

    yellow.click()
    supervisor.page.wait_for_load_state()

    assert supervisor.page.locator("main table tbody tr").count() == count


def test_a_supervisor_opens_how_a_date_was_computed(person: Arrive) -> None:
    supervisor = person("刘立")
    supervisor.go("/supervise/alerts")
    supervisor.page.locator("main table a[href*='/supervise/cases/']").first.click()

    supervisor.page.get_by_text("怎么算的").first.click()

    assert "工作日" in supervisor.text


def test_a_bad_drawing_is_refused_on_its_element_and_nothing_is_stored(person: Arrive, tmp_path: Path) -> None:
    designer = person("邓工")
    drawing = tmp_path / "stuck.bpmn"
    good = (HERE / "patterns" / "human.bpmn").read_text("utf-8")
    drawing.write_text(good.replace('targetRef="', 'targetRef="nowhere_', 1), "utf-8")
    designer.go("/design")
    before = designer.page.locator("main table tbody tr").count()

    designer.go("/design/upload")
    designer.page.set_input_files("input[type=file]", drawing)
    designer.press("上传并检查")

    assert "nowhere_" in designer.text
    designer.go("/design")
    assert designer.page.locator("main table tbody tr").count() == before


def test_a_designer_reads_a_diagram_as_a_picture_and_as_an_outline(person: Arrive) -> None:
    designer = person("邓工")
    designer.go("/design")

    designer.page.locator("main table a").first.click()
    designer.page.wait_for_load_state()

    assert designer.page.locator("svg").first.is_visible()
    assert designer.page.locator("ol li, ul li").count() > 5


def test_an_operator_reaches_incidents_and_instances(person: Arrive) -> None:
    operator = person("何维")

    operator.go("/ops/incidents")
    incidents = operator.text
    operator.go("/ops/instances")

    assert "故障" in incidents
    assert operator.page.locator("main table tbody tr").count() > 0
