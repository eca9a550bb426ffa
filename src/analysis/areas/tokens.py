"""The words of a text, and the vocabulary of names as it is compared with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple, overload

from analysis.areas.gazetteer import RANK, Key, Unit, gazetteer, name_key, word_key, words


class Word(NamedTuple):
    """A word as it is compared, or a part of one that is written together with the next."""

    key: str
    capital: bool


LEVEL, WIDE, COUNTRY, DISTRICT, CAPITAL = 1, 2, 4, 8, 16
"""What a word may begin: a level word; a name that counts without one anywhere; the country in small letters; a
district's name; or else that it has a capital."""
_SEVERAL = -1
"""Mark of a word that is to be cut."""
_CUT = "\0"
"""Before a piece of a word, which isn't cut again."""


class Words(Sequence[Word]):
    """The words of a text, each looked up when it is asked for."""

    def __init__(self, written: list[str]) -> None:
        self._written = written

    def __len__(self) -> int:
        return len(self._written)

    @overload
    def __getitem__(self, place: int) -> Word: ...

    @overload
    def __getitem__(self, place: slice) -> list[Word]: ...

    def __getitem__(self, place: int | slice) -> Word | list[Word]:
        if isinstance(place, slice):
            return [_word(word) for word in self._written[place]]
        return _word(self._written[place])


class Tokens(NamedTuple):
    """The words of a text, and where they stand."""

    words: Words
    begins: list[int]
    """What each may begin: a sum of LEVEL to CAPITAL."""
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
    written = parts[1::2]
    begins = list(map(_BEGINS.__getitem__, written))
    if _SEVERAL in begins:
        for k in reversed([k for k, begun in enumerate(begins) if begun == _SEVERAL]):
            pieces = _pieces(written[k])
            parts[2 * k + 1 : 2 * k + 2] = [part for piece in pieces for part in (piece, "")][:-1]
            written[k : k + 1] = (_CUT + piece for piece in pieces)
            begins[k : k + 1] = (_BEGINS[_CUT + piece] for piece in pieces)
    edges = list(accumulate(map(len, parts)))
    return Tokens(Words(written), begins, edges[0:-1:2], edges[1::2])


class _Begins(dict[str, int]):
    """By the words met so far, as they are written, what they may begin."""

    def __missing__(self, written: str) -> int:
        if len(self) > _REMEMBERED:
            self.clear()
        cut = written[0] != _CUT and len(_pieces(written)) > 1
        self[written] = _SEVERAL if cut else _begun_by(_word(written))
        return self[written]


_BEGINS = _Begins()


def _pieces(word: str) -> list[str]:
    cuts = [k for k in range(1, len(word)) if word[k].isupper() and word[k - 1].islower()]
    if _glued_digit().fullmatch(word):
        cuts = [1]
    return [word[k:end] for k, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]


@lru_cache(maxsize=20_000)
def _word(written: str) -> Word:
    piece = written.removeprefix(_CUT)
    return Word(word_key(piece), not piece[0].islower())


def _begun_by(word: Word) -> int:
    of_level, wide, country, districts = _beginnings()
    begins = LEVEL * (word.key in of_level)
    if not word.capital:
        return begins + COUNTRY * (word.key in country)
    return begins + WIDE * (word.key in wide) + DISTRICT * (word.key in districts) + CAPITAL


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
