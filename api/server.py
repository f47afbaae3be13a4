"""The web server inside the process: waitress, threads, a clean stop."""

import logging
import time
from threading import Event, Thread
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

THREADS = 36
"""A request for an instant decision waits half a second for slow sources, no transaction open: eight threads served 16 a second
however idle the processor was (benchmark P5). Twelve may belong to streams and long polls, so 24 are for the rest."""
MOST_CONNECTIONS = 1000
"""Taken in, so that whoever is too many hears it; `api.pressure` says how many of them may wait for a thread."""
PATIENCE_SECONDS = 15


class Server:
    """A running server. port: the one it got, also when 0 was asked for."""

    def __init__(self, app: Flask, host: str, port: int, proxy: str = "") -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each single request that waits for a thread
        self._stopping: Event = app.extensions.setdefault("tongban_stopping", Event())
        self._leaving = app.extensions.setdefault("tongban_leaving", Event())
        limits = {"connection_limit": MOST_CONNECTIONS, "asyncore_use_poll": True, "channel_timeout": 60}
        self._server = create_server(app, host=host, port=port, threads=THREADS, ident=None, **limits, **_behind(proxy))
        app.extensions["tongban_waiting"] = lambda: len(self._server.task_dispatcher.queue)
        self.port: int = self._server.effective_port
        self._thread = Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()

    def leave(self, seconds: float) -> None:
        """Goes on serving, but says no to whoever asks whether it is ready: a load balancer looks elsewhere before it ends."""
        if seconds > 0:
            self._leaving.set()
            time.sleep(seconds)

    def stop(self) -> None:
        """Takes no more requests, lets those it has taken finish, and ends.

        The loop's sockets are closed in the loop's own thread: closed from another, select() fails on a bad descriptor."""
        server = self._server
        self._stopping.set()
        server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(server))
        self._finish(PATIENCE_SECONDS)
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        server.trigger.pull_trigger(self._close_all)
        self._thread.join(timeout=5)

    def _finish(self, seconds: float) -> None:
        """Waits for what was taken in: the dispatcher's own shutdown drops requests that no thread has begun yet."""
        end, work = time.monotonic() + seconds, self._server.task_dispatcher
        while (work.queue or work.active_count) and time.monotonic() < end:
            time.sleep(0.02)

    def _close_all(self) -> None:
        for channel in tuple(self._server.active_channels.values()):
            channel.handle_close()
        self._server.trigger.close()


def _behind(proxy: str) -> dict[str, Any]:
    """Whoever asks is whom the trusted balancer names; what anybody else says of that is dropped.

    Without it all visitors behind a balancer would share one address, and with it the bounds that an address has."""
    if not proxy:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8000, proxy: str = "") -> Server:
    """Starts serving and returns at once. proxy: the balancer that is trusted, empty: none."""
    return Server(app, host, port, proxy)
