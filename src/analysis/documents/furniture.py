"""Lines -> blocks: which are the report's, and which belong to the page around it.

Losing a figure is worse than reading a caption: a line with figures in a full sentence is furniture only where the
structure of the file, a header above it (`Tin liên quan`), or a mark of its own (`Ảnh:`) says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from analysis.documents.candidates import BULLET, NUMBERED, Candidate, is_dateline, is_name
from analysis.documents.captions import find_captions
from analysis.documents.drafts import Draft, Line
from analysis.documents.looks import Rule, load_looks
from analysis.model import FURNITURE, Block, BlockKind

_NUMBERED_ITEM = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)](?!\d)|[a-zđ]\))\s*\S")
_MENU_GAP = re.compile(r"\s*(?:\||»|›|>|•|·)\s*| {3,}|\t+")
_SOFT = (None, "heading", "item", "paragraph")  # what the look of a line may overrule
_LETTERHEAD_LINES = 30
_LONG_TEASER = 250


@dataclass
class _Page:
    items: list[Candidate]
    is_official: bool = False
    head: int = 0
    """Index of the first line of running text."""
    tail: int = 0
    """Index after the last one."""
    titles: set[int] = field(default_factory=set)


def classify(draft: Draft) -> tuple[Block, ...]:
    """The blocks of a document, one for each of its lines.

    >>> text = "UBND xã A họp sơ kết\\nTrong quý I, xã nhận 120 hồ sơ, trả đúng hạn 118, đạt 98,3%.\\nLượt xem: 2"
    >>> lines = [Line(m.start(), m.end()) for m in re.finditer("[^\\n]+", text)]
    >>> [block.kind for block in classify(Draft(text, lines))]
    ['title', 'paragraph', 'counter']
    """
    page = _Page([Candidate(line, draft.text[line.start : line.end], line.hint) for line in draft.lines])
    page.is_official = _is_official(page.items)
    _apply_rules(page)
    _find_bounds(page)
    _find_titles(page)
    _apply_edge_rules(page)
    _apply_beside_rules(page)
    _spread(page)
    find_captions(page.items, page.titles)
    return tuple(Block(_kind(page, i), c.line.start, c.line.end) for i, c in enumerate(page.items))


def is_official_report(text: str) -> bool:
    """True for a report with the letterhead or the number of an authority."""
    return _is_official([Candidate(Line(0, 0), raw) for raw in text.split("\n")])


def _is_official(items: Sequence[Candidate]) -> bool:
    marks = load_looks().official
    head = [c.form.strip() for c in items if c.form.strip()][:30]
    number, motto, genre = (any(p.search(form) for form in head) for p in (marks.number, marks.motto, marks.genre))
    return motto or (number and genre)


# --- what one line tells --------------------------------------------------------------------------------------------


def _apply_rules(page: _Page) -> None:
    for c in page.items:
        if c.kind in _SOFT:
            c.rule = _matching_rule(c, {"anywhere"})
            c.kind = c.rule.kind if c.rule else _dateline_or_menu(c) or c.kind
    _apply_beside_rules(page)


def _apply_beside_rules(page: _Page) -> None:
    """Rules that hold only next to furniture of their kind; downwards, then upwards, so that it can grow."""
    for order in (page.items, page.items[::-1]):
        for before, c in zip(order, order[1:], strict=False):
            if c.kind in _SOFT and (rule := _matching_rule(c, {"anywhere"}, beside=True)) and before.kind == rule.kind:
                c.kind, c.rule = rule.kind, rule


def _matching_rule(c: Candidate, zones: set[str], *, beside: bool = False) -> Rule | None:
    looks = load_looks()
    if len(c.raw) > looks.max_length:
        return None
    form = c.form.lstrip("-•* ")
    for rule in _rules(beside=beside):
        allowed = rule.where in zones and (rule.figures or not c.has_digit) and (not rule.alone or c.line.alone)
        if allowed and rule.pattern.search(form):
            return rule
    return None


@cache
def _rules(*, beside: bool) -> tuple[Rule, ...]:
    """Those that hold only next to furniture of their kind, or the others."""
    return tuple(rule for rule in load_looks().rules if rule.beside is beside)


def _dateline_or_menu(c: Candidate) -> BlockKind | None:
    if len(c.raw) <= 120 and is_dateline(c):
        return "dateline"
    parts = [p for p in _MENU_GAP.split(c.raw.strip()) if p]
    if len(parts) >= 3 and all(len(p) <= 30 for p in parts) and not c.has_digit and not c.is_sentence:
        return "menu"
    return None


# --- the parts of the page ------------------------------------------------------------------------------------------


def _find_bounds(page: _Page) -> None:
    """The head ends at the first running text; the tail begins after the last line that says something."""
    body = [i for i, c in enumerate(page.items) if not c.is_furniture and (c.is_body or c.kind == "table")]
    page.head = body[0] if body else min(len(page.items), 2)
    stop = next((i for i, c in enumerate(page.items) if c.kind == "related" and c.rule and i > page.head), None)
    said = [
        i
        for i, c in enumerate(page.items)
        if i >= page.head and not c.is_furniture and (stop is None or i < stop) and _says_something(c)
    ]
    page.tail = (said[-1] if said else page.head) + 1


def _says_something(c: Candidate) -> bool:
    if c.kind == "table":
        return True
    if is_name(c.raw) or _matching_rule(c, {"tail", "edge"}) or _matching_rule(c, {"anywhere"}, beside=True):
        return False
    return c.is_sentence or (c.has_digit and len(c.words) >= 3) or len(c.words) >= 12


def _find_titles(page: _Page) -> None:
    """The first substantial line of the head; in an official report, what stands under BÁO CÁO."""
    if shown := {i for i, c in enumerate(page.items) if c.kind == "title"}:
        page.titles = shown
        return
    official = load_looks().official
    menus = " | ".join(c.form for c in page.items[: page.head] if c.kind == "menu")
    if page.is_official:
        for i, c in enumerate(page.items[:_LETTERHEAD_LINES]):
            if official.genre.search(c.form.strip()):
                page.titles = {i, i + 1} if len(c.words) <= 3 and i + 1 < len(page.items) else {i}
                return
    for i, c in enumerate(page.items[: page.head + 1]):
        if _can_be_title(c) and (i < page.head or not c.is_sentence) and c.form.strip() not in menus:
            page.titles = {i}
            return


def _can_be_title(c: Candidate) -> bool:
    rule = _matching_rule(c, {"head"})
    marks = load_looks().official
    if (
        marks.motto.search(c.form)
        or marks.number.search(c.form)
        or (c.raw.isupper() and marks.letterhead.search(c.form))
    ):
        return False
    return (
        c.kind in (None, "heading")
        and 4 <= len(c.words) <= 60
        and not (c.is_sentence and not c.raw.rstrip().endswith(("?", "!", "…")))
        and not is_name(c.raw)
        and rule is None
    )


def _apply_edge_rules(page: _Page) -> None:
    menus = " | ".join(c.form for c in page.items[: page.head] if c.kind == "menu")
    for i, c in enumerate(page.items):
        in_head, in_tail = i < page.head, i >= page.tail
        if c.kind not in _SOFT or i in page.titles or not (in_head or in_tail):
            continue
        if page.is_official and in_head:
            continue
        c.rule = _matching_rule(c, {"edge", "head" if in_head else "tail"})
        if c.rule and not c.rule.alone:
            c.kind = c.rule.kind
        elif in_head and menus and c.form.strip() in menus:
            c.kind = "menu"
        elif is_name(c.raw) and len(c.words) <= 12 and (in_tail or not page.titles or i > min(page.titles)):
            c.kind = "byline"
    for i, c in enumerate(page.items):
        if c.kind in _SOFT and c.rule and c.rule.alone and _among_furniture(page, i):
            c.kind = c.rule.kind


def _among_furniture(page: _Page, i: int) -> bool:
    """True between furniture: a bare number may also be a figure that stands above its name."""
    around = page.items[max(0, i - 1) : i] + page.items[i + 1 : i + 2]
    return bool(around) and all(c.is_furniture for c in around)


# --- what reaches over several lines --------------------------------------------------------------------------------


def _spread(page: _Page) -> None:
    for i, c in enumerate(page.items):
        if c.rule is None or not c.rule.spreads or c.kind != c.rule.kind:
            continue
        for j in range(i + 1, _reach(page, i, c.rule)):
            if page.items[j].kind not in FURNITURE:
                page.items[j].kind = c.rule.kind


def _reach(page: _Page, i: int, rule: Rule) -> int:
    """Index after the last line that belongs to the header at `i`."""
    if rule.spreads == "related":
        return _end_of_related(page, i)
    j = i + 1
    while j < len(page.items):
        c = page.items[j]
        fits = bool(BULLET.match(c.raw)) if rule.spreads == "items" else c.raw.isupper() or is_name(c.raw)
        if (
            not fits
            or c.form in load_looks().names.never
            or c.kind == "table"
            or len(c.raw) > 120
            or (rule.spreads == "names" and c.has_digit)
        ):
            break
        j += 1
    return j


def _end_of_related(page: _Page, i: int) -> int:
    """Related items reach to the end, unless the article goes on after them.

    It does where nothing closed it before the header (an author, a source, tags, ./.), and either something closes
    it later or at least two long paragraphs follow.
    """
    items = page.items
    if i < page.head:  # a box above the article: up to the title or the first running text
        later = [t for t in page.titles if t > i]
        return later[0] if later else page.head
    if any(_closes(c) for c in items[page.head : i]):
        return len(items)
    resumes = [j for j in range(i + 1, len(items)) if items[j].is_body and len(items[j].raw) >= _LONG_TEASER]
    closed_later = any(_closes(c) for c in items[resumes[0] :]) if resumes else False
    tables = [j for j in range(i + 1, len(items)) if items[j].kind == "table"]
    if resumes and (closed_later or len(resumes) >= 2):
        return min([*resumes, *tables])
    return len(items)


def _closes(c: Candidate) -> bool:
    ended = load_looks().end_of_article.search(c.raw.rstrip()) is not None
    return ended or c.kind == "byline" or (c.kind == "menu" and len(c.raw) > 3) or c.kind == "footer"


# --- the report's own lines -----------------------------------------------------------------------------------------


def _kind(page: _Page, i: int) -> BlockKind:
    c = page.items[i]
    if i in page.titles:
        return "title"
    if c.kind is not None:
        return c.kind
    letterhead = page.is_official and page.titles and i < min(page.titles)
    if letterhead or _is_heading(c) or _is_short_heading(page, i):
        return "heading"
    if BULLET.match(c.raw) or _NUMBERED_ITEM.match(c.form):
        return "item"
    return "paragraph"


def _is_heading(c: Candidate) -> bool:
    ends = c.raw.rstrip()
    if c.is_sentence or ends.endswith((",", ":")) or len(c.words) > 30:
        return False
    if ends.isupper() and len(c.words) >= 2:
        return True
    return bool(NUMBERED.match(c.form)) and not re.search(
        r"\d[\d.,]*\s*%|\d{2,}(?!\s*[/\d])\s+[^\W\d_]", _unnumbered(c.form)
    )


def _is_short_heading(page: _Page, i: int) -> bool:
    """True for a short line without figures right above text, or the name of a table."""
    c = page.items[i]
    following = page.items[i + 1] if i + 1 < len(page.items) else None
    if following is None or c.is_sentence or c.raw.rstrip().endswith((",", ":")):
        return False
    if following.kind == "table":
        return len(c.words) <= 40
    short = len(c.words) <= 12 and not c.has_digit and c.raw[:1].isupper()
    return short and following.is_body and not following.is_furniture


def _unnumbered(form: str) -> str:
    return re.sub(r"^\W*[\w.]{1,6}[.)]?\s", "", form, count=1)
