"""Layout, drawing and outline: what a page shows of a process without a line of JavaScript."""

from itertools import pairwise
from xml.etree import ElementTree

from engine.bpmn.autolayout import arrange
from engine.bpmn.drawing import Mark, svg
from engine.bpmn.layout import layout
from engine.bpmn.model import EventDefinition, Flow, Lane, Model, Node, Process, Scope
from engine.bpmn.outline import outline

INNER = Scope(nodes=(Node("s2", "startEvent"), Node("pay", "serviceTask", "缴费")), flows=(Flow("i1", "s2", "pay"),))
SCOPE = Scope(
    nodes=(
        Node("s", "startEvent", "申请"),
        Node("review", "userTask", "材料审查"),
        Node("late", "boundaryEvent", "超时", events=(EventDefinition("timer"),), attached_to="review", is_interrupting=False),
        Node("ok", "exclusiveGateway", "齐全？"),
        Node("sub", "subProcess", "收费", scope=INNER),
        Node("remind", "sendTask", "催办"),
        Node("e", "endEvent", "办结"),
    ),
    flows=(
        Flow("f1", "s", "review"),
        Flow("f2", "review", "ok"),
        Flow("f3", "ok", "sub", "是"),
        Flow("f4", "ok", "review", "否"),
        Flow("f5", "sub", "e"),
        Flow("f6", "late", "remind"),
    ),
)
PROCESS = Process("P", "示例", True, SCOPE, lanes=(Lane("l1", "受理窗口", ("review",)),))
BARE = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
MODEL = Model(BARE, processes=(PROCESS,))

DRAWN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:o="http://www.omg.org/spec/DD/20100524/DI">
 <process id="P"><startEvent id="s" name="&lt;b&gt;"><timerEventDefinition/></startEvent><task id="t"/>
 <sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>
 <di:BPMNDiagram><di:BPMNPlane bpmnElement="P">
 <di:BPMNShape bpmnElement="s"><dc:Bounds x="100" y="-50" width="36" height="36"/></di:BPMNShape>
 <di:BPMNShape bpmnElement="t"><dc:Bounds x="200" y="-70" width="100" height="80"/></di:BPMNShape>
 <di:BPMNEdge bpmnElement="f"><o:waypoint x="136" y="-32"/><o:waypoint x="200" y="-32"/></di:BPMNEdge>
 </di:BPMNPlane></di:BPMNDiagram></definitions>"""


def test_a_file_with_interchange_is_drawn_as_its_author_drew_it() -> None:
    drawn = layout(Model(DRAWN))

    start = next(s for s in drawn.shapes if s.element_id == "s")
    assert (start.x, start.marker) == (20.0, "timer")
    assert drawn.edges[0].points[0] == (56.0, 58.0)


def test_a_file_without_interchange_is_laid_out() -> None:
    drawn = layout(MODEL)

    assert {s.element_id for s in drawn.shapes} == {"s", "review", "late", "ok", "sub", "s2", "pay", "remind", "e"}
    assert {e.element_id for e in drawn.edges} == {"f1", "f2", "f3", "f4", "f5", "f6", "i1"}


def test_no_two_nodes_of_a_laid_out_scope_lie_on_each_other() -> None:
    flat = [s for s in arrange(MODEL).shapes if s.element_id in {"s", "review", "ok", "sub", "remind", "e"}]

    for one in flat:
        for other in flat:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart = apart or one.y + one.height <= other.y or other.y + other.height <= one.y
            assert one is other or apart, (one.element_id, other.element_id)


def test_a_chain_of_five_thousand_elements_is_laid_out() -> None:
    ids = [f"n{i}" for i in range(5000)]
    chain = Scope(tuple(Node(i, "task") for i in ids), tuple(Flow(f"f{a}", a, b) for a, b in pairwise(ids)))

    assert len(arrange(Model(BARE, processes=(Process("P", "", True, chain),))).shapes) == 5000


def test_names_in_the_drawing_are_text_and_never_markup() -> None:
    drawing = svg(layout(Model(DRAWN)), title='"x" <y>')

    assert "&lt;b&gt;" in drawing
    assert "<b>" not in drawing
    ElementTree.fromstring(drawing)


def test_the_drawing_carries_no_script_and_no_inline_style() -> None:
    drawing = svg(layout(MODEL), title="示例")

    assert "style=" not in drawing
    assert "<script" not in drawing


def test_a_marked_element_has_a_class_and_a_badge() -> None:
    drawing = svg(layout(MODEL), title="示例", marks={"review": Mark("current", "3")})

    assert "bpmn-userTask is-current" in drawing
    assert 'class="bpmn-badge-text"' in drawing


def test_the_outline_follows_the_case_and_names_what_comes_next() -> None:
    items = {item.element_id: item for item in outline(PROCESS)}

    assert list(items)[:3] == ["s", "review", "late"]
    assert items["review"].words("zh") == "人工办理：材料审查"
    assert items["review"].lane == "受理窗口"
    assert items["late"].words("en") == "timer attached event: 超时"
    assert items["ok"].next == (("是", "sub"), ("否", "review"))
    assert items["pay"].level == 1
