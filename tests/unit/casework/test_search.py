"""Searching as people speak: their words, pinyin, initials and slips find the service; nonsense finds nothing."""

import pytest

from engine.actors import SYSTEM
from engine.casework import catalogue, search
from engine.casework.search import text
from engine.casework.search.index import Entry, Filters, Index
from engine.transaction import Engine
from tests.unit.casework.city import ALLOWANCE, ALLOWANCE_MANIFEST, offer

NAMES = {
    "高龄津贴": "Elder allowance",
    "食品经营许可": "Food business licence",
    "居民身份证补领": "Replacement of the resident identity card",
    "居住证申领": "Residence permit",
    "生育津贴申请": "Maternity allowance",
    "公司登记设立": "Company registration",
    "银行账户核查": "Bank account check",
    "社会保险登记": "Social insurance registration",
    "规划和自然资源政策咨询预约": "Appointment: planning policy",
}


def an_entry(code: str, **changes: object) -> Entry:
    given: dict[str, object] = {
        "code": code,
        "name_zh": code,
        "name_en": NAMES.get(code, "Service"),
        "summary": "",
        "keywords": "",
        "pinyin": text.syllables(code),
        "place": "市民政局",
        "audience": ("personal",),
        "office": "minzheng",
        "theme": "welfare",
        "region": "440300",
        "level": "city",
        "life_events": (),
        "kind": "committed",
        "is_online": False,
    }
    return Entry(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def index() -> Index:
    made = Index()
    for code in NAMES:
        made.put(an_entry(code))
    return made


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("高龄津贴", "高龄津贴"),
        ("高龄", "高龄津贴"),
        ("老人补贴", "高龄津贴"),
        ("高岭津贴", "高龄津贴"),
        ("gaolingjintie", "高龄津贴"),
        ("gao ling jin tie", "高龄津贴"),
        ("gaolinjintei", "高龄津贴"),
        ("gljt", "高龄津贴"),
        ("elder allowence", "高龄津贴"),
        ("ＥＬＤＥＲ", "高龄津贴"),
        ("我想开饭店怎么办理", "食品经营许可"),
        ("身份证丢了怎么办", "居民身份证补领"),
        ("shenfenzheng", "居民身份证补领"),
        ("注册公司需要什么材料", "公司登记设立"),
        ("yinhang", "银行账户核查"),
    ],
)
def test_what_people_type_finds_the_service(index: Index, query: str, wanted: str) -> None:
    assert index.find(query).codes[0] == wanted


@pytest.mark.parametrize("query", ["qqqqqq", "麒麟", "!!!", "\ud83d\ude00", "' or 1=1 --", "%", "x" * 5000])
def test_nonsense_finds_nothing_and_breaks_nothing(index: Index, query: str) -> None:
    assert index.find(query).codes == []


def test_the_sound_of_a_short_form_finds_its_long_one(index: Index) -> None:
    assert index.find("shebao").codes[0] == "社会保险登记"


def test_initials_stand_side_by_side(index: Index) -> None:
    assert index.find("xyzzy").codes == []
    assert index.find("ghhzrzy").codes[0] == "规划和自然资源政策咨询预约"


def test_a_misspelt_query_says_what_was_heard(index: Index) -> None:
    assert index.find("高岭津贴").heard == "高龄津贴"


def test_a_list_is_narrowed_by_every_filter_at_once() -> None:
    index = Index()
    index.put(an_entry("甲", theme="tax", region="440305"))
    index.put(an_entry("乙", theme="tax"))
    index.put(an_entry("丙", region="440305", life_events=("birth",)))

    assert index.find("", Filters(theme="tax", region="440305")).codes == ["甲"]
    assert index.find("", Filters(life_event="birth")).codes == ["丙"]
    assert index.find("", Filters(theme="nowhere")).codes == []


def test_counts_say_how_many_each_filter_would_leave() -> None:
    index = Index()
    for code, theme in (("甲", "tax"), ("乙", "tax"), ("丙", "health")):
        index.put(an_entry(code, theme=theme))

    assert index.find("").counts["theme", "tax"] == 2


def test_like_services_of_the_districts_are_shown_once_when_folded() -> None:
    index = Index()
    index.put(an_entry("city", name_zh="结婚登记", entry="44"))
    index.put(an_entry("luohu", name_zh="结婚登记", entry="44", level="county", region="440303"))
    index.put(an_entry("futian", name_zh="结婚登记", entry="44", level="county", region="440304"))

    found = index.find("结婚登记", is_folded=True)

    assert [found.codes[0], len(found.codes)] == ["city", 2]
    assert list(found.alike.values()) == [2]


def test_an_entry_put_again_is_found_under_its_new_name_only(index: Index) -> None:
    index.put(an_entry("高龄津贴", name_zh="敬老优待", pinyin="jing lao you dai"))

    assert "高龄津贴" in index.find("敬老优待").codes
    assert "高龄津贴" not in index.find("jintie").codes


def test_words_with_two_readings_are_read_as_words() -> None:
    assert text.syllables("银行") == "yin hang"
    assert text.syllables("行政") == "xing zheng"


def test_a_service_is_found_as_soon_as_it_is_published(city: Engine) -> None:
    item = {**ALLOWANCE_MANIFEST["item"], "code": "MZ-002", "name": {"zh": "孝亲补助", "en": "Filial grant"}}  # type: ignore[dict-item]
    with city.begin(SYSTEM) as tx:
        assert search.find(tx, "孝亲", Filters()).total == 0

    offer(city, "filial", ALLOWANCE.replace("allowance", "filial"), {**ALLOWANCE_MANIFEST, "key": "filial", "item": item})

    with city.begin(SYSTEM) as tx:
        assert list(search.find(tx, "xiaoqin", Filters()).codes) == ["MZ-002"]


def test_a_page_of_the_catalogue_continues_where_the_last_one_ended(city: Engine) -> None:
    with city.begin(SYSTEM) as tx:
        first = catalogue.listing(tx, limit=1)
        second = catalogue.listing(tx, limit=1, after=first.next)

    assert {first.rows[0].code, second.rows[0].code} == {"MZ-001", "SC-001"}
    assert second.next is None
