"""`tongban new-service`: the skeleton of an instant service that passes its own scenarios, changed without Python."""

import re
from collections.abc import Mapping
from pathlib import Path

from engine.errors import Conflict, Finding, Invalid, Severity
from processes import offices, people

TEMPLATES = Path(__file__).parent / "scaffolding"
_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILES: Mapping[str, str] = {
    "manifest.txt": "processes/{key}/manifest.toml",
    "service.bpmn.txt": "processes/{key}/{key}.bpmn",
    "eligibility.dmn.txt": "processes/{key}/eligibility.dmn",
    "granted.txt": "processes/{key}/scenarios/granted-at-once.toml",
    "refused.txt": "processes/{key}/scenarios/registered-elsewhere.toml",
    "source-is-down.txt": "processes/{key}/scenarios/source-is-down.toml",
    "switched-off.txt": "processes/{key}/scenarios/switched-off.toml",
    "application.form.txt": "forms/{key}/{key}-application.form.json",
    "review.form.txt": "forms/{key}/{key}-review.form.json",
}


class ServiceExists(Conflict):
    """Expected a key that no service has yet, but {path} is there; choose another key."""

    zh = "{path} 已存在；请换一个标识。"


def new_service(into: Path, key: str, *, zh: str = "", en: str = "", office: str = "minzheng") -> tuple[Path, ...]:
    """Writes the package under `into`; returns its files. zh, en: the service's name; office: key of the office that decides.

    Raises Invalid for a key or office that cannot be, ServiceExists."""
    _check(key, office)
    words = {
        "service-key": key,
        "service-zh": zh or "新服务",
        "service-en": en or "New service",
        "service-office": office,
        "service-officer": _officer(office),
        "service-code": f"XF-{key.upper()}-001",
    }
    targets = {into / path.format(key=key): TEMPLATES / name for name, path in _FILES.items()}
    taken = next((path for path in targets if path.exists()), None)
    if taken is not None:
        raise ServiceExists(path=taken)
    for path, template in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template.read_text("utf-8"), words), "utf-8")
    return tuple(targets)


def _check(key: str, office: str) -> None:
    findings = []
    if not _KEY.fullmatch(key) or len(key) > 40:
        said = (
            "The key is words in small letters, such as parking-permit.",
            "标识须为小写字母、数字和连字符。",
        )
        findings.append(Finding(Severity.ERROR, "scaffold.key", "key", *said))
    if office not in offices.table() or not _officer(office):
        known = "、".join(sorted(o for o in offices.table() if _officer(o)))
        said = (f"Choose an office that has officers: {known}.", f"请选择有经办人的单位：{known}。")
        findings.append(Finding(Severity.ERROR, "scaffold.office", "office", *said))
    if findings:
        raise Invalid(findings=findings)


def _officer(office: str) -> str:
    """Somebody of the office who may take the review task."""
    group = f"rectify-{office}"
    return next((person.login for person in people.everybody().values() if group in person.groups), "")


def _filled(text: str, words: Mapping[str, str]) -> str:
    pattern = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
    return pattern.sub(lambda found: words[found.group()], text)
