"""Which documents repeat another, and which replace one: the same file, nearly the same text, a later edition.

A form has the same words every quarter, so that words alone prove nothing: the figures have to be the same, too.
What is kept of a document is small, so that fifty thousand of them can be held against each other.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Literal, NamedTuple
from zlib import crc32

from analysis.catalogue import load_pattern, load_words
from analysis.findings import CHECK, Sources, Words, fill, finding_id, title_of
from analysis.model import Area, Extraction, Finding, Observation, Period
from analysis.text import match_form

_KEPT = 128
"""How many of the hashed clauses of a text are kept: those with the smallest hash, which is a fair sample."""
_KEYS = 8
"""Documents that have none of so many smallest hashes in common aren't compared at all."""
_LARGEST = 200
"""A clause that more documents of one place have than this is a form's, and leads nowhere."""
_SAME, _AMENDED, _FEWEST = 0.8, 0.5, 3
_HEAD = 1500
_CLAUSE = re.compile(r"[.;:\n]+\s*")
_DIGITS = re.compile(r"\d+")

How = Literal["file", "text", "said", "later"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a document to know it again."""

    document_id: str
    sha256: str
    text: str
    """Hash of the text without its line breaks and capitals."""
    clauses: bytes
    """Hashes of a sample of its clauses, each digit masked, smallest first."""
    figures: bytes
    """Hashes of its figures: indicator and value."""
    title: str
    area: str
    period: Period | None
    published: date | None
    official: bool
    number: int | None
    issuer: str
    replaces: bool
    """True where it says that it stands in for another."""
    replaced_number: int | None


class Kinship(NamedTuple):
    """How a document is related to another one: it repeats it, or it replaces it."""

    other: str
    how: How

    @property
    def repeats(self) -> bool:
        """True for a duplicate, false for a replacement."""
        return self.how in ("file", "text")


def take_fingerprint(extraction: Extraction) -> Fingerprint:
    """What is to be kept of a document that was read."""
    document, area = extraction.document, extraction.area
    blocks = [document.text[block.start : block.end] for block in document.blocks if not block.is_furniture]
    plain = ("\n".join(blocks) or document.text).casefold()
    title = match_form(document.title)
    official = document.source_kind == "official_report"
    number = load_pattern("editions.yaml", "number").search(match_form(document.text[:_HEAD])) if official else None
    said, replaced = _says_it_replaces(plain, title)
    return Fingerprint(
        document_id=document.document_id,
        sha256=document.sha256,
        text=hashlib.sha256(" ".join(plain.split()).encode("utf-8", "replace")).hexdigest()[:16],
        clauses=_sample(plain),
        figures=array("I", sorted(map(_figure, extraction.observations))).tobytes(),
        title=_subject(title),
        area=(area.area_id or area.name) if area else "",
        period=extraction.period,
        published=document.published,
        official=official,
        number=int(number["number"]) if number else None,
        issuer=re.sub(r"\s", "", number["issuer"]) if number else "",
        replaces=said,
        replaced_number=replaced,
    )


def _says_it_replaces(plain: str, title: str) -> tuple[bool, int | None]:
    said = bool(load_pattern("editions.yaml", "replaces_title").search(title))
    if any(word in plain for word in load_words("editions.yaml")["replaces_words"]):
        folded = match_form(plain)
        for key in ("replaces_text", "replaces_numbered"):
            if match := load_pattern("editions.yaml", key).search(folded):
                return True, int(match["number"]) if match["number"] else None
    return said, None


def _subject(title: str) -> str:
    """What a title is about, whatever it says of its edition: figures stay, since they name the period."""
    bare = load_pattern("editions.yaml", "edition").sub(" ", title)
    return " ".join(re.findall(r"\w+", bare)).removeprefix("báo cáo ")


def _sample(plain: str) -> bytes:
    clauses = {crc32(_DIGITS.sub("0", clause).encode("utf-8", "replace")) for clause in _CLAUSE.split(plain) if clause}
    return array("I", sorted(clauses)[:_KEPT]).tobytes()


def _figure(row: Observation) -> int:
    return crc32(f"{row.indicator}|{row.value:g}|{row.out_of}|{row.change}".encode())


def find_kinships(fingerprints: Iterable[Fingerprint]) -> dict[str, Kinship]:
    """The documents that repeat or replace another, each with the other; the original of a copy is no copy itself."""
    prints = sorted(fingerprints, key=_precedence)
    found: dict[str, Kinship] = {}
    for how, key in (("file", lambda each: each.sha256), ("text", lambda each: each.text)):
        for alike in _grouped((each for each in prints if each.document_id not in found), key):
            found.update({copy.document_id: Kinship(alike[0].document_id, how) for copy in alike[1:]})
    left = [each for each in prints if each.document_id not in found]
    for original, copy in _nearly_alike(left):
        if not {original.document_id, copy.document_id} & found.keys():
            found[copy.document_id] = Kinship(original.document_id, "text")
    return found | _replacements([each for each in left if each.document_id not in found])


def _precedence(each: Fingerprint) -> tuple:
    """Of several alike the official one is kept, then the earliest."""
    return (not each.official, each.published or date.max, each.document_id)


def _grouped(prints: Iterable[Fingerprint], key: Callable[[Fingerprint], Hashable]) -> Iterator[list[Fingerprint]]:
    groups: dict[Hashable, list[Fingerprint]] = {}
    for each in prints:
        groups.setdefault(key(each), []).append(each)
    yield from (group for group in groups.values() if len(group) > 1)


def kinship_findings(kinships: Mapping[str, Kinship], sources: Sources, areas: Mapping[str, Area]) -> Iterator[Finding]:
    """What analysts are told of documents that repeat or replace another."""
    for ident, kinship in sorted(kinships.items()):
        code = "document_duplicate" if kinship.repeats else "document_replaced"
        check, how = CHECK[code], CHECK[code].how[kinship.how]
        named: Words = {
            "title": lambda lang, ident=ident: title_of(ident, sources, lang),
            "other": lambda lang, other=kinship.other: title_of(other, sources, lang),
            "how": lambda lang, how=how: how[lang],
        }
        messages = (fill(check.message_vi, "vi", named), fill(check.message_en, "en", named))
        area = areas.get(ident)
        place = (area.name, area.area_id) if area else ("", "")
        yield Finding(finding_id(code, [ident, kinship.other]), code, "info", *messages, (), ident, *place)


# ---- nearly the same text


def _nearly_alike(prints: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs of one place and period with the same words and the same figures, the original first."""
    for one, two in _candidates(prints):
        if one.period and two.period and one.period != two.period:
            continue
        words, figures = likeness(one, two)
        if _is_another_edition(one, two, figures):
            continue
        if (words >= _SAME and figures >= _SAME) or (_is_one_number(one, two) and figures >= _AMENDED):
            yield one, two


def _candidates(prints: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs that may be alike: of one place, with a clause or their number in common."""
    order = {each.document_id: at for at, each in enumerate(prints)}
    sharing: dict[tuple, list[Fingerprint]] = {}
    for each in prints:
        for clause in array("I", each.clauses[: _KEYS * array("I").itemsize]):
            sharing.setdefault((each.area, clause), []).append(each)
        if each.issuer:
            sharing.setdefault((each.area, each.issuer, each.number), []).append(each)
    groups = [group for group in sharing.values() if 1 < len(group) <= _LARGEST]
    pairs = {(one.document_id, two.document_id) for group in groups for one, two in combinations(group, 2)}
    for one, two in sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]])):
        yield prints[order[one]], prints[order[two]]


def likeness(one: Fingerprint, two: Fingerprint) -> tuple[float, float]:
    """How much of their clauses, and of their figures, two documents have in common, from 0 to 1.

    Too few figures prove nothing: then the words have to be the same one by one.
    """
    words = _common(Counter(array("I", one.clauses)), Counter(array("I", two.clauses)))
    mine, theirs = (Counter(array("I", each.figures)) for each in (one, two))
    if max(mine.total(), theirs.total()) < _FEWEST:
        return words, float(words == 1.0 and mine == theirs)
    return words, _common(mine, theirs)


def _common(one: Counter[int], two: Counter[int]) -> float:
    return (one & two).total() / max(1, (one | two).total())


def _is_one_number(one: Fingerprint, two: Fingerprint) -> bool:
    """True for one report of one issuer by its number and day, in two forms: `Số: 123/BC-SNV`."""
    numbered = one.issuer and (one.issuer, one.number) == (two.issuer, two.number)
    return bool(numbered) and one.published is not None and one.published == two.published


def _is_another_edition(one: Fingerprint, two: Fingerprint, figures: float) -> bool:
    """True where one says so, has another number of the same issuer, or is a later report with other figures."""
    if one.replaces != two.replaces:
        return True
    renumbered = one.issuer == two.issuer and one.number != two.number
    amended = one.official and two.official and figures < 1 and not _is_one_number(one, two)
    return _is_later(one, two) and (renumbered or amended)


# ---- later editions


def _replacements(prints: Sequence[Fingerprint]) -> dict[str, Kinship]:
    """Each report that takes the place of another of its issuer, area, period and title."""
    found: dict[str, Kinship] = {}
    for editions in _grouped((each for each in prints if each.area and each.period), lambda e: (e.area, e.period)):
        for later in editions:
            if later.replaces and (earlier := _replaced_by(later, editions)):
                found[later.document_id] = Kinship(earlier.document_id, "said")
        titled = [each for each in editions if each.official and each.title]
        for same in _grouped(titled, lambda each: (each.issuer, each.title)):
            in_turn = sorted(same, key=lambda each: (each.published or date.min, each.number or 0))
            for earlier, later in pairwise(in_turn):
                if later.document_id not in found and _amends(later, earlier):
                    found[later.document_id] = Kinship(earlier.document_id, "later")
    return found


def _replaced_by(later: Fingerprint, editions: Sequence[Fingerprint]) -> Fingerprint | None:
    """The report that another says it replaces: by its number, else the one that it has most figures of."""
    others = [each for each in editions if each is not later and not (each.replaces and _is_later(later, each))]
    numbered = [each for each in others if later.replaced_number is not None and each.number == later.replaced_number]
    if numbered:
        return numbered[0]
    alike = [each for each in others if each.title == later.title or likeness(each, later)[1] >= _AMENDED]
    return max(alike, key=lambda each: likeness(each, later), default=None)


def _is_later(earlier: Fingerprint, later: Fingerprint) -> bool:
    """True where the days say so, or, where one isn't known or both are the same, the numbers."""
    if earlier.published and later.published and earlier.published != later.published:
        return earlier.published < later.published
    return earlier.number is not None and later.number is not None and earlier.number < later.number


def _amends(later: Fingerprint, earlier: Fingerprint) -> bool:
    """True where a report comes after another with most of its figures: a quarter's isn't the next one's."""
    words, figures = likeness(earlier, later)
    return _is_later(earlier, later) and words >= (_AMENDED if later.issuer else _SAME) and figures >= _AMENDED
