"""Whether a word is written as a Vietnamese syllable: what text in a wrong encoding hardly ever is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from analysis.catalogue import read_vocabulary

_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))
_CLOSED_TONES = ("\u0301", "\u0323")  # sharp, heavy
_BETWEEN = re.compile(r"[\s\d!-/:-@\[-`{-~\u2010-\u2026\u2039\u203a]+")


@lru_cache(maxsize=1)
def _parts() -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]:
    words = read_vocabulary("syllables.yaml")
    return (
        ("", *sorted(words["onsets"], key=len, reverse=True)), frozenset(words["rimes"].split()), tuple(words["stops"]),
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """True for what Vietnamese spelling allows, whatever the case, and wherever in the vowel the tone mark stands.

    >>> [is_syllable(w) for w in ("Nghiêng", "HOÀN", "quý", "giết", "được", "®îc", "đợc", "cảc", "gIA", "Müller")]
    [True, True, True, True, True, False, False, False, False, False]
    """
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    split = unicodedata.normalize("NFD", word.lower())
    tone = "".join(c for c in split if ord(c) in _TONES)
    bare = unicodedata.normalize("NFC", split.translate(_TONES))
    onsets, rimes, stops = _parts()
    if len(tone) > 1 or (bare.endswith(stops) and tone not in _CLOSED_TONES):
        return False
    found = (o for o in onsets if bare.startswith(o))
    return any(bare[len(o) :] in rimes or (o in ("gi", "qu") and f"{o[-1]}{bare[len(o) :]}" in rimes) for o in found)


def words_of(text: str) -> list[str]:
    """The words of a line; what another encoding shows as a sign inside a word doesn't part it.

    >>> words_of("C¶i c¸ch: 12 hå s¬ (98%)")
    ['C¶i', 'c¸ch', 'hå', 's¬']
    """
    return [word for word in _BETWEEN.split(text) if word]
