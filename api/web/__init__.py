"""The pages: blueprints that call casework and draw what it answers; they decide nothing themselves."""

from flask import Flask

from api.web import (
    account,
    apply,
    appointments,
    authorisations,
    calendars,
    contact,
    context,
    counter,
    design,
    design_decisions,
    design_forms,
    desk,
    desk_more,
    family,
    interventions,
    licences,
    live,
    migrations,
    my,
    offers,
    ops,
    preferences,
    profile,
    public,
    ratings,
    retention,
    signatures,
    start,
    supervise,
    supply,
    webhooks,
)

assert desk_more.pages is desk.pages  # its routes hang on the desk's own blueprint


def register(app: Flask) -> None:
    """Adds all pages and what their templates may call."""
    context.register(app)
    officers = (
        live,
        desk,
        counter,
        supervise,
        design,
        design_decisions,
        design_forms,
        calendars,
        ops,
        retention,
        webhooks,
        interventions,
        migrations,
        supply,
    )
    applying = (start, apply, appointments, my, profile, family, contact, authorisations, licences, offers, signatures, ratings)
    theirs = (public, preferences, account, *applying)
    for module in (*theirs, *officers):
        app.register_blueprint(module.pages)
