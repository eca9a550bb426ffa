"""Bytes of a text file -> characters, with the name of the encoding that was found."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from analysis.documents.legacy import find_legacy, repair_mojibake
from analysis.errors import DocumentError
from analysis.messages import explain
from analysis.text import normalise

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_ALIASES = {"windows-1258": "cp1258", "x-sjis": "cp932", "unicode": "utf-16"}

MISREAD = "utf-8 (cp1252)"
"""The name of UTF-8 that somebody took for Windows-1252 and saved again."""
_TAG = re.compile(r"<[^<>]*>")


def decode(data: bytes, *, markup: bool = False) -> tuple[str, str]:
    """Characters in NFC with line feeds, and the encoding; an error where no encoding makes sense.

    Text in an encoding from before Unicode is converted, and that encoding named; of a page (`markup`), whose fonts
    tell more, the characters are left as they are.

    >>> decode("Tỷ lệ đúng hạn".encode("utf-16-le"))
    ('Tỷ lệ đúng hạn', 'utf-16-le')
    """
    raw, encoding = _decode(data, markup)
    text = normalise(raw)
    if (meant := repair_mojibake(text)) != text:
        text, encoding = normalise(meant), MISREAD
    if not markup and (legacy := find_legacy(text)):
        text, encoding = legacy.mend(text), legacy.name
    if "\0" in text or _control_share(text) > 0.01:
        raise DocumentError(*explain("document.not_text"))
    return text, encoding


def _decode(data: bytes, markup: bool) -> tuple[str, str]:
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data.decode(codec, errors="replace"), codec
    if wide := _wide_encoding(data):
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _META_CHARSET.search(data[:4096]) if markup else None
    return _eight_bit(data, declared.group(1).decode("ascii").lower() if declared else "")


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: spaces, digits and plain letters leave a NUL in every other byte."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) * 0.15 or min(even, odd) > len(sample) * 0.02:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bit(data: bytes, declared: str) -> tuple[str, str]:
    western = data.decode("cp1252", errors="replace")
    if find_legacy(_TAG.sub(" ", western) if declared or "<" in western else western):
        return western, "cp1252"
    damaged = data.decode("utf-8", errors="replace")
    if damaged.count("\ufffd") <= max(2, len(damaged) // 200) and sum(map(_is_vietnamese, damaged)) > 20:
        return damaged, "utf-8"
    guess = from_bytes(data).best()
    candidates = [_ALIASES.get(declared, declared), "cp1258", guess.encoding if guess else ""]
    for codec in filter(None, candidates):
        try:
            text = normalise(data.decode(codec))
        except (UnicodeDecodeError, LookupError):
            continue
        if not any(unicodedata.category(c) == "Mn" for c in text) and _reads_as_vietnamese(text):
            return text, codec
    raise DocumentError(*explain("document.no_encoding"))


def _is_vietnamese(char: str) -> bool:
    return char in "ăâđêôơưĂÂĐÊÔƠƯ" or "\u1ea0" <= char <= "\u1ef9" or char in "àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝĩũĨŨ"


def _reads_as_vietnamese(text: str) -> bool:
    foreign = [c for c in text if ord(c) > 127 and c.isalpha()]
    return not foreign or sum(map(_is_vietnamese, foreign)) >= 0.9 * len(foreign)


_CONTROLS = re.compile(r"[\x00-\x08\r\x0e-\x1f\x7f-\x9f]")
"""Control characters, but for those that lay a text out."""


def _control_share(text: str) -> float:
    return len(_CONTROLS.findall(text)) / max(1, len(text))
