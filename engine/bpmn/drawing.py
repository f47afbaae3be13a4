"""A diagram as SVG text made on the server: no script, no inline style, every word a text node.

Pages style it by class; a state is a badge with a word as well as a colour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.geometry import Edge, Layout, Shape
from engine.bpmn.icons import EVENT_ICONS, GATEWAY_ICONS, LOOP_ICONS, TASK_ICONS

_CONTAINERS = {"subProcess", "transaction", "adHocSubProcess", "callActivity"}
_LINE = 15.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page says of an element. kind: current, done, warning, yellow, red, error. label: short text on the badge."""

    kind: str
    label: str = ""


def svg(layout: Layout, *, title: str, marks: Mapping[str, Mark] | None = None) -> str:
    """The drawing as one `<svg>` element. title: its accessible name."""
    known = marks or {}
    size = f'viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" width="{layout.width:.0f}" height="{layout.height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" aria-label={quoteattr(title)} {size}>',
        '<defs><marker id="bpmn-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="bpmn-arrow" d="M0 0 10 5 0 10z"/></marker></defs>',
    ]
    containers = [s for s in layout.shapes if s.kind in ("participant", "lane") or (s.is_expanded and s.kind in _CONTAINERS)]
    others = [s for s in layout.shapes if s not in containers]
    parts += [part for shape in containers for part in _shape(shape, known.get(shape.element_id))]
    parts += [part for edge in layout.edges for part in _edge(edge, known.get(edge.element_id))]
    parts += [part for shape in others for part in _shape(shape, known.get(shape.element_id))]
    return "".join([*parts, "</svg>"])


def _edge(edge: Edge, mark: Mark | None = None) -> Iterator[str]:
    kind = {"sequenceFlow": "flow", "messageFlow": "message"}.get(edge.kind, "association")
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in edge.points)
    arrow = "" if kind == "association" else ' marker-end="url(#bpmn-arrow)"'
    state = f" is-{escape(mark.kind)}" if mark else ""
    yield f'<polyline class="bpmn-{kind}{state}" data-id={quoteattr(edge.element_id)} points="{points}"{arrow}/>'
    if edge.name:
        x, y = _label_place(edge.points)
        yield _text([edge.name], x, y, "bpmn-label")


def _label_place(points: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Above the middle of the longest piece."""
    pieces = list(pairwise(points))
    (x1, y1), (x2, y2) = max(pieces, key=lambda p: abs(p[0][0] - p[1][0]) + abs(p[0][1] - p[1][1]))
    return (x1 + x2) / 2, (y1 + y2) / 2 - 5


def _shape(shape: Shape, mark: Mark | None) -> Iterator[str]:
    state = f" is-{escape(mark.kind)}" if mark else ""
    yield f'<g class="bpmn-shape bpmn-{escape(shape.kind)}{state}" data-id={quoteattr(shape.element_id)}>'
    if shape.kind.endswith("Event"):
        yield from _event(shape)
    elif shape.kind.endswith("Gateway"):
        yield from _gateway(shape)
    elif shape.kind in ("participant", "lane"):
        yield from _lane(shape)
    elif shape.kind in ("dataObjectReference", "dataStoreReference", "dataObject", "textAnnotation", "group"):
        yield from _artifact(shape)
    else:
        yield from _activity(shape)
    if mark and mark.label:
        yield from _badge(shape, mark.label)
    yield "</g>"


def _event(shape: Shape) -> Iterator[str]:
    cx, cy, r = shape.x + shape.width / 2, shape.y + shape.height / 2, shape.width / 2
    dashed = "" if shape.is_interrupting else " is-dashed"
    yield f'<circle class="bpmn-rim{dashed}" cx="{cx:.1f}" cy="{cy:.1f}" r="{r:.1f}"/>'
    if shape.kind not in ("startEvent", "endEvent"):
        yield f'<circle class="bpmn-rim{dashed}" cx="{cx:.1f}" cy="{cy:.1f}" r="{r - 4:.1f}"/>'
    yield _icon(EVENT_ICONS.get(shape.marker, ""), cx - 9, cy - 9)
    if shape.name:
        yield _text(_wrap(shape.name, 96), cx, shape.y + shape.height + 14, "bpmn-label")


def _gateway(shape: Shape) -> Iterator[str]:
    cx, cy, r = shape.x + shape.width / 2, shape.y + shape.height / 2, shape.width / 2
    corners = f"M{cx:.1f} {cy - r:.1f} {cx + r:.1f} {cy:.1f} {cx:.1f} {cy + r:.1f} {cx - r:.1f} {cy:.1f}z"
    yield f'<path class="bpmn-rim" d="{corners}"/>'
    yield _icon(GATEWAY_ICONS.get(shape.kind, ""), cx - 9, cy - 9)
    if shape.name:
        yield _text(_wrap(shape.name, 110), cx, shape.y + shape.height + 14, "bpmn-label")


def _activity(shape: Shape) -> Iterator[str]:
    yield _box(shape, "bpmn-box", 8)
    if shape.kind == "transaction":
        yield _box(shape, "bpmn-box is-inner", 6, inset=3)
    yield _icon(TASK_ICONS.get(shape.kind, ""), shape.x + 6, shape.y + 6)
    yield _icon(LOOP_ICONS.get(shape.marker, ""), shape.x + shape.width / 2 - 9, shape.y + shape.height - 20)
    if shape.is_expanded:
        yield _text([shape.name], shape.x + shape.width / 2, shape.y + 18, "bpmn-name")
        return
    lines = _wrap(shape.name, shape.width - 16)
    yield _text(lines, shape.x + shape.width / 2, shape.y + shape.height / 2 + 5 - (len(lines) - 1) * _LINE / 2, "bpmn-name")


def _lane(shape: Shape) -> Iterator[str]:
    yield _box(shape, "bpmn-lane-box", 0)
    if not shape.name:
        return
    if not shape.is_horizontal:
        yield _text([shape.name], shape.x + shape.width / 2, shape.y + 20, "bpmn-name")
        return
    x, y = shape.x + 20, shape.y + shape.height / 2
    turned = f'transform="translate({x:.0f} {y:.0f}) rotate(-90)"'
    yield f'<text class="bpmn-name" text-anchor="middle" {turned}>{escape(shape.name)}</text>'


def _artifact(shape: Shape) -> Iterator[str]:
    yield _box(shape, f"bpmn-artifact is-{escape(shape.kind)}", 2)
    inside = shape.kind == "textAnnotation"
    y = shape.y + 18 if inside else shape.y + shape.height + 14
    yield _text(_wrap(shape.name, max(shape.width - 8, 90)), shape.x + shape.width / 2, y, "bpmn-label")


def _badge(shape: Shape, label: str) -> Iterator[str]:
    width = 14 + 8 * len(label)
    x, y = shape.x + shape.width - width + 8, shape.y - 11
    yield f'<rect class="bpmn-badge" x="{x:.1f}" y="{y:.1f}" width="{width}" height="20" rx="10"/>'
    yield f'<text class="bpmn-badge-text" text-anchor="middle" x="{x + width / 2:.1f}" y="{y + 14.5:.1f}">{escape(label)}</text>'


def _box(shape: Shape, style: str, radius: float, *, inset: float = 0) -> str:
    x, y, w, h = shape.x + inset, shape.y + inset, shape.width - 2 * inset, shape.height - 2 * inset
    return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" rx="{radius}"/>'


def _icon(path: str, x: float, y: float) -> str:
    return f'<path class="bpmn-icon" transform="translate({x:.1f} {y:.1f})" d="{path}"/>' if path else ""


def _text(lines: list[str], x: float, y: float, style: str) -> str:
    rows = "".join(f'<tspan x="{x:.1f}" dy="{0 if i == 0 else _LINE}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    return f'<text class="{style}" text-anchor="middle" y="{y:.1f}">{rows}</text>'


def _wrap(text: str, width: float) -> list[str]:
    """Lines that fit a width at 12 pixels: a CJK character is 12 wide, others about 6.6; four lines at most."""
    lines, line, used = [], "", 0.0
    for word in _words(text):
        size = sum(12.0 if ord(c) > 0x2E80 else 6.6 for c in word)
        if line and used + size > width:
            lines.append(line.strip())
            line, used = "", 0.0
        line, used = line + word, used + size
    lines.append(line.strip())
    return lines if len(lines) <= 4 else [*lines[:3], lines[3][:-1] + "…"]


def _words(text: str) -> Iterator[str]:
    word = ""
    for char in " ".join(text.split()):
        if ord(char) > 0x2E80 or char == " ":
            if word:
                yield word
            word = ""
            yield char
        else:
            word += char
    if word:
        yield word
