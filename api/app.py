"""The web application: pages for people, REST for machines, one engine behind both."""

import secrets
from pathlib import Path

from flask import Flask

from api import errors, health, rest, security, web
from engine.transaction import Engine

_KEY_FILE = "secret.key"


def create_app(engine: Engine) -> Flask:
    """An application that serves this engine; any number of them may share one database."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.extensions["tongban"] = engine
    app.extensions["tongban_secret"] = _secret(engine)
    security.register(app)
    errors.register(app)
    health.register(app)
    web.register(app)
    rest.register(app)
    return app


def _secret(engine: Engine) -> bytes:
    """The key that form tokens are made with: from the settings, else kept beside the data, so that restarts keep forms valid."""
    if engine.settings.secret_key:
        return engine.settings.secret_key.encode()
    file = Path(engine.settings.data_dir) / _KEY_FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), "ascii")
    return file.read_text("ascii").encode()
