"""The buttons of the task page: what each verb reads from its form and where the person goes afterwards."""

from collections.abc import Callable, Mapping

from flask import render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import accounts, bulk, inbox, inbox_marks, material_checks, notice_preview, verbs
from engine.transaction import Transaction


def version() -> int | None:
    """The version of the task that the person saw."""
    return int(shared.text("version")) if shared.text("version").isdigit() else None


def back(done: str) -> Response:
    """To the list the person came from, with its filter and place; else to their tasks."""
    place = request.form.get("back", "")
    if place.startswith("/desk") and "//" not in place:
        return shared.to(f"{place}{'&' if '?' in place else '?'}done={done}")
    return shared.go("desk.mine", done)


def _claim(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.claim(tx, task_id)
    return shared.go("desk.task", "claimed", task_id=task_id)


def _unclaim(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.unclaim(tx, task_id)
    return shared.go("desk.pool", "unclaimed")


def items() -> list[dict[str, str]]:
    """What the supplement notice names."""
    pairs = zip(request.form.getlist("item_name"), request.form.getlist("item_reason"), strict=False)
    return [{"name": name.strip(), "reason": reason.strip()} for name, reason in pairs if name.strip()]


def _correct(task_id: str) -> str:
    """补正告知书 preview: the document the applicant will get, to be confirmed or gone back from."""
    named, reason = items(), shared.text("reason")
    with current.engine().begin(current.required()) as tx:
        html = notice_preview.supplement(tx, task_id, named, reason)
    given = {"version": shared.text("version"), "back": shared.text("back"), "reason": reason}
    return render_template("desk/correct.html", task_id=task_id, html=html, items=named, given=given)


def _supplement(task_id: str) -> Response:
    engine, actor = current.engine(), current.required()
    inbox.return_for_supplement(engine, actor, task_id, items(), shared.text("reason"), expected_version=version())
    return back("supplement")


def _person(tx: Transaction) -> tuple[str, str]:
    person = accounts.person(tx, shared.text("person"))
    return person.id, person.name


def _assign(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.assign(tx, task_id, *_person(tx), shared.text("reason"))
    return shared.go("desk.task", "moved", task_id=task_id)


def _dispatch(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.dispatch(tx, task_id)
    return shared.go("desk.task", "moved", task_id=task_id)


def _transfer(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        verbs.transfer(tx, task_id, *_person(tx), shared.text("reason"))
    return back("moved")


def _delegate(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        verbs.delegate(tx, task_id, *_person(tx), shared.text("reason"))
    return back("moved")


def _hand_back(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        verbs.hand_back(tx, task_id, shared.text("reason"))
    return back("moved")


def _send_back(task_id: str) -> Response:
    target, _, mode = shared.text("target").partition("|")
    given = {"fields": request.form.getlist("field"), "mode": mode or shared.text("mode") or "walk"}
    verbs.send_back(current.engine(), current.required(), task_id, target, shared.text("reason"), **given)  # type: ignore[arg-type]  # options by name
    return back("sent_back")


def _add_signers(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        people = [accounts.person(tx, account_id) for account_id in request.form.getlist("person") if account_id]
        who = [(person.id, person.name) for person in people]
        verbs.add_signers(tx, task_id, who, shared.text("kind") or "before", shared.text("reason"))
    return shared.go("desk.task", "signers", task_id=task_id) if shared.text("kind") != "before" else back("signers")


def _remove_signer(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        verbs.remove_signer(tx, shared.text("signer"), shared.text("reason"))
    return shared.go("desk.task", "signers", task_id=task_id)


def _sign(task_id: str) -> Response:
    agrees = request.form.get("agrees") == "yes"
    verbs.sign(current.engine(), current.required(), task_id, shared.text("opinion"), agrees=agrees)
    return back("signed")


def _take_back(task_id: str) -> Response:
    new_task = verbs.take_back(current.engine(), current.required(), task_id)
    return shared.go("desk.task", "taken_back", task_id=new_task)


def declared() -> str:
    """The time that a form declares as a number and a unit, as `10WD`."""
    return f"{shared.text('declared_number')}{shared.text('declared_unit')}"


def ask_pause(case_no: str) -> str:
    """停表申请 for a case; gives the code of what was done."""
    with current.engine().begin(current.required()) as tx:
        made = verbs.ask_pause(tx, case_no, shared.text("kind"), declared(), shared.text("reason"))
    return "paused" if made.state == "open" else "pause_asked"


def _pause(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        case_no = inbox.view(tx, task_id).row.case_no or ""
    return shared.go("desk.task", ask_pause(case_no), task_id=task_id)


def _materials(task_id: str) -> Response:
    names = request.form.getlist("material")
    said = {name: (shared.text(f"verdict-{n}"), shared.text(f"note-{n}")) for n, name in enumerate(names)}
    with current.engine().begin(current.required()) as tx:
        material_checks.check(tx, task_id, said)
    return shared.go("desk.task", "saved", task_id=task_id)


VERBS: Mapping[str, Callable[[str], str | Response]] = {
    "claim": _claim,
    "unclaim": _unclaim,
    "assign": _assign,
    "dispatch": _dispatch,
    "supplement": _supplement,
    "correct": _correct,
    "transfer": _transfer,
    "delegate": _delegate,
    "hand-back": _hand_back,
    "send-back": _send_back,
    "add-signers": _add_signers,
    "remove-signer": _remove_signer,
    "sign": _sign,
    "take-back": _take_back,
    "materials": _materials,
    "pause": _pause,
}


def bulk_results(what: str, keys: list[str]) -> tuple[bulk.Result, ...]:
    """批量: the chosen rows, each with its answer."""
    engine, actor = current.engine(), current.required()
    if what == "claim":
        return bulk.claim(engine, actor, keys)
    if what == "dispatch":
        return bulk.dispatch(engine, actor, keys)
    if what == "complete":
        answers = {key: value for key, value in request.form.items() if key.startswith("answer.")}
        given = {key.removeprefix("answer."): value for key, value in answers.items()}
        return bulk.complete(engine, actor, keys, given, shared.text("opinion"))
    if what == "extend":
        return bulk.extend(engine, actor, keys, shared.text("extension"), shared.text("reason"))
    with engine.read(actor) as tx:
        person = accounts.person(tx, shared.text("person"))
    return bulk.assign(engine, actor, keys, person.id, person.name, shared.text("reason"))


def save_filter() -> None:
    """Saves the list's present filter under a name."""
    query = {key: value for key in inbox_marks.KEYS if (value := request.form.get(key))}
    with current.engine().begin(current.required()) as tx:
        inbox_marks.save(tx, shared.text("name"), query, is_shared="shared" in request.form)
