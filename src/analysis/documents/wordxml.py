"""A Word package made ready to be read: what Word shows and doesn't store is written out, what it hides is taken out.

Numbers of lists, text boxes and letters in fonts of old encodings are written as plain text; hidden text goes.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from analysis.documents.drafts import one_line
from analysis.documents.fonts import Fonts
from analysis.documents.wordlists import W, WordLists
from analysis.errors import DocumentError
from analysis.messages import explain

_MAX_UNPACKED = 300 * 1024 * 1024
_BODY = "word/document.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_V = "{urn:schemas-microsoft-com:vml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_TEXT_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NO_TEXT = ("word/settings", "word/fontTable", "word/webSettings", "word/header", "word/footer", "docProps/")
_DEPTH = 12  # of styles based on others


@dataclass
class WordPackage:
    """The parts of a .docx file that hold text."""

    data: bytes
    parts: dict[str, etree._Element] = field(default_factory=dict)
    fonts: Fonts = field(default_factory=Fonts)
    deletions: int = 0
    """Tracked deletions that hold text."""

    @property
    def title(self) -> str:
        """The title that the file states of itself."""
        core = self.parts.get("docProps/core.xml")
        return one_line(core.findtext(_TITLE) or "") if core is not None else ""

    def margins(self) -> Iterator[str]:
        """The lines of the headers and footers of the pages, each once."""
        names = sorted(name for name in self.parts if name.startswith(("word/header", "word/footer")))
        lines = (_line(p) for name in names for p in self.parts[name].iter(f"{W}p"))
        yield from dict.fromkeys(line for line in lines if any(map(str.isalnum, line)))

    def prepared(self) -> bytes:
        """The package anew, with its text written out and without what holds none: pictures, looks, settings."""
        if (styles := self.parts.get("word/styles.xml")) is not None:
            _keep_names(styles)
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.data)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                if name in self.parts and not name.startswith(_NO_TEXT):
                    new.writestr(name, etree.tostring(self.parts[name], xml_declaration=True, encoding="UTF-8"))
                elif name.endswith((".rels", "[Content_Types].xml")):
                    new.writestr(name, old.read(name))
        return out.getvalue()


def _keep_names(styles: etree._Element) -> None:
    """Leave of the styles what they are called: the rest takes long to read, and has done its part."""
    for child in list(styles):
        if child.tag != f"{W}style":
            styles.remove(child)
            continue
        for each in list(child):
            if each.tag != f"{W}name":
                child.remove(each)


def open_word(data: bytes) -> WordPackage:
    """The package with everything written out; an error where it isn't a sound Word file."""
    package = WordPackage(data, _read_parts(data))
    body = package.parts[_BODY]
    package.deletions = sum(1 for el in body.iter(f"{W}del", f"{W}moveFrom") if "".join(el.itertext()).strip())
    styles = _Styles(package.parts.get("word/styles.xml"))
    texts = [name for name in package.parts if name.startswith("word/") and name.endswith(".xml")]
    package.fonts = _convert_fonts([package.parts[name] for name in texts], styles)
    _write_numbers(body, WordLists.read(package.parts.get("word/numbering.xml")), styles)
    for name in texts:
        _drop_hidden(package.parts[name])
    _open_text_boxes(body)
    for page_break in list(body.iter(f"{W}br")):
        page_break.attrib.pop(f"{W}type", None)
    return package


def _read_parts(data: bytes) -> dict[str, etree._Element]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            if _BODY not in names:
                raise DocumentError(*explain("document.not_word"))
            if sum(info.file_size for info in package.infolist()) > _MAX_UNPACKED:
                raise DocumentError(*explain("document.word_large"))
            raw = {name: package.read(name) for name in names if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError) as error:
        raise DocumentError(*explain("document.word_locked")) from error
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in raw.values()):
        raise DocumentError(*explain("document.word_unsafe"))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    parts = {}
    for name, part in raw.items():
        if name.startswith(("word/", "docProps/core")) and name.endswith(".xml") and "/theme/" not in name:
            try:
                parts[name] = etree.fromstring(part, parser)
            except etree.XMLSyntaxError as error:
                if name == _BODY:
                    raise DocumentError(*explain("document.word_broken")) from error
    return parts


def _line(paragraph: etree._Element) -> str:
    return one_line("".join(t.text or "" for t in paragraph.iter(f"{W}t")))


def _value(el: etree._Element | None) -> str:
    return (el.get(f"{W}val") or "") if el is not None else ""


# --- styles ---------------------------------------------------------------------------------------------------------


class _Styles:
    """What paragraphs and runs have by their styles: a font, a place in a list."""

    def __init__(self, styles: etree._Element | None) -> None:
        all_ = list(styles.iter(f"{W}style")) if styles is not None else []
        self._styles = {style.get(f"{W}styleId") or "": style for style in all_}
        defaults = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if styles is not None else None
        self._font = _own_font(defaults)
        self._normal = next(
            (name for name, s in self._styles.items() if s.get(f"{W}default") and s.get(f"{W}type") == "paragraph"), ""
        )

    def _line_of(self, name: str) -> Iterator[etree._Element]:
        for _ in range(_DEPTH):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = _value(style.find(f"{W}basedOn"))

    def font_of(self, run: etree._Element, paragraph: etree._Element | None) -> str:
        """The name of the font of a run."""
        own = run.find(f"{W}rPr")
        if found := _own_font(own):
            return found
        run_style = _value(own.find(f"{W}rStyle")) if own is not None else ""
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle")) if paragraph is not None else ""
        for name in (run_style, style or self._normal):
            for each in self._line_of(name):
                if found := _own_font(each.find(f"{W}rPr")):
                    return found
        return self._font

    def place_in_list(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list of a paragraph and its depth there; None outside of lists."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        places = [own, *(each.find(f"{W}pPr/{W}numPr") for each in self._line_of(style))]
        given = [place for place in places if place is not None]
        name = next((v for place in given if (v := _value(place.find(f"{W}numId")))), "")
        depth = next((v for place in given if (v := _value(place.find(f"{W}ilvl")))), "0")
        return (name, int(depth)) if name and name != "0" and depth.isdecimal() else None


def _own_font(properties: etree._Element | None) -> str:
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    return (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else ""


# --- what is written out, and what is taken out ---------------------------------------------------------------------


def _convert_fonts(parts: list[etree._Element], styles: _Styles) -> Fonts:
    """Convert the letters of old fonts, in place; which encodings those were."""
    runs = [(run, styles.font_of(run, _paragraph_of(run))) for part in parts for run in part.iter(f"{W}r")]
    texts = [(text, font) for run, font in runs for text in run.iter(f"{W}t")]
    fonts = Fonts.of((text.text or "", font) for text, font in texts)
    for run, font in runs if fonts.trusted else ():
        for hyphen in run.findall(f"{W}softHyphen"):
            hyphen.tag, hyphen.text = f"{W}t", "\u00ad"
        for text in run.findall(f"{W}t"):
            text.text = fonts.convert(text.text or "", font)
    return fonts


def _paragraph_of(run: etree._Element) -> etree._Element | None:
    return next(run.iterancestors(f"{W}p"), None)


def _write_numbers(body: etree._Element, lists: WordLists, styles: _Styles) -> None:
    """Put the number of each paragraph of a list before its text; bullets stay with their lists."""
    for paragraph in body.iter(f"{W}p"):
        place = styles.place_in_list(paragraph)
        label = lists.label(*place) if place else None
        if not label or not _line(paragraph):
            continue
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            properties = etree.Element(f"{W}pPr")
            paragraph.insert(0, properties)
        for numbered in properties.findall(f"{W}numPr"):
            properties.remove(numbered)
        nowhere = etree.SubElement(properties, f"{W}numPr")  # also undoes the list of its style
        etree.SubElement(nowhere, f"{W}numId").set(f"{W}val", "0")
        run = etree.Element(f"{W}r")
        text = etree.SubElement(run, f"{W}t")
        text.text = f"{label} "
        text.set(_TEXT_SPACE, "preserve")
        paragraph.insert(paragraph.index(properties) + 1, run)


def _drop_hidden(part: etree._Element) -> None:
    for hidden in list(part.iter(f"{W}vanish")):
        run = next(hidden.iterancestors(f"{W}r"), None)
        shown = (hidden.get(f"{W}val") or "").lower() in ("0", "false", "off")
        if run is not None and run.getparent() is not None and not shown:
            run.getparent().remove(run)


def _open_text_boxes(body: etree._Element) -> None:
    """Text boxes in the newest form also in the older one, the only one that is read."""
    for content in list(body.iter(f"{W}txbxContent")):
        run = next(content.iterancestors(f"{W}r"), None)
        alternate = next(content.iterancestors(_ALTERNATE), None)
        known = next(content.iterancestors(f"{_V}textbox"), None) is not None
        other = alternate is not None and alternate.find(f"{_FALLBACK}//{W}txbxContent") is not None
        if run is None or known or other:
            continue
        picture = etree.SubElement(run, f"{W}pict")
        etree.SubElement(etree.SubElement(picture, f"{_V}shape"), f"{_V}textbox").append(deepcopy(content))
