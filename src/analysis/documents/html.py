"""HTML -> lines and tables, with what the structure of the page says about each.

Everything visible is kept: menus and sidebars are marked, not dropped, so that every number is accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import lxml.html
from lxml import etree

from analysis.documents.decoding import decode
from analysis.documents.drafts import Draft, DraftText, GridCell, one_line
from analysis.documents.flattened import find_flattened
from analysis.documents.fonts import convert_html_fonts
from analysis.documents.grids import head_row_count, is_number
from analysis.documents.legacy import find_legacy
from analysis.documents.looks import load_looks
from analysis.documents.origin import first_date
from analysis.errors import DocumentError
from analysis.messages import explain
from analysis.model import BlockKind
from analysis.text import match_form

_INVISIBLE = frozenset({"script", "style", "noscript", "template", "iframe", "svg", "head", "object", "title", "meta"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr html label legend li main nav ol option p pre section select summary table tbody"
    " td tfoot th thead tr ul".split()
)
_TAG_HINTS: dict[str, BlockKind] = {
    "nav": "menu", "select": "menu", "button": "menu", "footer": "footer", "aside": "related", "figcaption": "caption",
}  # fmt: skip
_ROLE_HINTS: dict[str, BlockKind] = {
    "navigation": "menu", "search": "menu", "contentinfo": "footer", "complementary": "related",
}  # fmt: skip
_SOFT_HINTS: dict[str, BlockKind] = dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading") | {"li": "item"}
_SHORT_HINTS = frozenset({"caption", "byline", "dateline", "counter"})
_SHORT = 250
_MAIN_SHARE = 0.5
_MAX_SPAN = 200


def read(data: bytes) -> Draft:
    """A page saved from the web, or from an office program."""
    text, encoding = decode(data, markup=True)
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # else all that follows the 255th tag left open is lost without a word
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentError(*explain("document.html_broken")) from error
    try:
        draft = read_tree(root)
    except RecursionError as error:
        raise DocumentError(*explain("document.html_deep")) from error
    draft.encoding = encoding if draft.encoding == "utf-8" else draft.encoding
    return draft


def read_tree(root: lxml.html.HtmlElement, *, tabs: bool = False) -> Draft:
    """Lines and tables of a parsed page, in Unicode whatever its fonts and encoding; `tabs` as in `DraftText`.

    >>> page = "<nav>Trang chủ</nav><h1>Tin</h1><p>Xã nhận <b>12</b> hồ sơ.</p>"
    >>> read_tree(lxml.html.document_fromstring(page)).text
    'Trang chủ\\nTin\\nXã nhận 12 hồ sơ.\\n'
    """
    by_font = convert_html_fonts(root)
    draft = _walk(root, str, tabs)
    if legacy := find_legacy(draft.text):
        draft = _walk(root, legacy.mend, tabs)
    draft.encoding = by_font or (legacy.name if legacy else draft.encoding)
    find_flattened(draft)
    return draft


def _walk(root: lxml.html.HtmlElement, mend: Callable[[str], str], tabs: bool) -> Draft:
    walk = _Walk(_Shape.of(root), _title_element(root), DraftText(mend, tabs=tabs))
    walk.visit(root, None)
    walk.flush(None)
    out = walk.out
    return Draft(out.text, out.lines, out.tables, title=mend(_stated_title(root)), published=_stated_date(root))


# --- what the whole page says ---------------------------------------------------------------------------------------


def _meta(root: lxml.html.HtmlElement, *names: str) -> str:
    for name in names:
        for value in root.xpath("//meta[@property=$n or @name=$n or @itemprop=$n]/@content", n=name):
            if value.strip():
                return one_line(value)
    return ""


def _stated_title(root: lxml.html.HtmlElement) -> str:
    return _meta(root, "og:title", "title") or one_line(root.findtext(".//head/title") or "")


def _stated_date(root: lxml.html.HtmlElement) -> date | None:
    stated = _meta(root, "article:published_time", "datePublished", "pubdate", "date")
    for value in [stated, *root.xpath("//time/@datetime")]:
        if found := first_date(value[:10]):
            return found
    return None


def _title_element(root: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The heading that is the report's title: the one the page names itself by, else the longest h1."""
    stated = match_form(_stated_title(root))
    headings = [(h, match_form(one_line(h.text_content()))) for h in root.iter("h1", "h2", "h3")]
    named = [h for h, form in headings if len(form) > 15 and stated.startswith(form)]
    if named:
        return named[0]
    first = [h for h in root.iter("h1") if len(one_line(h.text_content()).split()) >= 4]
    return max(first, key=lambda h: len(h.text_content()), default=None)


@dataclass
class _Shape:
    """How much running text each element holds: an element with most of it is no furniture, whatever it is called."""

    prose: dict[lxml.html.HtmlElement, int] = field(default_factory=dict)
    total: int = 0

    @classmethod
    def of(cls, root: lxml.html.HtmlElement) -> _Shape:
        shape = cls()
        shape.total = shape._measure(root)
        return shape

    def _measure(self, el: lxml.html.HtmlElement) -> int:
        if not isinstance(el.tag, str) or el.tag in _INVISIBLE:
            return 0
        own = 0 if el.tag == "a" else len((el.text or "").strip())
        for child in el:
            own += (0 if el.tag == "a" else len((child.tail or "").strip())) + self._measure(child)
        self.prose[el] = 0 if el.tag == "a" else own
        return self.prose[el]

    def is_main(self, el: lxml.html.HtmlElement) -> bool:
        return self.prose.get(el, 0) > _MAIN_SHARE * max(1, self.total)


# --- the walk -------------------------------------------------------------------------------------------------------


@dataclass
class _Walk:
    shape: _Shape
    title: lxml.html.HtmlElement | None
    out: DraftText = field(default_factory=DraftText)
    inline: list[str] = field(default_factory=list)

    def flush(self, hint: BlockKind | None) -> None:
        self.out.add("".join(self.inline), hint)
        self.inline.clear()

    def visit(self, el: lxml.html.HtmlElement, hint: BlockKind | None) -> None:
        if not isinstance(el.tag, str) or el.tag in _INVISIBLE or _is_hidden(el):
            return
        if el.tag == "br":
            self.flush(hint)
            return
        inner = self._hint_of(el, hint)
        is_block = el.tag in _BLOCKS or inner != hint
        if is_block:
            self.flush(hint)
        if el.tag == "table" and inner not in ("menu", "related") and (cells := _grid(el)):
            self._add_table(el, cells)
        else:
            self._visit_children(el, inner)
        if is_block:
            self.flush(inner)

    def _visit_children(self, el: lxml.html.HtmlElement, hint: BlockKind | None) -> None:
        self.inline.append(el.text or "")
        for child in el:
            self.visit(child, hint)
            self.inline.append((child.tail or "") if child.tag not in ("td", "th", "li") else " ")

    def _hint_of(self, el: lxml.html.HtmlElement, outer: BlockKind | None) -> BlockKind | None:
        if el is self.title:
            return "title"
        if outer in ("menu", "related", "footer", "counter", "title", "caption"):
            return outer
        named = _named_hint(el)
        holds_title = self.title is not None and any(a is el for a in self.title.iterancestors())
        if named and not holds_title and not self.shape.is_main(el) and not _holds_article(el):
            if named not in _SHORT_HINTS or len(one_line(el.text_content())) <= _SHORT:
                return named
        return _SOFT_HINTS.get(el.tag, outer)

    def _add_table(self, el: lxml.html.HtmlElement, cells: list[GridCell]) -> None:
        own = one_line(el.findtext("caption") or "")
        if own:
            self.out.add(own, "heading")
        self.out.add_table(cells, own or self._line_above())

    def _line_above(self) -> str:
        if not self.out.lines or self.out.lines[-1].hint == "table":
            return ""
        last = self.out.lines[-1]
        line = self.out.text[last.start : last.end]
        named = load_looks().captions_of_tables.search(match_form(line)) or last.hint == "heading"
        return line if named and len(line) <= 160 and not line.endswith((".", ";")) else ""


def _is_hidden(el: lxml.html.HtmlElement) -> bool:
    style = (el.get("style") or "").replace(" ", "").lower()
    return "hidden" in el.attrib or "display:none" in style or "visibility:hidden" in style


def _named_hint(el: lxml.html.HtmlElement) -> BlockKind | None:
    """What tag, role, class or id call an element."""
    if el.tag in ("body", "html", "main", "article"):
        return None
    if hint := _TAG_HINTS.get(el.tag) or _ROLE_HINTS.get(el.get("role") or ""):
        return hint
    for name in (el.get("class") or "").split() + [el.get("id") or ""]:
        words = re.findall(r"[A-Z]?[a-z]+", name)
        joined = "".join(words).lower()
        for kind, known in load_looks().structure.items():
            if any(w.lower() in known for w in words) or any(len(k) >= 7 and k in joined for k in known):
                return kind
    return None


def _holds_article(el: lxml.html.HtmlElement) -> bool:
    return el.find(".//article") is not None or el.find(".//main") is not None


# --- tables ---------------------------------------------------------------------------------------------------------


def _grid(table: lxml.html.HtmlElement) -> list[GridCell] | None:
    """The cells of a table of data; None for one that only lays out the page."""
    if table.find(".//table") is not None:
        return None
    rows = [[c for c in tr if c.tag in ("td", "th")] for tr in table.iter("tr")]
    texts = [_cell_text(c) for row in rows for c in row]
    columns = max((len(row) for row in rows), default=0)
    if len(rows) < 2 or columns < 2 or any(len(t) > 600 for t in texts) or not any(map(is_number, texts)):
        return None
    cells = _place_cells(rows)
    heads = _head_rows(rows) or head_row_count(_as_rows(cells))
    return [GridCell(c.row, c.col, c.text, c.rowspan, c.colspan, c.row < heads) for c in cells]


def _cell_text(cell: lxml.html.HtmlElement) -> str:
    parts = [t for t in cell.itertext() if not isinstance(t, etree._Comment)]
    return one_line(
        " ".join(parts) if cell.find(".//br") is not None or cell.find(".//p") is not None else "".join(parts)
    )


def _place_cells(rows: list[list[lxml.html.HtmlElement]]) -> list[GridCell]:
    taken: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(rows):
        col = 0
        for el in row:
            while (r, col) in taken:
                col += 1
            rowspan = min(_span(el, "rowspan"), len(rows) - r)
            colspan = _span(el, "colspan")
            taken |= {(r + i, col + j) for i in range(rowspan) for j in range(colspan)}
            cells.append(GridCell(r, col, _cell_text(el), rowspan, colspan))
            col += colspan
    return cells


def _span(el: lxml.html.HtmlElement, name: str) -> int:
    value = (el.get(name) or "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


def _head_rows(rows: list[list[lxml.html.HtmlElement]]) -> int:
    """Rows at the top that the page itself marks as heads."""
    count = 0
    for row in rows:
        if not row or not (all(c.tag == "th" for c in row) or row[0].getparent().getparent().tag == "thead"):
            break
        count += 1
    return count if count < len(rows) else 0


def _as_rows(cells: list[GridCell]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max((c.row for c in cells), default=-1) + 1)]
    for cell in cells:
        rows[cell.row].append(cell.text)
    return rows
