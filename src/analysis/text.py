"""Vietnamese text: one Unicode form, keys for comparing words, a form for matching, sentences.

Nothing here changes the stored text: `match_form` keeps the length, so an offset found in it holds in the source.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources

import yaml

_TONES = {
    "a": "àáảãạ", "e": "èéẻẽẹ", "i": "ìíỉĩị", "o": "òóỏõọ", "u": "ùúủũụ", "y": "ỳýỷỹỵ",
    "ă": "ằắẳẵặ", "â": "ầấẩẫậ", "ê": "ềếểễệ", "ô": "ồốổỗộ", "ơ": "ờớởỡợ", "ư": "ừứửữự",
}  # fmt: skip
_TONE_OF = {toned: (bare, i) for bare, row in _TONES.items() for i, toned in enumerate(row)}
_LETTER = r"[^\W\d_]"


def _any_tone(*bare: str) -> str:
    return "[" + "".join(_TONES[b] for b in bare) + "]"


# Open syllables carry the mark on the first vowel (hoà -> hòa, uỷ -> ủy) ...
_OPEN = re.compile(rf"[ou](?:(?<=o){_any_tone('a', 'e')}|(?<=u)(?<!qu){_any_tone('y')})(?!{_LETTER})")
_OPEN_SEEN = re.compile(
    rf"{_any_tone('a', 'e', 'y')}(?:(?<=o{_any_tone('a', 'e')})|(?<=u{_any_tone('y')})(?<!qu.))(?!{_LETTER})"
)
# ... closed ones, and those after qu-, on the second (hòan -> hoàn, qúy -> quý).
_CLOSED = re.compile(
    rf"{_any_tone('o', 'u')}(?:(?<={_any_tone('o')})[ae](?={_LETTER})"
    rf"|(?<={_any_tone('u')})(?:(?<!q.)y(?={_LETTER})|(?<=q.)[aeiyoâêô]))"
)

_FOLD = {
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("‘’‚‛′`´＇", "'"),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    "Ð": "đ",  # Icelandic eth prints like the Vietnamese letter
    "ð": "đ",
    "％": "%",
}
_FOLDED = re.compile(f"[{''.join(_FOLD)}]")
_LONG = 400
"""Of texts with more characters the last few forms are remembered: each stage asks for that of the whole document."""


def normalise(raw: str) -> str:
    r"""Text in NFC with line feeds and without a byte order mark; nothing else is changed.

    >>> normalise("\ufeffHo\u0300a Bình\r\nnăm 2020\r")
    'Hòa Bình\nnăm 2020\n'
    """
    return unicodedata.normalize("NFC", raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def match_form(text: str) -> str:
    """The form that patterns are matched on, as long as `text`, so that offsets hold in both.

    Lower case; one kind of space, quote, dash and đ; tone marks in one place of the syllable.

    >>> match_form("Uỷ ban – “HOÀ BÌNH”, quý III, hoàn thành")
    'ủy ban - "hòa bình", quý iii, hoàn thành'
    """
    return _form_of_text(text) if len(text) > _LONG else _form_of_words(text)


def _match_form(text: str) -> str:
    folded = text
    for written in set(_FOLDED.findall(text)):
        folded = folded.replace(written, _FOLD[written])
    lowered = folded.lower()
    if len(lowered) != len(text):  # a few foreign capitals have a longer small form
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
    if _OPEN_SEEN.search(lowered):
        lowered = _OPEN.sub(_mark_first, lowered)
    return _CLOSED.sub(_mark_second, lowered)


_form_of_text = lru_cache(maxsize=8)(_match_form)
_form_of_words = lru_cache(maxsize=20_000)(_match_form)


def _mark_first(match: re.Match[str]) -> str:
    first, second = match.group()
    bare, tone = _TONE_OF[second]
    return _TONES[first][tone] + bare


def _mark_second(match: re.Match[str]) -> str:
    first, second = match.group()
    bare, tone = _TONE_OF[first]
    return bare + _TONES[second][tone]


def tone_key(name: str) -> str:
    """A key under which two spellings of one name are equal, and two names are not.

    >>> tone_key("Thành phố  Hoà Bình") == tone_key("THÀNH PHỐ HÒA BÌNH")
    True
    >>> tone_key("Phú Lý") == tone_key("Phủ Lý")
    False
    """
    form = match_form(unicodedata.normalize("NFC", name))
    return re.sub(r"\s*-\s*", " - ", " ".join(form.split()))


@lru_cache(maxsize=1)
def _sentence_words() -> tuple[frozenset[str], frozenset[str]]:
    source = resources.files("analysis").joinpath("vocabulary", "sentences.yaml").read_text(encoding="utf-8")
    words = yaml.safe_load(source)
    return frozenset(words["abbreviations"]), frozenset(words["class_words"])


_END = re.compile(r"""[.?!…]+["'”’»)\]]*(?=\s|$)""")
_LAST_WORD = re.compile(r"[\w./]+$")
_WORD_BEFORE = re.compile(r"([\w/]+)[\s.]+$")
_NUMBERING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|[ivxlc]{1,5}|[a-zđ])", re.IGNORECASE)
_CONSONANTS = re.compile(r"(?:ng|ngh|th|tr|ph|ch|nh|kh|gi|qu)")


def sentences(text: str, start: int = 0, end: int | None = None, *, wrapped: bool = False) -> list[tuple[int, int]]:
    """Spans of the sentences between two offsets, without the white space around them.

    A line feed ends a sentence, unless `wrapped` says that lines were broken to a width. Full stops in
    numbers, abbreviations, initials and numbering don't.

    >>> text = "Tiếp nhận 4.545 hồ sơ tại Q.1, TP. Hồ Chí Minh. Ông Ng. V. A cho biết: còn 4 hồ sơ; đạt 98,2%."
    >>> [text[s:e] for s, e in sentences(text)]  # doctest: +NORMALIZE_WHITESPACE
    ['Tiếp nhận 4.545 hồ sơ tại Q.1, TP. Hồ Chí Minh.',
     'Ông Ng. V. A cho biết: còn 4 hồ sơ; đạt 98,2%.']
    """
    stop = len(text) if end is None else end
    if wrapped:
        return _line_sentences(text, start, stop)
    spans: list[tuple[int, int]] = []
    while start < stop:
        line_end = text.find("\n", start, stop)
        line_end = stop if line_end < 0 else line_end
        spans += _line_sentences(text, start, line_end)
        start = line_end + 1
    return spans


def _line_sentences(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    spans = []
    begin = start
    for match in _END.finditer(text, start, stop):
        if match.end() < stop and not _ends_sentence(text, begin, match, stop):
            continue
        spans.append(_trim(text, begin, match.end()))
        begin = match.end()
    spans.append(_trim(text, begin, stop))
    return [(s, e) for s, e in spans if s < e]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(text: str, begin: int, match: re.Match[str], stop: int) -> bool:
    following = text[match.end() : stop].lstrip()[:1]
    mark = match.group()
    if not following:
        return True
    if mark != ".":  # ellipsis, question, quotation: the sentence may go on in small letters
        return not following.islower()
    last = _LAST_WORD.search(text, begin, match.start())
    return last is None or not _keeps_stop(text, begin, last, following)


def _keeps_stop(text: str, begin: int, last: re.Match[str], following: str) -> bool:
    """True where the full stop belongs to the word before it."""
    word = last.group()
    form = match_form(word)
    abbreviations, class_words = _sentence_words()
    if not text[begin : last.start()].strip(' \t\n-–•+*("“') and _NUMBERING.fullmatch(word):
        return True
    if form == "v.v":
        return following.islower()
    before = _WORD_BEFORE.search(text, begin, last.start())
    is_class = before is not None and match_form(before.group(1)) in class_words
    if is_class and len(word) == 1:
        return False
    if form in abbreviations:
        return True
    initials = [part for part in word.split(".") if part]
    return all(p[0].isupper() and (len(p) == 1 or _CONSONANTS.fullmatch(p.lower()) is not None) for p in initials)
