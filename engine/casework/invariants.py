"""What must be true of cases at rest: requests, decisions, licences, clocks, lights and counters agree.

Stands on `engine.runtime.invariants`, which knows no case; read, never repaired."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import orjson
import sqlalchemy as sa

from engine.calendar.office import Office
from engine.casework import offices
from engine.casework.sla import rows as clocks
from engine.casework.sla.clock import Truth, project
from engine.casework.states import TERMINAL
from engine.models.applications import drafts, submissions
from engine.models.cases import cases
from engine.models.clocks import sla_clocks
from engine.models.instances import history as lines
from engine.models.instances import instances
from engine.models.licences import licences
from engine.models.supervision import counter_changes, counters
from engine.runtime import invariants
from engine.runtime.invariants import Violation
from engine.transaction import Transaction


def check(tx: Transaction) -> Iterator[Violation]:
    """Every violation in the database, those of the runtime included."""
    yield from invariants.check(tx)
    yield from _requests(tx)
    yield from _cases(tx)
    yield from _issued(tx)
    yield from _clocks(tx)
    yield from _counters(tx)


def accounted(tx: Transaction, acknowledged: Iterable[str]) -> Iterator[Violation]:
    """Acknowledged case numbers that are not there: requests that were accepted and lost."""
    wanted = set(acknowledged)
    known = set(tx.connection.execute(sa.select(cases.c.case_no)).scalars())
    for case_no in sorted(wanted - known):
        yield Violation("request.lost", case_no, "it was acknowledged and is not there")


def effects(tx: Transaction, received: Mapping[str, int], operation_elements: Iterable[str]) -> Iterator[Violation]:
    """Each completed outside call against what the receiver did for its key (`instance:wait`).

    received: effects by key, duplicates already counted. operation_elements: the elements that call it."""
    wanted = set(operation_elements)
    done = {key for key, element in _completed(tx) if element in wanted}
    for key in sorted(done - received.keys()):
        yield Violation("effect.lost", key, "it was completed and the receiver knows nothing of it")
    for key, count in sorted(received.items()):
        if count != 1:
            yield Violation("effect.twice", key, f"the receiver did it {count} times")


def _completed(tx: Transaction) -> Iterator[tuple[str, str]]:
    """(key, element) of every wait that history says was completed."""
    query = sa.select(lines.c.instance_id, lines.c.entries).order_by(lines.c.root_id, lines.c.seq)
    for row in tx.connection.execute(query):
        wait_id = None
        for kind, element_id, data in orjson.loads(row.entries):
            if kind == "event.received":
                wait_id = data.get("wait_id") if data.get("event") == "Complete" else None
            elif kind == "element.completed" and wait_id is not None:
                yield f"{row.instance_id}:{wait_id}", str(element_id)
                wait_id = None


def _requests(tx: Transaction) -> Iterator[Violation]:
    known = sa.select(cases.c.case_no).where(cases.c.case_no == submissions.c.case_no)
    for case_no in tx.connection.execute(sa.select(submissions.c.case_no).where(~known.exists())).scalars():
        yield Violation("request.without_case", case_no, "a submission was remembered and its case is not there")
    known = sa.select(cases.c.case_no).where(cases.c.case_no == drafts.c.case_no)
    lost = sa.select(drafts.c.id).where(drafts.c.state == "submitted", ~known.exists())
    for draft_id in tx.connection.execute(lost).scalars():
        yield Violation("request.without_case", draft_id, "a draft was submitted and its case is not there")


def _cases(tx: Transaction) -> Iterator[Violation]:
    """Every case has its process; a closed case has a terminal state and no running process or clock."""
    columns = (cases.c.case_no, cases.c.state, cases.c.is_open, cases.c.root_id, instances.c.ended_at, instances.c.id)
    for row in tx.connection.execute(sa.select(*columns).outerjoin(instances, instances.c.id == cases.c.root_id)):
        if row.root_id is None or row.id is None:
            yield Violation("case.without_process", row.case_no, "no process serves it")
        if row.is_open == (row.state in TERMINAL):
            yield Violation("case.state", row.case_no, f"it is {'open' if row.is_open else 'closed'} in state {row.state}")
    running = sa.select(sla_clocks.c.case_no).join(cases, cases.c.case_no == sla_clocks.c.case_no)
    for case_no in tx.connection.execute(running.where(~cases.c.is_open, sla_clocks.c.stopped_at.is_(None))).scalars():
        yield Violation("clock.of_closed_case", case_no, "a clock still runs")


def _issued(tx: Transaction) -> Iterator[Violation]:
    """As many licences as the case's history says were issued."""
    said: Counter[str] = Counter()
    query = sa.select(cases.c.case_no, lines.c.entries).join(lines, lines.c.root_id == cases.c.root_id)
    for row in tx.connection.execute(query.where(lines.c.entries.contains("licence.issued"))):
        said[row.case_no] += sum(kind == "licence.issued" for kind, _, _ in orjson.loads(row.entries))
    # a licence without a case was held before the city kept cases
    held = Counter(tx.connection.execute(sa.select(licences.c.case_no).where(licences.c.case_no != "")).scalars())
    for case_no in sorted(said.keys() | held.keys()):
        if said[case_no] != held[case_no]:
            yield Violation("licence.count", case_no, f"history says {said[case_no]}, there are {held[case_no]}")


def _clocks(tx: Transaction) -> Iterator[Violation]:
    """A running clock's dates are those its truth gives, unless its calendar is an older one."""
    for row in tx.rows(sa.select(sla_clocks).where(sla_clocks.c.stopped_at.is_(None))):
        office = offices.of(tx, str(row["office"]))
        if row["calendar_version"] != office.calendar.version:
            continue
        first, last = _dates(office, clocks.truth(row), tx.now)
        if not _is_between(first, row["due_at"], last):
            said = f"{row['kind']}: stored {row['due_at']}, its truth gives {last}"
            yield Violation("clock.due_at", row["case_no"], said)


def _dates(office: Office, truth: Truth, now: datetime) -> tuple[datetime | None, datetime | None]:
    """(first, last) date a clock may have stored: an open pause moves the date on by itself, until somebody writes it."""
    last = project(office, truth, now).due_at
    starts = [datetime.fromisoformat(str(pause["start"])) for pause in truth.pauses if not pause.get("end")]
    return (project(office, truth, min(starts)).due_at if starts else last), last


def _is_between(first: datetime | None, stored: datetime | None, last: datetime | None) -> bool:
    if first is None or stored is None or last is None:
        return first is stored is last is None
    return first <= stored <= last


def _counters(tx: Transaction) -> Iterator[Violation]:
    """Counters and their unfolded changes together are the number of cases under each light."""
    counted: Counter[str] = Counter()
    for table, amount in ((counters, counters.c.n), (counter_changes, counter_changes.c.delta)):
        query = (
            sa.select(table.c.measure, sa.func.sum(amount)).where(table.c.measure.startswith("light:")).group_by(table.c.measure)
        )
        for measure, total in tx.connection.execute(query):
            counted[measure.removeprefix("light:")] += int(total)
    real = Counter(tx.connection.execute(sa.select(cases.c.light)).scalars())
    for light in sorted(counted.keys() | real.keys()):
        if counted[light] != real[light]:
            yield Violation("counter", light, f"counted {counted[light]}, there are {real[light]}")
