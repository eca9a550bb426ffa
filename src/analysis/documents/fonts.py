"""Text in the fonts of old encodings (`.VnTime`, `.VnTimeH`, `VNI-Times`) -> Unicode."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import lxml.html

from analysis.documents.legacy import Encoding, has_unicode, load_encodings, weigh

_FAMILY = re.compile(r"font-family\s*:\s*[\"']?([^;,\"']+)", re.IGNORECASE)


@lru_cache(maxsize=256)
def encoding_of_font(font: str) -> Encoding | None:
    """The old encoding that a font was made for.

    >>> [e.name if (e := encoding_of_font(f)) else None for f in (".VnTimeH", "VNI-Times", "Times New Roman")]
    ['TCVN3 (ABC)', 'VNI', None]
    """
    return next((e for e in load_encodings() if re.search(e.fonts, font, re.IGNORECASE)), None)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The old encodings whose fonts a document really writes them in.

    >>> fonts = Fonts.of([("C¶i c¸ch hµnh chÝnh", ".VnTime"), ("b¸o c¸o", ".VnTimeH"), ("Hà Nội", "Arial")])
    >>> fonts.convert("cã", ".VnTime"), fonts.convert("b¸o c¸o", ".VnTimeH"), fonts.convert("cã", "Arial")
    ('có', 'BÁO CÁO', 'cã')
    """

    trusted: tuple[Encoding, ...] = ()

    @classmethod
    def of(cls, runs: Iterable[tuple[str, str]]) -> Fonts:
        """The fonts of all runs (text, font) of a document; one with Unicode in it isn't trusted."""
        texts: dict[str, list[str]] = {}
        for text, font in runs:
            if not text.isascii() and (encoding := encoding_of_font(font)):
                texts.setdefault(encoding.name, []).append(text)
        return cls(tuple(e for e in load_encodings() if e.name in texts and _is_written(e, texts[e.name])))

    @property
    def name(self) -> str:
        """Their names, as the reader is told."""
        return ", ".join(encoding.name for encoding in self.trusted)

    def convert(self, text: str, font: str, *, whole: bool = False) -> str:
        """A run in Unicode; with `whole`, which says that no word is cut at its ends, lost letters are put back too."""
        encoding = encoding_of_font(font)
        if encoding not in self.trusted or encoding is None or has_unicode(text):
            return text
        converted = encoding.convert(text) if whole else encoding.letter_by_letter(text)
        return converted.upper() if encoding.shows_capitals(font) else converted


def _is_written(encoding: Encoding, texts: list[str]) -> bool:
    evidence = weigh(" ".join(text for text in texts if not has_unicode(text)), encoding.letter_by_letter)
    return len(evidence.won) > evidence.lost


def convert_html_fonts(root: lxml.html.HtmlElement) -> str:
    """Convert, in place, the text of a page that stands in old fonts; the names of their encodings.

    >>> page = lxml.html.fromstring("<p><font face='.VnTimeH'>b¸o <b>c¸o</b></font> 12</p>")
    >>> convert_html_fonts(page), page.text_content()
    ('TCVN3 (ABC)', 'BÁO CÁO 12')
    """
    named = {el: font for el in root.iter() if isinstance(el.tag, str) and (font := _own_font(el))}
    if not any(map(encoding_of_font, named.values())):
        return ""
    parts = list(_parts(root, named, ""))
    fonts = Fonts.of((getattr(el, side) or "", font) for el, side, font in parts)
    for el, side, font in parts:
        setattr(el, side, fonts.convert(getattr(el, side) or "", font))
    return fonts.name


def _own_font(el: lxml.html.HtmlElement) -> str:
    face, styled = el.get("face") or "", _FAMILY.search(el.get("style") or "")
    return styled[1].strip() if styled else face.split(",")[0].strip()


def _parts(
    el: lxml.html.HtmlElement, named: dict[lxml.html.HtmlElement, str], outer: str
) -> Iterable[tuple[lxml.html.HtmlElement, str, str]]:
    """Each text and tail below an element, with its font."""
    font = named.get(el, outer)
    yield el, "text", font
    for child in el:
        if isinstance(child.tag, str):
            yield from _parts(child, named, font)
        yield child, "tail", font
