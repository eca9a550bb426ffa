"""Word documents -> lines and tables, by way of the HTML that mammoth makes of them."""

from __future__ import annotations

import io
import zipfile
from xml.parsers.expat import ExpatError

import lxml.html
import mammoth
from lxml import etree

from analysis.documents.drafts import Draft, one_line
from analysis.documents.html import read_tree
from analysis.errors import DocumentError
from analysis.messages import explain

_MAX_UNPACKED = 300 * 1024 * 1024
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_CORE = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes) -> Draft:
    """The body of a Word document; headers and footers of its pages are left out, numbering of lists is not shown."""
    title = _check(data)
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda image: {"src": ""})
        ).value
    except (KeyError, ValueError, OSError, AttributeError, IndexError, TypeError, ExpatError) as error:
        raise DocumentError(*explain("document.word_broken")) from error
    if not html.strip():
        raise DocumentError(*explain("document.word_empty"))
    draft = read_tree(lxml.html.document_fromstring(f"<body>{html}</body>"))
    draft.title = title
    return draft


def _check(data: bytes) -> str:
    """Refuse what isn't a sound Word package; return the title that it states of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            unpacked = sum(info.file_size for info in package.infolist())
            if "word/document.xml" not in names:
                raise DocumentError(*explain("document.not_word"))
            if unpacked > _MAX_UNPACKED:
                raise DocumentError(*explain("document.word_large"))
            parts = {name: package.read(name) for name in names if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, NotImplementedError) as error:
        raise DocumentError(*explain("document.word_locked")) from error
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts.values()):
        raise DocumentError(*explain("document.word_unsafe"))
    return _stated_title(parts.get(_CORE, b""))


def _stated_title(core: bytes) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(core, parser)
    except etree.XMLSyntaxError:  # optional part: a document may come without
        return ""
    return one_line(root.findtext(_TITLE) or "")
