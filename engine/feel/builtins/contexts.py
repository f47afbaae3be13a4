"""Context functions."""

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.reasons import null

Context = dict[str, object]


@builtin("get entries", "m: context")
def get_entries(context: Context) -> list[object]:
    """The entries as contexts of `key` and `value`."""
    return limits.check_list([{"key": key, "value": value} for key, value in context.items()])


@builtin("get value", "m: context, key: string")
def get_value(context: Context, key: str) -> object:
    """The value of the entry."""
    if key not in context:
        return null("feel.member", f"There is no `{key}` in the context.", f"上下文中没有“{key}”。")
    return context[key]


@builtin("get value", "m: context, key: list")
def get_value_at(context: Context, keys: list[object]) -> object:
    """The value at a path of keys."""
    value: object = context
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str) or key not in value:
            return null("feel.member", "The path does not exist in the context.", "上下文中没有该路径。")
        value = value[key]
    return value


@builtin("context", "entries: list")
def context(entries: list[object]) -> Context | None:
    """A context of entries that are contexts of `key` and `value`."""
    result: Context = {}
    for entry in entries:
        limits.spend()
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(key, str) or "value" not in entry or key in result:
            return null(
                "feel.argument", "Each entry needs a `key` of its own and a `value`.", "每一项都需要不重复的 key 和 value。"
            )
        result[key] = entry["value"]
    return result


@builtin("context put", "context: context, key: string, value: any?")
def context_put(target: Context, key: str, value: object) -> Context:
    """The context with the entry added or replaced."""
    return {**target, key: value}


@builtin("context put", "context: context, keys: list, value: any?")
def context_put_at(target: Context, keys: list[object], value: object) -> Context | None:
    """The context with the entry at a path of keys added or replaced."""
    if not keys or not isinstance(keys[0], str):
        return null("feel.argument", "`keys` must be a list of strings.", "“keys”应为非空的字符串列表。")
    if len(keys) == 1:
        return {**target, keys[0]: value}
    limits.spend(len(target))
    inner = target.get(keys[0])
    if not isinstance(inner, dict):
        return null("feel.member", f"There is no context at `{keys[0]}`.", f"“{keys[0]}”处没有上下文。")
    replaced = context_put_at(inner, keys[1:], value)
    return None if replaced is None else {**target, keys[0]: replaced}


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[object]) -> Context | None:
    """All contexts in one; the last value of a key counts."""
    result: Context = {}
    for each in contexts:
        if not isinstance(each, dict):
            return null("feel.argument", "Every item must be a context.", "每一项都必须是上下文。")
        limits.spend(len(each))
        result.update(each)
    return result
