"""The names of the built-in functions, for the parser: they contain spaces, and one contains `and`."""

BUILTIN_NAMES: tuple[str, ...] = (
    "not", "date", "time", "date and time", "number", "string", "duration", "years and months duration",
    "substring", "string length", "upper case", "lower case", "substring before", "substring after", "replace", "contains",
    "starts with", "ends with", "matches", "split", "string join",
    "list contains", "count", "min", "max", "sum", "mean", "all", "any", "sublist", "append", "concatenate", "insert before",
    "remove", "reverse", "index of", "union", "distinct values", "flatten", "product", "median", "stddev", "mode", "list replace",
    "decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down", "abs", "modulo", "sqrt", "log",
    "exp", "odd", "even",
    "is", "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes", "finished by",
    "includes", "during", "starts", "started by", "coincides", "range",
    "get entries", "get value", "context", "context put", "context merge",
    "day of year", "day of week", "month of year", "week of year", "now", "today", "sort",
)  # fmt: skip
"""DMN 1.5, table 72 and following."""
