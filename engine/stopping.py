"""Waits for the order to stop: SIGTERM or Ctrl-C, whichever thread the system hands it to.

A plain wait on an event is not enough: the kernel may deliver the signal to any thread, and the main one, blocked in a lock, then
sleeps on for ever. A byte in a pipe wakes it."""

import os
import signal


def wait() -> None:
    """Returns when the process shall stop; to be called in the main thread."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    told = os.read(reading, 1)
    while told and told[0] not in (signal.SIGINT, signal.SIGTERM):
        told = os.read(reading, 1)
