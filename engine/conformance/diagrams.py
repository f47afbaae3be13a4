"""Random diagrams from a seed: structured blocks, and unstructured ones with jumps, that end for every choice of data.

One seed gives one diagram and its start variables. The same blocks can be drawn in several ways that must mean the same: with
sub-processes inlined, or with gateways that do nothing on every flow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="random" expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">'
)


@dataclass(frozen=True, slots=True)
class Block:
    """kind: user, script, none, seq, exclusive, parallel, inclusive, loop, sub or jumps. parts: what is inside."""

    kind: str
    id: str
    parts: tuple["Block", ...] = ()
    targets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """A random diagram. choices: the variables that its gateways read."""

    seed: int
    block: Block
    choices: dict[str, int]

    def draw(self, *, is_inlined: bool = False, has_idle_gateways: bool = False) -> bytes:
        """The BPMN file. is_inlined: without the borders of sub-processes. has_idle_gateways: with one on every flow."""
        pen = _Pen(is_inlined, has_idle_gateways)
        pen.node("startEvent", "begin")
        last = pen.block(self.block, "begin")
        pen.node("endEvent", "finish")
        pen.flow(last, "finish")
        body = "".join(pen.nodes) + "".join(pen.flows)
        return f'{_HEAD}<process id="random" isExecutable="true">{body}</process></definitions>'.encode()


def diagram(seed: int, *, size: int = 8) -> Diagram:
    """The diagram of a seed. size: about how many blocks."""
    maker = _Maker(Random(seed), size)  # noqa: S311  # a test generator, reproducible by design
    block = maker.sequence(depth=0, in_loop=False)
    return Diagram(seed, block, maker.choices)


@dataclass(slots=True)
class _Maker:
    random: Random
    left: int
    choices: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def name(self, prefix: str) -> str:
        """A new id, its first letter from the block's kind."""
        self.number += 1
        return f"{prefix}{self.number}"

    def choice(self, prefix: str) -> str:
        """A new gateway with the variable it reads, set at random."""
        name = self.name(prefix)
        self.choices[f"c_{name}"] = self.random.randint(0, 3)
        return name

    def sequence(self, depth: int, in_loop: bool) -> Block:
        """One to three blocks in a row."""
        parts = tuple(self.one(depth, in_loop) for _ in range(self.random.randint(1, 3)))
        return Block("seq", self.name("q"), parts)

    def one(self, depth: int, in_loop: bool) -> Block:
        """One block; a task when there is no room for more."""
        self.left -= 1
        if depth > 3 or self.left <= 0 or self.random.random() < 0.35:
            return Block(self.random.choice(("user", "user", "script", "none")), self.name("t"))
        kinds = ["exclusive", "sub", "loop", "jumps"] + ([] if in_loop else ["parallel", "parallel", "inclusive"])
        kind = self.random.choice(kinds)
        if kind == "jumps":
            return self.jumps(depth, in_loop)
        if kind in ("sub", "loop"):
            return Block(
                kind,
                self.choice("l") if kind == "loop" else self.name("s"),
                (self.sequence(depth + 1, in_loop or kind == "loop"),),
            )
        parts = tuple(self.sequence(depth + 1, in_loop) for _ in range(self.random.randint(2, 3)))
        return Block(kind, self.choice("g") if kind != "parallel" else self.name("g"), parts)

    def jumps(self, depth: int, in_loop: bool) -> Block:
        """Steps in a row, each followed by a gateway that may jump over others: no block structure."""
        steps = [Block(self.random.choice(("user", "script")), self.choice("j")) for _ in range(self.random.randint(3, 5))]
        targets = tuple(self.random.randint(i + 1, len(steps)) for i in range(len(steps)))
        return Block("jumps", self.name("u"), tuple(steps), targets)


@dataclass(slots=True)
class _Pen:
    is_inlined: bool
    has_idle_gateways: bool
    nodes: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    number: int = 0

    def node(self, kind: str, node_id: str, inner: str = "", default: str = "") -> None:
        """Draws a node."""
        named = f' default="{default}"' if default else ""
        self.nodes.append(f'<{kind} id="{node_id}"{named}>{inner}</{kind}>')

    def flow(self, source: str, target: str, condition: str = "", flow_id: str = "") -> None:
        """Draws a flow, with a gateway in the middle where asked for."""
        self.number += 1
        if self.has_idle_gateways:
            self.node("exclusiveGateway", f"idle{self.number}")
            self._line(f"{source}_idle{self.number}", f"idle{self.number}", target, "")
            target = f"idle{self.number}"
        self._line(flow_id or f"f{self.number}_{source}", source, target, condition)

    def _line(self, flow_id: str, source: str, target: str, condition: str) -> None:
        inner = (
            f'<conditionExpression xsi:type="tFormalExpression">{escape(condition)}</conditionExpression>' if condition else ""
        )
        self.flows.append(f'<sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')

    def block(self, block: Block, source: str) -> str:
        """Draws a block behind a node; the node behind which to go on."""
        match block.kind:
            case "seq":
                for part in block.parts:
                    source = self.block(part, source)
                return source
            case "user" | "script" | "none":
                return self.task(block, source)
            case "sub":
                return self.sub(block, source)
            case "loop":
                return self.loop(block, source)
            case "jumps":
                return self.jumps(block, source)
            case _:
                return self.split(block, source)

    def task(self, block: Block, source: str) -> str:
        """A task that writes a variable of its own."""
        script = f"<script>v_{block.id} = &quot;done&quot;</script>" if block.kind == "script" else ""
        self.node({"user": "userTask", "script": "scriptTask", "none": "task"}[block.kind], block.id, script)
        self.flow(source, block.id)
        return block.id

    def split(self, block: Block, source: str) -> str:
        """A split and its join; the last branch is the default, and is empty for the inclusive one."""
        kind, join = f"{block.kind}Gateway", f"{block.id}_join"
        default = "" if block.kind == "parallel" else f"{block.id}_default"
        self.node(kind, block.id, default=default)
        self.node(kind, join)
        self.flow(source, block.id)
        sign = ">=" if block.kind == "inclusive" else "="
        for number, part in enumerate(block.parts):
            is_default = bool(default) and number == len(block.parts) - 1
            entry = f"{block.id}_in{number}"
            self.node("task", entry)
            condition = "" if block.kind == "parallel" or is_default else f"c_{block.id} {sign} {number + 1}"
            self.flow(block.id, entry, condition, default if is_default else "")
            self.flow(self.block(part, entry), join)
        return join

    def loop(self, block: Block, source: str) -> str:
        """A body that is repeated as often as its variable says, counted by a script."""
        head, count, tail = f"{block.id}_head", f"{block.id}_count", f"{block.id}_tail"
        self.node("exclusiveGateway", head)
        self.flow(source, head)
        last = self.block(block.parts[0], head)
        self.node("scriptTask", count, f"<script>n_{block.id} = if n_{block.id} = null then 1 else n_{block.id} + 1</script>")
        self.flow(last, count)
        self.node("exclusiveGateway", tail, default=f"{block.id}_on")
        self.flow(count, tail)
        self.flow(tail, head, f"n_{block.id} < c_{block.id}")
        self.node("task", block.id)
        self.flow(tail, block.id, flow_id=f"{block.id}_on")
        return block.id

    def sub(self, block: Block, source: str) -> str:
        """An embedded sub-process, or only what is in it."""
        if self.is_inlined:
            return self.block(block.parts[0], source)
        inner = _Pen(self.is_inlined, self.has_idle_gateways)
        inner.number = self.number + 1000
        inner.node("startEvent", f"{block.id}_begin")
        last = inner.block(block.parts[0], f"{block.id}_begin")
        inner.node("endEvent", f"{block.id}_end")
        inner.flow(last, f"{block.id}_end")
        self.number = inner.number
        self.node("subProcess", block.id, "".join(inner.nodes) + "".join(inner.flows))
        self.flow(source, block.id)
        return block.id

    def jumps(self, block: Block, source: str) -> str:
        """Steps with gateways behind them that jump forward."""
        ends: Sequence[str] = [f"{part.id}_in" for part in block.parts] + [f"{block.id}_out"]
        self.node("exclusiveGateway", ends[-1])
        self.flow(source, ends[0])
        for number, part in enumerate(block.parts):
            self.node("exclusiveGateway", ends[number])
            self.task(part, ends[number])
            gate = f"{part.id}_gate"
            self.node("exclusiveGateway", gate, default=f"{gate}_next")
            self.flow(part.id, gate)
            self.flow(gate, ends[number + 1], flow_id=f"{gate}_next")
            self.flow(gate, ends[block.targets[number]], f"c_{part.id} > 1")
        return ends[-1]
