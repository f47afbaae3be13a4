"""Shapes and edges of a diagram, in pixels, y downwards."""

from dataclasses import dataclass, replace

MARGIN = 20.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A node, lane or pool. kind: BPMN local name. marker: event definition or loop kind, '' if none."""

    element_id: str
    kind: str
    name: str
    x: float
    y: float
    width: float
    height: float
    marker: str = ""
    is_expanded: bool = False
    is_horizontal: bool = True
    is_interrupting: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """A flow or association. points: at least two (x, y)."""

    element_id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing; shapes in the order in which they cover each other."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
    width: float = 0
    height: float = 0

    def moved_to_origin(self) -> "Layout":
        """The same drawing beginning at (MARGIN, MARGIN), with its width and height."""
        xs = [x for s in self.shapes for x in (s.x, s.x + s.width)] + [p[0] for e in self.edges for p in e.points]
        ys = [y for s in self.shapes for y in (s.y, s.y + s.height)] + [p[1] for e in self.edges for p in e.points]
        if not xs:
            return self
        dx, dy = MARGIN - min(xs), MARGIN - min(ys)
        return Layout(
            tuple(replace(s, x=s.x + dx, y=s.y + dy) for s in self.shapes),
            tuple(replace(e, points=tuple((x + dx, y + dy) for x, y in e.points)) for e in self.edges),
            max(xs) - min(xs) + 2 * MARGIN,
            max(ys) - min(ys) + 2 * MARGIN + 16,
        )
