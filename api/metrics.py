"""The text format of Prometheus: each family once, with what it means and its kind, names of other people's making escaped."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric. kind: gauge | counter. samples: its values by labels."""

    name: str
    kind: str
    means: str
    samples: Iterable[tuple[Labels, float]]


def gauge(name: str, means: str, value: float) -> Family:
    """A gauge that has one value."""
    return Family(name, "gauge", means, [({}, value)])


def text(families: Iterable[Family]) -> str:
    """All of them, as a scraper reads them."""
    return "".join(f"{line}\n" for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.means}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, value in family.samples:
        yield f"{family.name}{_labels(labels)} {value}"


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    """A diagram may name a topic with anything at all, and one bad line makes a scraper drop the whole page."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
