"""Word documents -> lines and tables, by way of the HTML that mammoth makes of them."""

from __future__ import annotations

import io
from xml.parsers.expat import ExpatError

import lxml.html
import mammoth

from analysis.documents.drafts import Draft
from analysis.documents.html import read_tree
from analysis.documents.wordxml import WordPackage, open_word
from analysis.errors import DocumentError
from analysis.messages import both, explain

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_NOTE_MARKS = "//sup[a[starts-with(@href, '#footnote-') or starts-with(@href, '#endnote-')]]"
_NOTE_LINKS = "//a[starts-with(@href, '#footnote-ref') or starts-with(@href, '#endnote-ref')]"


def read(data: bytes) -> Draft:
    """A Word document as it is printed: numbers of lists, text boxes and footnotes too, tracked changes as accepted.

    Headers and footers of the pages stand at the end, marked as such.
    """
    package = open_word(data)
    root = lxml.html.document_fromstring(f"<body>{_html(package)}</body>")
    for mark in (*root.xpath(_NOTE_MARKS), *root.xpath(_NOTE_LINKS)):
        mark.drop_tree()
    for line in package.margins():
        footer = lxml.html.Element("footer")
        footer.text = line
        root.body.append(footer)
    draft = read_tree(root, tabs=True)
    draft.title = package.title
    draft.encoding = package.fonts.name or draft.encoding
    if package.deletions:
        draft.notes += (both("note.deleted", count=package.deletions),)
    return draft


def _html(package: WordPackage) -> str:
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(package.prepared()),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
        ).value
    except (KeyError, ValueError, OSError, AttributeError, IndexError, TypeError, ExpatError) as error:
        raise DocumentError(*explain("document.word_broken")) from error
    if not html.strip():
        raise DocumentError(*explain("document.word_empty"))
    return html
