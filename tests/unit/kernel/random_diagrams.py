"""Random structured diagrams: blocks inside blocks, sound by construction, so that every run must reach the end."""

from itertools import count
from random import Random

from engine.bpmn.model import Node
from engine.bpmn.plan import Plan
from tests.unit.kernel.diagrams import (
    boundary,
    catch,
    compensate,
    conditional,
    end,
    event_gateway,
    exclusive,
    inclusive,
    many,
    message,
    parallel,
    plan,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)

Block = tuple[list[Node], list[str], str, str]
"""Nodes, flows, first element, last element."""


class Drawer:
    """Draws blocks from one source of chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.numbers = count(1)

    def id(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def block(self, depth: int) -> Block:
        simple = [self.single, self.single, self.work]
        nested = [self.sequence, self.branches, self.choice, self.some, self.loop, self.inside, self.race, self.attached]
        return self.chance.choice(simple if depth <= 0 else simple + nested * 2)(depth)

    def single(self, depth: int) -> Block:
        name = self.id("u")
        loop = self.chance.choice([None, None, many("2"), many("2", kind="sequential")])
        return [user(name, loop=loop)], [], name, name

    def work(self, depth: int) -> Block:
        name = self.id("s")
        made = self.chance.choice(
            [script(name, "n = n + 1"), service(name), catch(name, timer("PT1H")), catch(name, message(name))]
        )
        return [made], [], name, name

    def sequence(self, depth: int) -> Block:
        nodes, flows, first, last = self.block(depth - 1)
        after = self.block(depth - 1)
        return [*nodes, *after[0]], [*flows, *after[1], f"{last} > {after[2]}"], first, after[3]

    def split(self, depth: int, opening: Node, closing: Node, conditions: list[str]) -> Block:
        nodes, flows = [opening, closing], []
        for condition in conditions:
            inner = self.block(depth - 1)
            nodes += inner[0]
            flows += [*inner[1], f"{opening.id} > {inner[2]} : {condition}".rstrip(" :"), f"{inner[3]} > {closing.id}"]
        return nodes, flows, opening.id, closing.id

    def branches(self, depth: int) -> Block:
        return self.split(depth, parallel(self.id("f")), parallel(self.id("j")), [""] * self.chance.randint(2, 3))

    def choice(self, depth: int) -> Block:
        return self.split(depth, exclusive(self.id("x")), exclusive(self.id("m")), ["modulo(n, 2) = 0", "n > 2", "default"])

    def some(self, depth: int) -> Block:
        return self.split(depth, inclusive(self.id("i")), inclusive(self.id("k")), ["modulo(n, 2) = 0", "n > 1", "default"])

    def loop(self, depth: int) -> Block:
        opening, closing, counter = exclusive(self.id("m")), exclusive(self.id("x")), self.id("s")
        seen = f"seen_{counter}"
        inner = self.block(depth - 1)
        step = script(counter, f"{seen} = if {seen} = null then 1 else {seen} + 1")
        after = self.id("s")
        flows = [
            *inner[1],
            f"{opening.id} > {counter} > {inner[2]}",
            f"{inner[3]} > {closing.id}",
            f"{closing.id} > {after} : default",
        ]
        flows.append(f"{closing.id} > {opening.id} : modulo({seen}, 2) = 1")
        return [opening, closing, step, script(after, "n = n + 1"), *inner[0]], flows, opening.id, after

    def inside(self, depth: int) -> Block:
        inner, name, first = self.block(depth - 1), self.id("p"), self.id("b")
        handler = sub(self.id("h"), start(self.id("b"), message(f"note_{name}"), interrupting=False), by_event=True)
        nodes = [start(first), *inner[0], *([handler] if self.chance.random() < 0.3 else [])]
        loop = many("2") if self.chance.random() < 0.2 else None
        return [sub(name, *nodes, flows="; ".join([f"{first} > {inner[2]}", *inner[1]]), loop=loop)], [], name, name

    def race(self, depth: int) -> Block:
        gate, closing, a, b = self.id("g"), exclusive(self.id("m")), self.id("c"), self.id("c")
        first, second = self.block(depth - 1), self.block(depth - 1)
        nodes = [event_gateway(gate), closing, catch(a, timer("PT2H")), catch(b, message(b)), *first[0], *second[0]]
        flows = [*first[1], *second[1], f"{gate} > {a} > {first[2]}", f"{gate} > {b} > {second[2]}"]
        return nodes, [*flows, f"{first[3]} > {closing.id}", f"{second[3]} > {closing.id}"], gate, closing.id

    def attached(self, depth: int) -> Block:
        nodes, flows, first, last = self.inside(depth)
        name, inner, closing = self.id("e"), self.block(depth - 1), exclusive(self.id("m"))
        event, interrupting = self.chance.choice([(timer("PT3H"), True), (conditional("n > 6"), True), (message(name), True)])
        flows = [*flows, *inner[1], f"{name} > {inner[2]}", f"{inner[3]} > {closing.id}", f"{last} > {closing.id}"]
        return [*nodes, boundary(name, first, event, interrupting=interrupting), closing, *inner[0]], flows, first, closing.id


def random_plan(seed: int, depth: int = 3) -> Plan:
    """The plan of a seed: the same for ever."""
    drawer = Drawer(Random(seed))  # chance for tests, not for secrets
    nodes, flows, first, last = drawer.block(depth)
    undo = script("undo", "n = n + 1", is_for_compensation=True)
    booked = [script("book", "n = n + 1"), boundary("booked", "book", compensate()), undo, throw("undone", compensate())]
    path = [f"start > book > {first}", *flows, f"{last} > undone > end"]
    return plan(start(), *booked, *nodes, end(), flows="; ".join(path), compensations=(("booked", "undo"),))
