"""REST for machines, `/api/v1`: the same casework as the pages, described by OpenAPI 3."""

from flask import Flask
from flask_smorest import Api

from api.rest import (
    appointments,
    authorisations,
    boards,
    cases,
    changes,
    counter,
    decisions,
    deployments,
    desk,
    docs,
    incidents,
    instances,
    jobs,
    licences,
    messages,
    migrations,
    offers,
    operators,
    retention,
    services,
    sessions,
    supply,
    tasks,
    uploads,
    verbs,
    webhooks,
)
from api.rest.problems import Problem

PREFIX = "/api/v1"
_DESCRIPTION = (
    "办件、任务、流程与监管的机器接口。\n\nCases, tasks, processes and supervision for machines. Sign in with a bearer token "
    "from `POST /api/v1/sessions` (or the browser's session with `X-CSRF-Token`). Lists answer `{items, next}`; give `next` "
    "back as `after`. Refusals are `application/problem+json` in both languages."
)
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "tongban"},
}
_CONFIG = {
    "API_TITLE": "Tongban 通办",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": _DESCRIPTION},
        "components": {"securitySchemes": _SECURITY},
        "security": [{"bearer": []}, {"session": []}],
    },
}


class _Described(Api):
    """Describes the interface; what is refused is answered by `api.errors`, as everywhere."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Left out: it would answer in another shape than the rest of the house."""


def register(app: Flask) -> None:
    """Adds all resources, `/api/v1/openapi.json` and `/api/v1/docs`."""
    app.config.update(_CONFIG)
    described = _Described(app)
    for module in (
        sessions,
        services,
        cases,
        appointments,
        authorisations,
        counter,
        desk,
        decisions,
        licences,
        offers,
        supply,
        tasks,
        uploads,
        deployments,
        instances,
        changes,
        migrations,
        incidents,
        jobs,
        operators,
        retention,
        messages,
        boards,
        verbs,
        webhooks,
    ):
        described.register_blueprint(module.rest, url_prefix=PREFIX)
    docs.register(app, described, PREFIX)
