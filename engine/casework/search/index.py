"""An inverted index over service entries, held in memory: entries in, ranked codes and counts out; pure."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cached_property
from math import log

from engine.casework.search import text

NAME, ENGLISH, OTHER_WORDS, PLACE, SUMMARY = 15, 12, 10, 5, 2
"""How much a word weighs by where it stands, up to 15."""
_KEPT_SHARE, _LEAST = 0.5, 0.16
"""A service is shown when it scores this share of the best one, and at least so much of the whole query."""
_SURE = 0.55
"""Below this the query may be misspelt: it is read by its sound, too."""
_HEARD = 0.36
"""What is only heard must fit so well; three wrong letters are another word."""
_CODE_BITS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of a service. pinyin: syllables of the name. place: names of its office.

    position: among like services, the main one first. entry: its code in the basic catalogue, which districts share."""

    code: str
    name_zh: str
    name_en: str
    summary: str
    keywords: str
    pinyin: str
    place: str
    audience: tuple[str, ...]
    office: str
    theme: str
    region: str
    level: str
    life_events: tuple[str, ...]
    kind: str
    is_online: bool
    popularity: float = 0.0
    position: int = 50
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None: everything. online: True for services that can be applied for here."""

    audience: str | None = None
    office: str | None = None
    theme: str | None = None
    region: str | None = None
    level: str | None = None
    life_event: str | None = None
    kind: str | None = None
    online: bool | None = None

    def given(self) -> Iterable[tuple[str, object]]:
        """The narrowing values by name."""
        return ((f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) not in (None, ""))


@dataclass(frozen=True, slots=True)
class Hits:
    """codes: best first. counts: how many by (filter, value). heard: the words understood where the query was misspelt.

    alike: how many districts offer the service of a code that stands for all of them."""

    codes: Sequence[str]
    counts: Mapping[tuple[str, object], int] = field(default_factory=dict)
    heard: str = ""
    alike: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many there are in all."""
        return len(self.codes)


class Index:
    """Postings by term, entries by number. An entry put again gets a new number; its old one is dead."""

    def __init__(self) -> None:
        self._entries: list[Entry | None] = []
        self._number: dict[str, int] = {}
        self._postings: dict[str, array[int]] = {}
        self._having: dict[tuple[str, object], set[int]] = {}
        self._latin: set[str] = set()

    def __len__(self) -> int:
        return len(self._number)

    def put(self, entry: Entry) -> None:
        """Adds an entry or replaces the one with its code."""
        self.remove(entry.code)
        number = len(self._entries)
        self._entries.append(entry)
        self._number[entry.code] = number
        for term, weight in _terms(entry).items():
            self._postings.setdefault(term, array("Q")).append(number << _CODE_BITS | weight)
        for having in _havings(entry):
            self._having.setdefault(having, set()).add(number)
        self._latin.update(text.latin(text.normal(entry.name_en)))
        self._changed()

    def remove(self, code: str) -> None:
        """Forgets an entry, if it is there."""
        number = self._number.pop(code, None)
        if number is not None:
            entry, self._entries[number] = self._entries[number], None
            for having in _havings(entry) if entry else ():
                self._having[having].discard(number)
            self._changed()

    def _changed(self) -> None:
        for kept in ("_resting", "_everything"):
            self.__dict__.pop(kept, None)

    @cached_property
    def _everything(self) -> Hits:
        """The list without a query and without filters, which every visit to the home page asks for."""
        return self._hits(self._resting, "", is_folded=False)

    @cached_property
    def _resting(self) -> list[int]:
        """All entries in the order of a list without a query: what can be done on line first, then what is asked for most."""
        live = list(self._number.values())
        return sorted(live, key=lambda n: _rest(self._entries[n]))

    def find(self, query: str, filters: Filters = Filters(), *, is_folded: bool = False) -> Hits:
        """Ranked codes for a query within filters; without a query all of them.

        is_folded: one of the districts' like services stands for all; the state's and the city's stand for themselves."""
        asked = text.normal(query).strip()
        if not asked and not is_folded and filters == Filters():
            return self._everything
        scores, heard = self._scores(asked) if asked else ({}, "")
        allowed = self._allowed(filters)
        ranked = self._ranked(scores, allowed) if asked else [n for n in self._resting if allowed is None or n in allowed]
        return self._hits(ranked, heard, is_folded=is_folded)

    def _hits(self, ranked: Sequence[int], heard: str, *, is_folded: bool) -> Hits:
        counts = Counter(having for n in ranked for having in _havings(self._entries[n]))
        entries = [e for n in ranked if (e := self._entries[n])]
        shown, alike = _folded(entries) if is_folded else (entries, {})
        return Hits([e.code for e in shown], counts, heard, alike)

    def _allowed(self, filters: Filters) -> set[int] | None:
        sets = [self._having.get(given, set()) for given in filters.given()]
        return set.intersection(*sets) if sets else None

    def _ranked(self, scores: Mapping[int, float], allowed: set[int] | None) -> list[int]:
        if not scores:
            return []
        least = max(max(scores.values()) * _KEPT_SHARE, _LEAST)
        kept = [n for n, score in scores.items() if score >= least and (allowed is None or n in allowed)]
        return sorted(kept, key=lambda n: (-scores[n], _rest(self._entries[n])))

    def _scores(self, asked: str) -> tuple[Mapping[int, float], str]:
        """(score by entry, what was heard instead); other words count a little less than the person's own."""
        code = self._number.get(asked.upper())
        if code is not None:
            return {code: 2.0}, ""
        wanted = text.meaning(asked)
        found = self._said(wanted, 1.0)
        for other in text.otherwise(asked):
            _keep_best(found, self._said(text.meaning(other), 0.92))
        if max(found.values(), default=0.0) >= _SURE:
            return self._finished(found, asked), ""
        heard, guess = self._heard(wanted)
        _keep_best(found, {n: score for n, score in heard.items() if score >= _HEARD})
        return self._finished(found, asked), guess

    def _said(self, wanted: str, factor: float) -> dict[int, float]:
        """By the characters and words themselves."""
        terms = [pair for run in text.han(wanted) for pair in text.pairs(run)] + text.latin(wanted)
        return self._sum(list(dict.fromkeys(terms)), factor)

    def _heard(self, wanted: str) -> tuple[dict[int, float], str]:
        """By sound and by the nearest known word: pinyin, initials, homophones, misspelt English."""
        letters = "".join(text.latin(wanted))
        found = self._sum(text.grams(text.joined(letters)), 0.9)
        for word in text.sounding(letters):
            _keep_best(found, self._said(word, 0.9))
            for other in text.otherwise(word):
                _keep_best(found, self._said(text.meaning(other), 0.85))
        if letters.isalpha() and 2 < len(letters) <= 8:
            near = self._sum(text.initials(letters), 0.85).items()
            _keep_best(found, {n: score for n, score in near if score >= _SURE and self._begins(n, letters)})
        _keep_best(found, self._sum(text.grams(text.sound(wanted)), 0.75))
        mended = self._mended(text.latin(wanted))
        if mended:
            _keep_best(found, self._sum(mended, 0.8))
        best = max(found, key=lambda n: found[n], default=None)
        entry = self._entries[best] if best is not None and found[best] >= _HEARD else None
        return found, entry.name_zh if entry else ""

    def _begins(self, number: int, letters: str) -> bool:
        """Whether these are first letters of syllables side by side, in a name or in one of its other words."""
        entry = self._entries[number]
        spelt = (entry.pinyin, *map(text.syllables, text.han(entry.keywords))) if entry else ()
        return any(letters in "".join(part[0] for part in sound.split()) for sound in spelt)

    def _mended(self, words: Sequence[str]) -> list[str]:
        unknown = [w for w in words if w.isalpha() and len(w) > 3 and w not in self._postings]
        if not unknown or len(words) > 6:
            return []
        near = {w: get_close_matches(w, self._latin, n=1, cutoff=0.74) for w in unknown}
        return [near[w][0] if near.get(w) else w for w in words] if any(near.values()) else []

    def _sum(self, terms: Sequence[str], factor: float) -> dict[int, float]:
        """The share of the query's terms, by rarity, that each entry has, and where it has them."""
        rarity = {term: log(1 + len(self._entries) / (len(self._postings.get(term, ())) or 0.5)) for term in terms}
        whole = sum(rarity.values()) * NAME
        scores: dict[int, float] = {}
        for term, weight in rarity.items():
            share = factor * weight / whole
            for packed in self._postings.get(term, ()):
                number = packed >> _CODE_BITS
                scores[number] = scores.get(number, 0.0) + share * (packed & 15)
        return {n: s for n, s in scores.items() if self._entries[n] is not None}

    def _finished(self, scores: dict[int, float], asked: str) -> dict[int, float]:
        """A name that is the query comes first; of two alike the shorter, and what can be done on line."""
        best = max(scores.values(), default=0.0)
        for n, score in scores.items():
            entry = self._entries[n]
            if entry is None or score < best * _KEPT_SHARE:
                continue
            name = text.normal(entry.name_zh)
            exact = 0.5 if asked in (name, text.normal(entry.name_en)) else 0.12 if name.startswith(asked) else 0.0
            near = 0.06 * min(1.0, len(asked) / len(name)) if asked in name else 0.0
            use = 0.08 * entry.is_online + 0.04 * entry.popularity + 0.001 * (50 - min(50, entry.position))
            scores[n] = score + exact + near + use
        return scores


def _keep_best(into: dict[int, float], found: Mapping[int, float]) -> None:
    for n, score in found.items():
        if score > into.get(n, 0.0):
            into[n] = score


def _rest(entry: Entry | None) -> tuple[object, ...]:
    assert entry is not None
    return (not entry.is_online, -entry.popularity, entry.level == "county", entry.position, entry.name_zh, entry.code)


def _folded(entries: Sequence[Entry]) -> tuple[list[Entry], dict[str, int]]:
    """One district's entry for all districts that offer the same, at the place of the first."""
    first: dict[str, Entry] = {}
    alike: Counter[str] = Counter()
    shown: list[Entry] = []
    for entry in entries:
        if entry.level != "county" or not entry.entry:
            shown.append(entry)
            continue
        if entry.entry not in first:
            first[entry.entry] = entry
            shown.append(entry)
        alike[first[entry.entry].code] += 1
    return shown, dict(alike)


def _havings(entry: Entry | None) -> Iterable[tuple[str, object]]:
    if entry is None:
        return ()
    single = (("office", entry.office), ("theme", entry.theme), ("region", entry.region), ("level", entry.level))
    more = (("kind", entry.kind), ("online", entry.is_online))
    many = [("audience", a) for a in entry.audience] + [("life_event", e) for e in entry.life_events]
    return (*single, *more, *many)


def _terms(entry: Entry) -> dict[str, int]:
    """Terms with the weight of the best place they stand in."""
    found: dict[str, int] = {}

    def add(terms: Iterable[str], weight: int) -> None:
        for term in terms:
            if weight > found.get(term, 0):
                found[term] = weight

    for value, weight in ((entry.name_zh, NAME), (entry.keywords, OTHER_WORDS), (entry.place, PLACE), (entry.summary, SUMMARY)):
        plain = text.normal(value)
        add((pair for run in text.han(plain) for pair in text.pairs(run)), weight)
        add(text.latin(plain), weight)
    add((char for run in text.han(entry.name_zh) for char in run), OTHER_WORDS)
    add(text.latin(text.normal(entry.name_en)), ENGLISH)
    sound = entry.pinyin.split()
    for word in text.han(entry.keywords):
        add(text.grams(text.sound(word)), OTHER_WORDS)
        add(text.initials("".join(part[0] for part in text.syllables(word).split())), OTHER_WORDS)
    add(text.grams(text.joined("".join(sound))), NAME)
    add(text.initials("".join(part[0] for part in sound)), NAME)
    return found
