"""The same request without an engine: sign-in by token, JSON in, one row and its history in one commit, JSON out.

What is left of P3 when everything that makes it a government service is taken away; run as a process of its own."""

import sys
from uuid import uuid4

import orjson
import sqlalchemy as sa
from flask import Flask, request
from werkzeug.wrappers import Response

from api.server import serve
from benchmarks.floor import HISTORY, STATE
from engine import stopping
from engine.runtime import database
from engine.transaction import READ_ONLY

_meta = sa.MetaData()
_tokens = sa.Table("bare_tokens", _meta, sa.Column("token", sa.Text, primary_key=True))
_rows = sa.Table("bare_rows", _meta, sa.Column("id", sa.Text, primary_key=True), sa.Column("state", sa.Text))
_history = sa.Table(
    "bare_history",
    _meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("data", sa.Text),
)


def main(url: str, port: int) -> None:
    """Serves until it is told to stop."""
    opened = database.connect(url)
    _meta.create_all(opened)
    app = Flask("bare")

    @app.get("/readyz")
    def ready() -> Response:
        return Response("{}", mimetype="application/json")

    @app.post("/api/v1/cases")
    def case() -> Response:
        given = orjson.loads(request.get_data())
        token = request.headers["Authorization"]
        with opened.connect().execution_options(**{READ_ONLY: True}) as connection:
            connection.execute(sa.select(_tokens).where(_tokens.c.token == token)).one_or_none()
        key = uuid4().hex
        with opened.begin() as connection:
            connection.execute(_rows.insert(), {"id": key, "state": STATE})
            connection.execute(_history.insert(), [{"id": key, "seq": n, "data": HISTORY} for n in range(4)])
        return Response(orjson.dumps({"case_no": key, "answers": given["answers"]}), 201, mimetype="application/json")

    server = serve(app, "127.0.0.1", port)
    stopping.wait()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
