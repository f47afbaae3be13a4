"""The worker as a process of its own: beats until it is told to stop."""

import logging

from engine import stopping
from engine.transaction import Engine
from worker.schedule import start

log = logging.getLogger("tongban.worker")


def main(engine: Engine) -> None:
    """Beats until SIGTERM or SIGINT, finishes the batch in hand and returns."""
    heart = start(engine)
    stopping.wait()
    heart.stop()
    log.info("worker.stopped", extra={"worker_id": heart.worker_id})
