"""The HTML of a notebook, put in order: contents list, headings, tables, links. Text in, text out."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import html
from lxml.html import HtmlElement

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ACTIVE = ("script", "iframe", "object", "embed", "link", "meta", "base", "form")
_COLOURED = {"k", "kn", "kc", "s", "s1", "s2", "sa", "c1", "mi", "mf"}
_LOADING = ("src", "srcset", "poster", "background", "action", "formaction")


def arrange_page(page: str, text: Mapping[str, str]) -> str:
    """A page whose `main` was put together from cells -> one that reads and prints as a whole.

    One h1, headings without gaps and with ids, a contents list from h2 and h3, tables in regions that can be
    scrolled by keyboard, no id twice, nothing that runs or loads.
    """
    document = html.document_fromstring(page)
    main = document.get_element_by_id("main")
    _disarm(main)
    _order_headings(main, document.findtext(".//title") or "")
    _single_ids(main)
    _name_headings(main)
    _arrange_tables(main, text)
    if document.get("lang") != "vi":
        _mark_vietnamese(main)
    _plain_code(main)
    _fold_code(main)
    _drop_empty(main)
    _place_files(main)
    _list_contents(document, main)
    return html.tostring(document, doctype="<!DOCTYPE html>", encoding="unicode") + "\n"


def anchor(heading: str) -> str:
    """An address inside a page, in ASCII.

    >>> anchor("Hồ sơ theo tình trạng, đến 15/6")
    'ho-so-theo-tinh-trang-den-15-6'
    """
    letters = unicodedata.normalize("NFKD", heading.lower().replace("đ", "d"))
    ascii_only = letters.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-") or "muc"


def _elements(root: HtmlElement, *tags: str) -> list[HtmlElement]:
    return list(root.iter(*tags))


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _disarm(main: HtmlElement) -> None:
    """A report's text is other people's: nothing in it may run, or ask the network for something."""
    for element in _elements(main, *_ACTIVE):
        element.drop_tree()
    for element in main.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in list(element.attrib.items()):
            outside = name in _LOADING and not value.startswith("data:")
            if name.startswith("on") or outside or value.strip().lower().startswith("javascript:"):
                del element.attrib[name]


def _order_headings(main: HtmlElement, title: str) -> None:
    """One h1 (the first, or the page's title), and no level skipped after it."""
    headings = _elements(main, *_HEADINGS)
    if not any(heading.tag == "h1" for heading in headings):
        first = html.Element("h1")
        first.text = title
        main.insert(0, first)
        headings.insert(0, first)
    level, seen_first = 1, False
    for heading in headings:
        wanted = int(heading.tag[1])
        if wanted == 1 and not seen_first:
            seen_first = True
            continue
        level = min(max(wanted, 2), level + 1)
        heading.tag = f"h{level}"


def _single_ids(main: HtmlElement) -> None:
    seen: set[str] = set()
    for element in main.xpath(".//*[@id]"):
        if element.get("id") in seen:
            del element.attrib["id"]
        else:
            seen.add(element.get("id"))


def _name_headings(main: HtmlElement) -> None:
    taken = set(main.xpath(".//@id")) | {"main", "contents"}
    for heading in _elements(main, *_HEADINGS):
        if not heading.get("id"):
            heading.set("id", _free(anchor(_text(heading)), taken))
            taken.add(heading.get("id"))


def _free(name: str, taken: set[str]) -> str:
    return next(candidate for candidate in _numbered(name) if candidate not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _arrange_tables(main: HtmlElement, text: Mapping[str, str]) -> None:
    labels: set[str] = set()
    for table in _elements(main, "table"):
        _scope_heads(table)
        for name in ("border", "cellpadding", "cellspacing"):
            table.attrib.pop(name, None)
        region = _region_of(table)
        label = _free_label(_table_label(table, region, text), labels)
        region.set("role", "region")
        region.set("tabindex", "0")
        region.set("aria-label", label)


def _region_of(table: HtmlElement) -> HtmlElement:
    """The scroll region around a table; made where the notebook made none."""
    parent = table.getparent()
    if "table-wrap" in (parent.get("class") or "").split():
        return parent
    region = html.Element("div")
    region.set("class", "table-wrap")
    region.tail, table.tail = table.tail, None
    parent.replace(table, region)
    region.append(table)
    return region


def _table_label(table: HtmlElement, region: HtmlElement, text: Mapping[str, str]) -> str:
    caption = table.find("caption")
    if region.get("aria-label"):
        return region.get("aria-label")
    if caption is not None and _text(caption):
        return _text(caption)
    before = table.xpath("(preceding::h1|preceding::h2|preceding::h3|preceding::h4)[last()]")
    return f"{text['table']}: {_text(before[0])}" if before else text["table"]


def _free_label(label: str, taken: set[str]) -> str:
    number, free = 2, label
    while free in taken:
        free, number = f"{label} ({number})", number + 1
    taken.add(free)
    return free


def _scope_heads(table: HtmlElement) -> None:
    """Say of each heading cell what it heads; an empty one (pandas' corner) heads nothing."""
    for cell in _elements(table, "th"):
        if not _text(cell):
            cell.tag = "td"
            cell.attrib.pop("scope", None)
        elif not cell.get("scope"):
            in_head = bool(cell.xpath("ancestor::thead"))
            cell.set("scope", "col" if in_head else "row")


def _mark_vietnamese(main: HtmlElement) -> None:
    """The reports' own sentences are Vietnamese on a page in any language."""
    for cell in main.xpath(".//td[@class='sentence'] | .//blockquote"):
        cell.set("lang", "vi")


def _plain_code(main: HtmlElement) -> None:
    """Most colouring of code says nothing and would weigh more than the code."""
    for span in main.xpath(".//details[contains(@class, 'code')]//span"):
        if not _COLOURED & set((span.get("class") or "").split()):
            span.drop_tag()


def _fold_code(main: HtmlElement) -> None:
    """Below each result one fold with all the code since the result before it, so that a page opens with its title."""
    waiting: list[HtmlElement] = []
    last = None
    for section in main.xpath("./section"):
        fold = section.find("details[@class='code']")
        if fold is not None:
            waiting += fold[1:]
            last = fold
            fold.drop_tree()
        if waiting and (len(section) or (section.text or "").strip()) and last is not None:
            section.append(_filled(last, waiting))
            waiting = []
    if waiting and last is not None:
        main.append(_filled(last, waiting))


def _filled(fold: HtmlElement, code: list[HtmlElement]) -> HtmlElement:
    made = html.Element("details")
    made.set("class", "code")
    made.append(copy.copy(fold[0]))
    made.extend(code)
    return made


def _place_files(main: HtmlElement) -> None:
    """The files beside the page are named under its title, wherever the template wrote them."""
    for files in main.xpath("./ul[contains(@class, 'files')]"):
        title = main.find(".//h1")
        lead = title.getnext()
        files.tail = None
        (lead if lead is not None and lead.get("class") == "lead" else title).addnext(files)


def _drop_empty(main: HtmlElement) -> None:
    for section in main.xpath(".//section[contains(@class, 'cell')]"):
        if not section.xpath(".//*[not(self::div)]") and not _text(section):
            section.drop_tree()


def _list_contents(document: HtmlElement, main: HtmlElement) -> None:
    """Fill the contents list with the h2 and h3 of the page; without any, it goes."""
    nav = document.get_element_by_id("contents")
    hidden = "ancestor::details | ancestor::*[contains(@class, 'card')]"
    headings = [heading for heading in _elements(main, "h2", "h3") if not heading.xpath(hidden)]
    if not headings:
        nav.drop_tree()
        return
    outer = html.Element("ol")
    inner: Any = None
    for heading in headings:
        item = html.Element("li")
        link = html.Element("a", href=f"#{heading.get('id')}")
        link.text = _text(heading)
        item.append(link)
        if heading.tag == "h2" or not len(outer):
            outer.append(item)
            inner = None
        else:
            if inner is None:
                inner = html.Element("ol")
                outer[-1].append(inner)
            inner.append(item)
    nav.append(outer)
    nav.getparent().set("class", "page with-contents")
