"""Logs: one JSON object a line, with the ids of what it is about: request, trace, instance, job, worker; never what a form says.

`TONGBAN_LOG_LEVEL` (INFO) and `TONGBAN_LOG` (json, or text for eyes; a terminal gets text) choose what is written to stderr."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

from engine import tracing

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_bound: ContextVar[Mapping[str, object]] = ContextVar("tongban_log_ids", default={})  # noqa: B039  never written to


def configure() -> None:
    """Writes the log of this process to stderr."""
    wanted = os.environ.get("TONGBAN_LOG") or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(Lines() if wanted == "json" else Text())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tongban").setLevel(os.environ.get("TONGBAN_LOG_LEVEL", "INFO").upper())


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Every line written within carries these ids."""
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    given = {key: value for key, value in vars(record).items() if key not in _OWN}
    trace = tracing.trace_id()
    return {**_bound.get(), **({"trace_id": trace} if trace else {}), **given}


class Lines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, the facts, and the story of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        head = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname}
        head |= {"logger": record.name, "event": record.getMessage()}
        story = {"error": self.formatException(record.exc_info)} if record.exc_info else {}
        return orjson.dumps({**head, **_facts(record), **story, **head}, default=str).decode()


class Text(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the story of an exception below it."""
        facts = " ".join(f"{key}={value}" for key, value in _facts(record).items())
        story = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return (
            f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S} {record.levelname:<7} {record.getMessage()} {facts}{story}"
        )
