"""Two million invented residents who exist only when asked for: everything about one follows from the identity number."""

from collections.abc import Mapping

from forms.formats import is_id_number

REGION = "440399"
"""A region code that is given to nobody: its numbers cannot belong to a real person."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈", "安平福康宁乐泰顺和祥"


def number(nth: int, *, year: int = 1940) -> str:
    """The identity number of resident `nth` (0 … 1999 for one year of birth)."""
    months, serial = divmod(nth % 2000, 10)
    body = f"{REGION}{year}{1 + months % 12:02d}{1 + months // 12 % 28:02d}{serial:03d}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]


def resident(subject: str) -> Mapping[str, Mapping[str, object]]:
    """What each source knows of an invented resident; nothing of anybody else."""
    if not subject.startswith(REGION) or not is_id_number(subject):
        return {}
    name = _SURNAMES[int(subject[15])] + _GIVEN[int(subject[16])] + _GIVEN[int(subject[13])]
    birth = f"{subject[6:10]}-{subject[10:12]}-{subject[12:14]}"
    population = {"name": name, "birth_date": birth, "hukou": "深圳市福田区", "is_alive": True, "phone": "13800000000"}
    bank = {"account": "4111111111111111", "account_holder": name}
    return {"population": population, "bank": bank, "subsidies": {"receives_elder_allowance": False}}
