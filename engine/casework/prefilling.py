"""秒报: asking the shared bases for what a form needs, outside any transaction, in parallel, each with a time-out.

A source that is down never stops an applicant: its fields stay empty and its name is shown (DOMAIN 1.3)."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from engine.feel import to_plain
from engine.ports import AttributeSource, ConnectorUnavailable, Fact

TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A value the city already knew. trust: A..D; A is read-only, B is editable with a re-check (DOMAIN 1.3)."""

    value: object
    source: str
    trust: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """facts: by binding, `population.birth_date`. unavailable: names of sources that did not answer in time."""

    facts: Mapping[str, Prefilled]
    unavailable: tuple[str, ...]


def ask(
    sources: Mapping[str, AttributeSource],
    bindings: Iterable[str],
    subject: str,
    *,
    purpose: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Answers:
    """Asks every source named in the bindings at once and waits no longer than the time-out for all of them.

    purpose: item code and case or draft number, logged by the source (用数依据)."""
    wanted = _by_source(bindings)
    known = {name: names for name, names in wanted.items() if name in sources}
    if not known:
        return Answers({}, tuple(wanted))
    pool = ThreadPoolExecutor(max_workers=len(known), thread_name_prefix="prefill")
    try:
        calls = {pool.submit(_fetch, sources[s], subject, names, purpose, timeout_seconds): s for s, names in known.items()}
        finished, late = wait(calls, timeout=timeout_seconds + 0.5)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    answers = {calls[call]: call.result() for call in finished}
    silent = [calls[call] for call in late] + [source for source, facts in answers.items() if facts is None]
    found = {f"{source}.{fact.name}": _prefilled(fact) for source, facts in answers.items() for fact in facts or ()}
    missing = [name for name in wanted if name not in known]
    return Answers(found, tuple(sorted({*silent, *missing})))


def _by_source(bindings: Iterable[str]) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for binding in bindings:
        source, _, name = binding.partition(".")
        if name and name not in wanted.setdefault(source, []):
            wanted[source].append(name)
    return wanted


def _fetch(
    source: AttributeSource, subject: str, names: Sequence[str], purpose: str, timeout_seconds: float
) -> Sequence[Fact] | None:
    """What a source holds, asked a second time when it fails at once; None when it cannot say within the time-out."""
    until = time.monotonic() + timeout_seconds
    for left in (timeout_seconds, 0.0):
        try:
            return source.fetch(subject, names, purpose=purpose, timeout_seconds=left or until - time.monotonic())
        except ConnectorUnavailable:
            if time.monotonic() >= until:
                break
    return None


def _prefilled(fact: Fact) -> Prefilled:
    return Prefilled(to_plain(fact.value), fact.source, str(fact.trust), fact.at)


def by_attribute(facts: Mapping[str, Prefilled]) -> dict[str, Mapping[str, object]]:
    """Facts for a process and a case record: {birth_date: {value, source, trust, at}}."""
    return {name.partition(".")[2] or name: stored(fact) for name, fact in facts.items()}


def stored(fact: Prefilled) -> Mapping[str, object]:
    """A fact as JSON."""
    return {"value": fact.value, "source": fact.source, "trust": fact.trust, "at": fact.at.isoformat()}


def restored(value: Mapping[str, object]) -> Prefilled:
    """A fact back from JSON."""
    return Prefilled(value["value"], str(value["source"]), str(value["trust"]), datetime.fromisoformat(str(value["at"])))
