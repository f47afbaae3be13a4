"""Text into terms: Chinese runs into pairs of characters, Latin into words, pinyin into grams that forgive an accent."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "words.toml"
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]+|[0-9]+")
GRAM = 4
"""Letters in a pinyin gram: long enough to tell 津贴 from 进口, short enough that one wrong letter leaves most of them whole."""


def normal(text: str) -> str:
    """Full-width letters narrow, capitals small."""
    return unicodedata.normalize("NFKC", text).lower()


def han(text: str) -> list[str]:
    """The runs of Chinese characters."""
    return _HAN.findall(text)


def latin(text: str) -> list[str]:
    """Latin words and numbers; a plural counts as its singular."""
    return [w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w for w in _LATIN.findall(text)]


def pairs(run: str) -> Iterator[str]:
    """Each two neighbouring characters; a lone one stands for itself."""
    if len(run) == 1:
        yield run
    yield from (run[i : i + 2] for i in range(len(run) - 1))


def joined(letters: str) -> str:
    """Pinyin without spaces, as somebody from the south would type it: zh = z, ch = c, sh = s, ng = n, v = u."""
    letters = re.sub(r"[^a-z]", "", letters)
    return letters.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n").replace("v", "u")


def grams(letters: str) -> list[str]:
    """`~gaol ~aoli …` of joined letters."""
    found = (f"~{letters[i : i + GRAM]}" for i in range(max(1, len(letters) - GRAM + 1)))
    return list(dict.fromkeys(found)) if len(letters) >= GRAM else []


def initials(letters: str) -> list[str]:
    """`^gl ^lj ^jt`: neighbouring first letters of syllables."""
    return list(dict.fromkeys(f"^{letters[i : i + 2]}" for i in range(len(letters) - 1)))


def syllables(text: str) -> str:
    """The pinyin of a text's Chinese characters, a space between syllables; a character that is not in GB 2312 has none.

    Words are read whole where one of their characters has two readings: 银行 is yin hang, 行政 xing zheng."""
    single, words = _readings()
    found: list[str] = []
    for run in han(text):
        place = 0
        while place < len(run):
            word = next((w for w in words.get(run[place], ()) if run.startswith(w, place)), "")
            found += words[run[place]][word] if word else [single.get(run[place], "?")]
            place += len(word) or 1
    return " ".join(found)


def sound(text: str) -> str:
    """The letters of Chinese characters, joined as they are indexed."""
    return joined(syllables(text))


@cache
def _readings() -> tuple[Mapping[str, str], Mapping[str, Mapping[str, list[str]]]]:
    """(reading of a character, words by their first character with their readings).

    A table of our own: a library that reads whole sentences took 1 s and 56 MB in every process (measured)."""
    single: dict[str, str] = {}
    words: dict[str, dict[str, list[str]]] = {}
    for line in (Path(__file__).parent / "syllables.txt").read_text("utf-8").splitlines():
        head, *rest = line.split(" ")
        if head == "=":
            words.setdefault(rest[0][0], {})[rest[0]] = rest[1:]
        elif head != "#":
            single.update(dict.fromkeys(rest[0], head))
    return single, words


@cache
def _words() -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    table = tomllib.loads(FILE.read_text("utf-8"))
    groups = tuple(tuple(map(normal, group)) for group in table["same"])
    return groups, tuple(sorted(map(normal, table["empty"]), key=len, reverse=True))


def meaning(text: str) -> str:
    """The query without words that say nothing of the matter (我想, 怎么办理, how to); the query itself when nothing is left."""
    left = text
    for word in _words()[1]:
        left = re.sub(rf"\b{word}\b", " ", left) if word.isascii() else left.replace(word, " ")
    return left if left.strip() else text


def otherwise(text: str) -> list[str]:
    """The query in the other words people use for the same thing, at most a dozen."""
    found: list[str] = []
    for group in _words()[0]:
        said = max((word for word in group if word in text), key=len, default="")
        if said:
            found.extend(text.replace(said, f" {other} ") for other in group if other != said)
    return found[:12]


def sounding(letters: str) -> tuple[str, ...]:
    """Words of the table that sound like these letters, written out (shenfenzheng) or as initials (sfz)."""
    return _sounds().get(joined(letters), ()) if len(letters) > 2 else ()


@cache
def _sounds() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in (word for group in _words()[0] for word in group if han(word)):
        spelt = syllables(word).split()
        for key in {joined("".join(spelt)), joined("".join(part[0] for part in spelt))}:
            found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}
