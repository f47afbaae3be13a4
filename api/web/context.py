"""What every template may call."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import segno
from flask import Flask, request, url_for
from markupsafe import Markup

from api import current
from api.web import facts, navigation, steps, titles, words
from processes import offices
from processes.library import vocabulary

_FUNCTIONS = (
    steps.step_name,
    words.t,
    words.of,
    words.state_words,
    words.clock_words,
    words.light_words,
    words.card_status,
    words.limit_words,
    words.special_words,
    words.left,
    words.steps_of,
    words.when,
    words.until,
    words.licence_status,
    words.source_words,
    words.yuan,
    words.show,
    facts.fact_value,
    facts.fact_words,
    facts.reason,
    facts.field_id,
    facts.rows_of,
    facts.show_field,
    facts.uploaded,
    facts.marks_of,
    facts.output_words,
    titles.package_name,
    titles.process_name,
    facts.mark_words,
    navigation.navigation,
)


def register(app: Flask) -> None:
    """Makes the functions known to Jinja."""
    own = (static_url, switch_url, page_url, csrf_field, qr, qr_show, office_name, notices)
    app.jinja_env.globals.update({f.__name__: f for f in (*_FUNCTIONS, *own)})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_request_values)


def _request_values() -> Mapping[str, object]:
    return {
        "language": current.language(),
        "actor": current.actor(),
        "is_elder": request.cookies.get("elder") == "1",
        "is_demo": current.engine().settings.demo,
    }


@cache
def _mark(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a static file with its content's mark, so that it may be cached for ever."""
    return url_for("static", filename=name, v=_mark(Path(__file__).parent.parent / "static" / name))


def switch_url(key: str, value: str) -> str:
    """The address that sets a preference (`lang`, `elder`) and comes back here."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return url_for("preferences.choose", **{key: value, "next": here})


def page_url(cursor: str) -> str:
    """This list's next page."""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'after': cursor})}"


def csrf_field() -> Markup:
    """The hidden field every posting form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(current.csrf_token())


def qr(code: str) -> Markup:
    """The QR code of a licence's verification address, as SVG."""
    address = current.engine().settings.base_url.rstrip("/") + url_for("public.verify", code=code)
    drawn = segno.make(address, error="m").svg_inline(scale=3, border=2, svgclass=None, lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 — segno draws squares only; the address is in none of its text


def qr_show(code: str) -> Markup:
    """The QR code of a licence shown for a while, as SVG."""
    address = current.engine().settings.base_url.rstrip("/") + url_for("licences.show", code=code)
    drawn = segno.make(address, error="m").svg_inline(scale=3, border=2, svgclass=None, lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 — segno draws squares only; the address is in none of its text


def office_name(key: str | None = None) -> str:
    """An office's name; without a key that of the actor's office, with a space behind it."""
    actor = current.actor()
    wanted = key or (actor.office if actor else None)
    if not wanted:
        return ""
    name = words.of(offices.name(wanted)) if wanted in offices.table() else words.t(*_unit_names().get(wanted, (wanted, wanted)))
    return name if key else f"{name} "


@cache
def _unit_names() -> Mapping[str, tuple[str, str]]:
    return {unit.key: (unit.zh, unit.en) for unit in vocabulary.units()}


def notices() -> tuple[tuple[str, str, str], ...]:
    """(kind, zh, en) of what was just done: a code in the address, never text from it."""
    found = navigation.DONE.get(request.args.get("done", ""))
    return (found,) if found else ()
