"""The web server inside the process: waitress, threads, a clean stop."""

from threading import Thread

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

THREADS = 8


class Server:
    """A running server. port: the one it got, also when 0 was asked for."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._server = create_server(app, host=host, port=port, threads=THREADS, ident=None, channel_timeout=60)
        self.port: int = self._server.effective_port
        self._thread = Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Takes no more requests, lets those at work finish for a moment, and ends.

        The loop's sockets are closed in the loop's own thread: closed from another, select() fails on a bad descriptor."""
        server = self._server
        server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(server))
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        server.trigger.pull_trigger(self._close_all)
        self._thread.join(timeout=5)

    def _close_all(self) -> None:
        for channel in tuple(self._server.active_channels.values()):
            channel.handle_close()
        self._server.trigger.close()


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8000) -> Server:
    """Starts serving and returns at once."""
    return Server(app, host, port)
