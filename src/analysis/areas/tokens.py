"""The words of a text, and the vocabulary of names as it is compared with them."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from analysis.areas.gazetteer import RANK, Key, Unit, gazetteer, name_key, word_key, words


class Token(NamedTuple):
    """A word, or a part of one that is written together with the next."""

    start: int
    end: int
    key: str
    capital: bool


_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")


@cache
def _glued_digit() -> re.Pattern[str]:
    letters = "".join(s.upper() for entry in words()["kinds"] for s in entry["short"] if len(s) == 1)
    return re.compile(rf"[{letters}]\d{{1,2}}")


def split_tokens(text: str) -> list[Token]:
    """The words of a text; `YênBái` and `Q1` are two."""
    tokens = []
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        cuts = [k for k in range(1, len(word)) if word[k].isupper() and word[k - 1].islower()]
        if _glued_digit().fullmatch(word):
            cuts = [1]
        for k, end in zip([0, *cuts], [*cuts, len(word)], strict=True):
            tokens.append(Token(start + k, start + end, word_key(word[k:end]), not word[k].islower()))
    return tokens


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
