"""The words of a text, and the vocabulary of names as it is compared with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from analysis.areas.gazetteer import RANK, Key, Unit, gazetteer, name_key, word_key, words


class Word(NamedTuple):
    """A word as it is compared, or a part of one that is written together with the next."""

    key: str
    capital: bool
    begins: int
    """What its first letters allow it to begin: a sum of LEVEL, WIDE, COUNTRY, DISTRICT."""


LEVEL, WIDE, COUNTRY, DISTRICT = 1, 2, 4, 8
"""A level word; a name that counts without one anywhere; the country in small letters; a district's name."""
_SEVERAL = -1
"""Mark of a word that is to be cut."""


class Tokens(NamedTuple):
    """The words of a text, and where they stand."""

    words: list[Word]
    begins: list[int]
    """What each may begin."""
    starts: list[int]
    ends: list[int]


_WORD = re.compile(r"([^\W_]+(?:['’ʼ][^\W_]+)*)")
_REMEMBERED = 100_000


@cache
def _glued_digit() -> re.Pattern[str]:
    letters = "".join(s.upper() for entry in words()["kinds"] for s in entry["short"] if len(s) == 1)
    return re.compile(rf"[{letters}]\d{{1,2}}")


def split_tokens(text: str) -> Tokens:
    """The words of a text; `YênBái` and `Q1` are two."""
    parts = _WORD.split(text)
    found = list(map(_WORDS.__getitem__, parts[1::2]))
    begins = list(map(_BEGINS, found))
    if _SEVERAL in begins:
        for k in reversed([k for k, begun in enumerate(begins) if begun == _SEVERAL]):
            pieces = _pieces(parts[2 * k + 1])
            found[k : k + 1] = map(_word, pieces)
            begins[k : k + 1] = (_word(piece).begins for piece in pieces)
            parts[2 * k + 1 : 2 * k + 2] = [part for piece in pieces for part in (piece, "")][:-1]
    edges = list(accumulate(map(len, parts)))
    return Tokens(found, begins, edges[0:-1:2], edges[1::2])


_BEGINS = attrgetter("begins")


class _Words(dict[str, Word]):
    """The words met so far."""

    def __missing__(self, word: str) -> Word:
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = _word(word) if len(_pieces(word)) == 1 else Word("", False, _SEVERAL)
        return self[word]


_WORDS = _Words()


def _pieces(word: str) -> list[str]:
    cuts = [k for k in range(1, len(word)) if word[k].isupper() and word[k - 1].islower()]
    if _glued_digit().fullmatch(word):
        cuts = [1]
    return [word[k:end] for k, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]


@lru_cache(maxsize=20_000)
def _word(piece: str) -> Word:
    key, capital = word_key(piece), not piece[0].islower()
    of_level, wide, country, districts = _beginnings()
    begins = LEVEL * (key in of_level)
    begins += WIDE * (key in wide) + DISTRICT * (key in districts) if capital else COUNTRY * (key in country)
    return Word(key, capital, begins)


@cache
def _beginnings() -> tuple[frozenset[str], ...]:
    """The first words of level words, of bare names, of the country's names and of districts' names."""
    by_core = gazetteer().by_core.items()
    countries = (key for key, units in by_core if any(u.level == "country" for u in units))
    districts = (key for key, units in by_core if len(key) > 1 and any(u.level == "district" for u in units))
    return tuple(_first_words(keys) for keys in (level_words(), bare_names(), countries, districts))


def _first_words(keys: Iterable[Key]) -> frozenset[str]:
    return frozenset(key[0] for key in keys)


@cache
def word_list(entry: str) -> frozenset[str]:
    """A word list of the vocabulary, as compared."""
    return frozenset(" ".join(name_key(word)) for word in words()[entry])


@cache
def level_words() -> dict[Key, tuple[str, bool]]:
    """Words of a level word or abbreviation -> kind, and whether it is written out."""
    table = {name_key(entry["kind"]): (entry["kind"], True) for entry in words()["kinds"]}
    for entry in words()["kinds"]:
        table |= {name_key(short): (entry["kind"], False) for short in entry["short"]}
    return table


@cache
def bare_names() -> dict[Key, tuple[Unit, ...]]:
    """Names that count without a level word anywhere: provinces, regions, the country; or nothing (not_places)."""
    table: dict[Key, tuple[Unit, ...]] = {}
    for key, units in gazetteer().by_core.items():
        wide = [u for u in units if RANK[u.level] <= RANK["province"]]
        if wide and " ".join(key) not in word_list("needs_level"):
            table[key] = tuple(wide + [u for u in units if u.level == "district" and u.kind == "thành phố"])
    return table | {name_key(name): () for name in words()["not_places"]}


@cache
def longest_bare_name(first_word: str) -> int:
    """The number of words of the longest bare name that begins so."""
    return max((len(key) for key in bare_names() if key[0] == first_word), default=0)
