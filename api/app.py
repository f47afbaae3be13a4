"""The web application: pages for people, REST for machines, one engine behind both."""

from threading import Event

from flask import Flask

from api import errors, health, observed, pressure, rest, security, web
from engine.runtime import outbox
from engine.settings import secret_of
from engine.transaction import Engine


def create_app(engine: Engine) -> Flask:
    """An application that serves this engine; any number of them may share one database."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.url_map.strict_slashes = False  # nobody should have to know whether an address ends with a slash
    app.extensions["tongban"] = engine
    app.extensions["tongban_secret"] = secret_of(engine.settings)
    app.extensions["tongban_stopping"] = Event()
    app.extensions["tongban_leaving"] = Event()
    outbox.warm(engine)
    observed.register(app)
    pressure.register(app)
    security.register(app)
    errors.register(app)
    health.register(app)
    web.register(app)
    rest.register(app)
    return app
