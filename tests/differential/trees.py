"""Random expressions as trees, typed so that a value is expected, and their text.

A tree is `(operation, *parts)`; parts are trees, except names and constants. Kinds: number, boolean, string, list of numbers."""

from decimal import Decimal

from hypothesis import strategies as st

Tree = tuple[object, ...]
Trees = st.SearchStrategy[Tree]
SCOPE: dict[str, object] = {
    "n": 7,
    "m": -3,
    "s": "深圳市 Shenzhen",
    "t": "abc",
    "flag": True,
    "xs": [3, 1, 2, 3],
    "rows": [{"k": "a", "v": 1}, {"k": "b", "v": 5}, {"k": "a", "v": 9}],
    "nothing": None,
}
_LETTERS = "abc市 1"


def _constants() -> tuple[Trees, Trees, Trees]:
    number = st.integers(-99, 99).map(lambda value: ("number", value)) | _names("n", "m")
    boolean = st.booleans().map(lambda value: ("boolean", value)) | _names("flag")
    return number, boolean, st.text(_LETTERS, max_size=4).map(lambda value: ("string", value)) | _names("s", "t")


def _names(*names: str) -> Trees:
    return st.sampled_from(names).map(lambda name: ("name", name))


def trees(depth: int = 3) -> Trees:
    """Expressions of any kind."""
    numbers, booleans, strings = _constants()
    lists: Trees = st.just(("name", "xs"))
    for _ in range(depth):
        numbers, booleans, strings, lists = _deeper(numbers, booleans, strings, lists)
    return numbers | booleans | strings | lists


def _deeper(
    numbers: Trees,
    booleans: Trees,
    strings: Trees,
    lists: Trees,
) -> tuple[Trees, ...]:
    def node(name: str, *parts: Trees) -> Trees:
        return st.tuples(st.just(name), *parts)

    def one_of(names: str, *parts: Trees) -> Trees:
        return st.tuples(st.sampled_from(names.split()), *parts)

    small = st.integers(-3, 4).map(lambda value: ("number", value))
    more_numbers = (
        numbers
        | one_of("+ - *", numbers, numbers)
        | node("negate", numbers)
        | node("if", booleans, numbers, numbers)
        | node("at", lists, small)
        | one_of("count sum", lists)
        | one_of("min max", lists)
        | node("string length", strings)
        | node("modulo", numbers, st.integers(1, 9).map(lambda value: ("number", value)))
        | node("abs", numbers)
        | node("sum of rows", numbers)
    )
    more_booleans = (
        booleans
        | one_of("< <= > >=", numbers, numbers)
        | one_of("= !=", numbers, numbers)
        | one_of("= !=", strings, strings)
        | one_of("and or", booleans, booleans)
        | node("not", booleans)
        | node("between", numbers, numbers, numbers)
        | st.tuples(st.just("in range"), numbers, numbers, numbers, st.booleans(), st.booleans())
        | node("in list", numbers, lists)
        | one_of("some every", lists, numbers)
        | one_of("contains starts-with ends-with", strings, strings)
        | node("list contains", lists, numbers)
        | node("is nothing", numbers)
    )
    more_strings = (
        strings
        | node("join", strings, strings)
        | one_of("upper lower", strings)
        | node("substring", strings, small)
        | node("before", strings, strings)
        | node("after", strings, strings)
        | node("if", booleans, strings, strings)
        | node("text of", numbers)
    )
    more_lists = (
        lists
        | st.lists(numbers, max_size=3).map(lambda items: ("list", *items))
        | node("for", lists, numbers)
        | node("filter", lists, numbers)
        | node("append", lists, numbers)
        | node("concatenate", lists, lists)
        | one_of("reverse distinct", lists)
        | node("sort", lists)
        | node("range loop", st.integers(-3, 3).map(lambda value: ("number", value)), small)
        | node("values", numbers)
    )
    return more_numbers, more_booleans, more_strings, more_lists


def written(tree: Tree) -> str:
    """The expression's text, in brackets throughout."""
    name, *parts = tree
    match name:
        case "number":
            return f"({parts[0]})"
        case "boolean":
            return "true" if parts[0] else "false"
        case "string":
            return f'"{parts[0]}"'
        case "name":
            return str(parts[0])
        case "in range":
            low, high = "[(", "])"
            value, start, end, open_low, open_high = parts
            return f"({_w(value)} in {low[bool(open_low)]}{_w(start)}..{_w(end)}{high[bool(open_high)]})"
        case "list":
            return f"[{', '.join(map(_w, parts))}]"
    return _FORMS[str(name)].format(*map(_w, parts))


def _w(tree: object) -> str:
    return written(tree) if isinstance(tree, tuple) else str(tree)


_FORMS = {
    **{operator: f"({{0}} {operator} {{1}})" for operator in ("+", "-", "*", "<", "<=", ">", ">=", "=", "!=", "and", "or")},
    "negate": "(-{0})",
    "if": "(if {0} then {1} else {2})",
    "at": "({0}[{1}])",
    "count": "count({0})",
    "sum": "sum({0})",
    "min": "min({0})",
    "max": "max({0})",
    "string length": "string length({0})",
    "modulo": "modulo({0}, {1})",
    "abs": "abs({0})",
    "sum of rows": "sum(rows[v > {0}].v)",
    "not": "not({0})",
    "between": "({0} between {1} and {2})",
    "in list": "list contains({1}, {0})",
    "some": "(some x in {0} satisfies x > {1})",
    "every": "(every x in {0} satisfies x > {1})",
    "contains": "contains({0}, {1})",
    "starts-with": "starts with({0}, {1})",
    "ends-with": "ends with({0}, {1})",
    "list contains": "list contains({0}, {1})",
    "is nothing": "({0} = nothing)",
    "join": "({0} + {1})",
    "upper": "upper case({0})",
    "lower": "lower case({0})",
    "substring": "substring({0}, {1})",
    "before": "substring before({0}, {1})",
    "after": "substring after({0}, {1})",
    "text of": "string({0})",
    "for": "(for x in {0} return x * 2 + {1})",
    "filter": "({0}[item > {1}])",
    "append": "append({0}, {1})",
    "concatenate": "concatenate({0}, {1})",
    "reverse": "reverse({0})",
    "distinct": "distinct values({0})",
    "sort": "sort({0}, function(x, y) x < y)",
    "range loop": "(for i in {0}..{1} return i)",
    "values": "(rows[v > {0}].v)",
}


def plain(value: object) -> object:
    """A value for comparison across evaluators: whole numbers as int, other numbers as Decimal."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return int(number) if number == number.to_integral_value() else number
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value
