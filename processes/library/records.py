"""One implementation list 实施清单 with the fields of GB/T 39046 (DOMAIN 2.7), out of a subject, an action and a unit."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from processes.library import vocabulary
from processes.library.vocabulary import Action, Subject, Unit

Json = dict[str, object]
Words = Mapping[str, str]
_LEVELS = {"state": "1", "province": "2", "city": "3", "county": "4", "town": "5"}
_LINES = {"01": "X", "05": "J", "07": "Q", "10": "T", "20": "G"}


@cache
def _parts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parts.toml").read_text("utf-8"))


def manifest(subject: Subject, action: Action, unit: Unit, code: str, entry: str) -> Json:
    """The whole record as a manifest without a process: a guide that says where and how."""
    item = _item(subject, action, unit, code, entry)
    limits = {"mode": "day", "supplement": "5WD", "pre_acceptance": "2WD"}
    if action.committed_days:
        limits |= {"committed": f"{action.committed_days}WD", "statutory": f"{action.statutory_days}WD"}
    return {"key": code, "item": item, "limits": limits}


def named(form: str, subject: str) -> str:
    """`{}变更（名称）` of `排污许可`."""
    return form.replace("{}", subject)


def _item(subject: Subject, action: Action, unit: Unit, code: str, entry: str) -> Json:
    name_zh, name_en = named(action.zh, subject.zh), _capital(named(action.en, subject.en))
    audience = ["personal"] if subject.is_personal else ["legal"]
    place = unit.zh if unit.level == "county" else subject.unit.zh
    return {
        "code": code,
        "catalog_code": entry,
        "position": _position(subject, action, unit),
        "task_code": code,
        "task_type": action.task_type,
        "name": {"zh": name_zh, "en": name_en},
        "summary": {"zh": f"由{place}办理。", "en": f"Handled by the {unit.en}."},
        "keywords": list(subject.keywords),
        "audience": audience,
        "office": unit.key,
        "level": unit.level,
        "use_level": _LEVELS[unit.level],
        "region": unit.region,
        "dept_type": "1",
        "guided_by": subject.unit.key,
        "theme": subject.unit.theme,
        "life_events": list(subject.life_events),
        "kind": "committed",
        "project_type": "1" if not action.committed_days else "2",
        "visits": action.visits,
        "fee_fen": 0,
        "online_depth": "guide",
        "handle_forms": ["1", "4"],
        "is_schedule": action.visits > 0,
        "is_express": True,
        "basis": [_parts()["basis"][action.task_type]],
        "conditions": _conditions(subject, unit),
        "situations": _parts()["situations"],
        "materials": _materials(subject, action),
        "steps": _steps(action),
        "links": _links(action, unit),
        "results": _results(subject, action, name_zh, name_en),
        "places": [_place(unit)],
        "reconsideration": {"zh": "本级人民政府", "en": "the people's government of this level"},
        "litigation": {"zh": "深圳市盐田区人民法院", "en": "People's Court of Yantian District, Shenzhen"},
        "effective_from": "2026-01-01",
        "faq": _parts()["faq"],
    }


def _position(subject: Subject, action: Action, unit: Unit) -> int:
    """The main action of a subject first; those of the subjects asked for most before all others."""
    nth = vocabulary.actions()[subject.kind].index(action)
    is_hot = subject.zh in vocabulary.words()["hot"]["subjects"] and unit.level != "county"
    return nth - 10 if is_hot and nth == 0 else nth


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _conditions(subject: Subject, unit: Unit) -> list[Words]:
    where = next((row for row in vocabulary.words()["districts"].values() if row[0] == unit.region), ("", "深圳市", "Shenzhen"))
    if subject.is_personal:
        who: Words = {"zh": f"在{where[1]}居住、就业或登记户籍的自然人", "en": f"You live, work or are registered in {where[2]}"}
    else:
        who = {"zh": f"在{where[1]}依法登记的法人或其他组织", "en": f"A legal person or organisation registered in {where[2]}"}
    return [who, {"zh": f"符合{subject.zh}的法定条件", "en": f"The legal conditions for {subject.en} are met"}]


def _materials(subject: Subject, action: Action) -> list[object]:
    parts = _parts()["materials"]
    holder = parts["id-card" if subject.is_personal else "business-licence"]
    if action.task_type == "20":
        return [holder]
    form = {**parts["application"], "name": {"zh": f"{named(action.zh, subject.zh)}申请表", "en": "Application form"}}
    return [form, holder, parts["mandate"]]


def _steps(action: Action) -> list[Json]:
    if not action.committed_days:
        return [{"name": {"zh": "窗口当场办结", "en": "Done at the counter at once"}}]
    return [{"name": {"zh": link["name"], "en": link["en"]}, "limit": link["limit"]} for link in _days(action)]


def _days(action: Action) -> list[dict[str, str]]:
    review = max(1, action.committed_days - 1)
    names = (("受理", "Acceptance", 1), ("审查", "Review", review), ("决定", "Decision", 1))
    return [{"name": zh, "en": en, "limit": f"{days}WD"} for zh, en, days in names]


def _links(action: Action, unit: Unit) -> list[Json]:
    """The process links a diagram is checked against."""
    return [{**link, "order": nth, "unit": unit.key, "special": False} for nth, link in enumerate(_days(action), 1)]


def _results(subject: Subject, action: Action, zh: str, en: str) -> list[Json]:
    kind = vocabulary.licence_of(subject)
    name: Words = {"zh": f"{zh}结果", "en": f"Result: {en}"}
    if kind is not None and action.task_type != "20":
        row = vocabulary.words()["licence_types"][kind]
        return [{"type": "10", "licence_type": kind, "name": {"zh": row[0], "en": row[1]}}]
    return [{"type": "20", "name": name}]


def _place(unit: Unit) -> Json:
    is_district = unit.level == "county"
    zh = f"{unit.zh.removesuffix('人民政府')}行政服务大厅综合窗口" if is_district else "市民中心行政服务大厅综合窗口"
    en = f"{unit.en.removesuffix(' Government')} service hall" if is_district else "Civic Centre service hall"
    return {
        "name": {"zh": zh, "en": en},
        "hours": {"zh": "工作日 9:00–12:00，14:00–18:00", "en": "Working days 9–12, 14–18"},
        "phone": "12345",
    }
