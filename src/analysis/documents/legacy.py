"""Text in the encodings from before Unicode (TCVN3, VNI), and UTF-8 that was read as Windows-1252: told and converted.

Told by spelling: in the wrong encoding hardly a word is a Vietnamese syllable, in the right one nearly all are. Each
line is judged for itself, since old tables are pasted into new reports; what is already Vietnamese is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict

from analysis.catalogue import load_words
from analysis.documents.syllables import is_syllable, words_of
from analysis.text import normalise

_LEAST_WORDS = 3
"""Different words that must be mended before a document is taken for one in an old encoding."""
_VIETNAMESE_SHARE = 0.7
"""Of the words of a line, that must be syllables once it is converted."""
_CAPITAL_LETTERS = 6
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MOJIBAKE = re.compile(r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MOJIBAKE_SIGN = re.compile("[ÃÄÆÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|á[º»]")
_LOST_SPACE = re.compile(r"([^\W\d_]*)Ã ([^\W\d_]*)")
_CP1252 = {bytes([b]).decode("cp1252"): chr(b) for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TO_BYTES, _FROM_BYTES = str.maketrans(_CP1252), str.maketrans({byte: char for char, byte in _CP1252.items()})


class Encoding(BaseModel):
    """An old encoding: how it spells each letter, and the fonts made for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    name: str
    fonts: str
    capital_fonts: str = ""
    example: str
    codes: dict[str, str] = {}
    spellings: dict[str, str] = {}

    @cached_property
    def letters(self) -> dict[str, str]:
        """Each letter by its spelling, small and capital."""
        spelled = {s: c for row, all_ in self.spellings.items() for c, s in zip(row, all_.split(), strict=True)}
        capital = {s.upper(): c.upper() for s, c in spelled.items()}
        mixed = {s[0].upper() + s[1:]: c.upper() for s, c in spelled.items() if len(s) > 1}
        coded = {
            bytes.fromhex(code).decode("cp1252"): letter
            for row, codes in self.codes.items()
            for letter, code in zip(row, codes.split(), strict=True)
        }
        return mixed | capital | spelled | coded

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.letters, key=len, reverse=True))))

    def letter_by_letter(self, text: str) -> str:
        """Each spelling replaced by its letter; everything else is left, so that words stay words."""
        converted = self._pattern.sub(lambda match: self.letters[match.group()], text)
        return converted if self.spellings else _raise_capitals(text, converted)

    def convert(self, text: str) -> str:
        """Text in this encoding as Unicode; characters that it doesn't have are left.

        >>> tcvn3, vni = load_encodings()
        >>> tcvn3.convert("C¶i c¸ch hµnh chÝnh"), vni.convert("Caûi caùch haønh chính")
        ('Cải cách hành chính', 'Cải cách hành chính')
        """
        converted = self.letter_by_letter(text)
        return _LOST_HORN.sub(_with_horn, converted) if self.codes else converted

    def shows_capitals(self, font: str) -> bool:
        """True for a font of this encoding in which every letter is a capital: `.VnTimeH`."""
        return bool(self.capital_fonts) and re.search(self.capital_fonts, font, re.IGNORECASE) is not None


def _raise_capitals(text: str, converted: str) -> str:
    """TCVN3 has no toned capitals: in a line or word of capitals, the converted letters are made capitals too.

    >>> load_encodings()[0].convert("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM; UBND tØnh")
    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM; UBND tỉnh'
    """
    return re.sub(r"[^;.\n]+", lambda part: _raise_part(text[slice(*part.span())], part.group()), converted)


def _raise_part(text: str, converted: str) -> str:
    plain = [c for c in text if c.isascii() and c.isalpha()]
    if len(plain) >= _CAPITAL_LETTERS and all(map(str.isupper, plain)):
        return converted.upper()
    return re.sub(r"[^\W\d_]+", lambda word: _raise_word(text[slice(*word.span())], word.group()), converted)


def _raise_word(text: str, converted: str) -> str:
    plain = [c for c in text if c.isascii() and c.isalpha()]
    return converted.upper() if len(plain) >= 2 and all(map(str.isupper, plain)) else converted


_LOST_HORN = re.compile(r"(?<!\w)[^\W\d_]*-[^\W\d_]+|[^\W\d_]*[ơờởỡớợƠỜỞỠỚỢ][^\W\d_]+")


def _with_horn(match: re.Match[str]) -> str:
    """TCVN3 writes ư as a soft hyphen, which programs show as a hyphen or not at all.

    >>> load_encodings()[0].convert("®-îc ng-êi ®îc th¬ng, h¬n; 12-a, Hµ-Néi")
    'được người được thương, hơn; 12-a, Hà-Nội'
    """
    word = match.group()
    horn = "Ư" if word.isupper() else "ư"
    meant = word.replace("-", horn) if "-" in word else re.sub("(?=[ơờởỡớợ])", "ư", re.sub("(?=[ƠỜỞỠỚỢ])", "Ư", word))
    return meant if not is_syllable(word) and is_syllable(meant) else word


@lru_cache(maxsize=1)
def load_encodings() -> tuple[Encoding, ...]:
    """The encodings of vocabulary/legacy.yaml."""
    return tuple(Encoding.model_validate(entry) for entry in load_words("legacy.yaml")["tables"])


# --- told by spelling -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _suspect() -> re.Pattern[str]:
    """Characters of the old encodings that Unicode Vietnamese hardly has."""
    letters = {c for e in load_encodings() for letter in e.letters.values() for c in (letter, letter.lower())}
    signs = {c for e in load_encodings() for spelled in e.letters for c in spelled if not c.isascii()}
    return re.compile(f"[{re.escape(''.join(sorted(signs - letters)))}]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a line that an encoding makes syllables, that it spoils, and that stay none."""

    won: frozenset[str]
    lost: int
    changed: int

    @property
    def convinces(self) -> bool:
        """True where most of the words that aren't syllables become some, and none is spoilt."""
        return 2 * len(self.won) > self.changed and not self.lost


def weigh(line: str, convert: Callable[[str], str]) -> Evidence:
    """What a conversion would do to the words of a line."""
    converted = convert(line)
    pairs = [(a, b) for a, b in zip(words_of(line), words_of(converted), strict=False) if a != b]
    won = frozenset(b for a, b in pairs if len(b) > 1 and is_syllable(b) and not is_syllable(a))
    lost = {(a, b) for a, b in pairs if is_syllable(a) and not is_syllable(b)}
    return Evidence(won, len(lost), len({pair for pair in pairs if not is_syllable(pair[0])}))


def _is_vietnamese(line: str) -> bool:
    words = words_of(line)
    return sum(map(is_syllable, words)) >= _VIETNAMESE_SHARE * len(words)


@dataclass(frozen=True, slots=True)
class Legacy:
    """The old encodings found in a document; `mend` converts those of its lines that are in one of them."""

    encodings: tuple[Encoding, ...]
    whole: bool
    """The whole document is in them, so that a line without evidence of its own is, too."""

    @property
    def name(self) -> str:
        """Their names, as the reader is told."""
        return ", ".join(encoding.name for encoding in self.encodings)

    def mend(self, text: str) -> str:
        """The text in Unicode, line by line.

        >>> legacy = find_legacy("C¶i c¸ch hµnh chÝnh n¨m 2022: tû lÖ hå s¬ ®óng h¹n ®¹t 98,2%")
        >>> legacy.name, legacy.mend("Hå s¬: 12"), legacy.mend("Hồ sơ: 12")
        ('TCVN3 (ABC)', 'Hồ sơ: 12', 'Hồ sơ: 12')
        """
        return "".join(map(self._mend_line, _LINE.findall(text))) if not text.isascii() else text

    def _mend_line(self, line: str) -> str:
        if line.isascii():
            return line
        found = [(weigh(line, e.letter_by_letter), e) for e in self.encodings]
        best, encoding = max(found, key=lambda pair: (len(pair[0].won) - 2 * pair[0].lost, -pair[0].changed))
        if self.whole:
            return encoding.convert(line) if 2 * best.lost <= len(best.won) and not has_unicode(line) else line
        return encoding.convert(line) if best.won and best.convinces else line


def has_unicode(line: str) -> bool:
    """True for a line with Vietnamese letters that only Unicode has."""
    return re.search("[\u1ea0-\u1eff\u01a0\u01a1\u01af\u01b0\u0102\u0103\u0110\u0111]", line) is not None


def find_legacy(text: str) -> Legacy | None:
    """The old encodings of a text; None where it is in none, as nearly every text is."""
    if _suspect().search(text) is None:
        return None
    lines = [line for line in text.split("\n") if not line.isascii()]
    found: list[tuple[int, Encoding]] = []
    for encoding in load_encodings():
        won = frozenset[str]()
        for line in lines:
            evidence = weigh(line, encoding.letter_by_letter) if _suspect().search(line) else None
            if evidence and evidence.convinces and _is_vietnamese(encoding.letter_by_letter(line)):
                won |= evidence.won
        if len(won) >= _LEAST_WORDS:
            found.append((len(won), encoding))
    if not found:
        return None
    most = max(count for count, _ in found)
    kept = tuple(encoding for count, encoding in sorted(found, key=lambda f: -f[0]) if 5 * count > most)
    return Legacy(kept, whole=not any(map(has_unicode, lines)))


# --- UTF-8 that was read as Windows-1252 ----------------------------------------------------------------------------


def repair_mojibake(text: str) -> str:
    """Text whose UTF-8 was taken for Windows-1252 or Latin-1, once or twice, as it was meant.

    >>> repair_mojibake("Tá»‰nh HÃ²a BÃ¬nh: Ä‘áº¡t 98,2%"), repair_mojibake("São Paulo; 5 °C; Ánh Â»")
    ('Tỉnh Hòa Bình: đạt 98,2%', 'São Paulo; 5 °C; Ánh Â»')
    """
    if len(_MOJIBAKE_SIGN.findall(text, 0, 200_000)) < 2:
        return text
    return "".join(map(_repair_line, _LINE.findall(text)))


def _repair_line(line: str) -> str:
    """The line as it was meant, where that makes more syllables of it; also where it was misread twice."""
    once = _undo_misreading(line)
    best = max((line, once, _undo_misreading(once)), key=lambda each: sum(map(is_syllable, words_of(each))))
    return line if best == line else normalise(_LOST_SPACE.sub(_with_a, best))


def _undo_misreading(line: str) -> str:
    return _MOJIBAKE.sub(_as_utf8, line.translate(_TO_BYTES)).translate(_FROM_BYTES)


def _with_a(match: re.Match[str]) -> str:
    """`à`, whose second byte reads as a hard space and was made a plain one: within a word, or at its end."""
    joined = f"{match[1]}à{match[2]}"
    return joined if is_syllable(joined) else f"{match[1]}à {match[2]}"


def _as_utf8(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()
