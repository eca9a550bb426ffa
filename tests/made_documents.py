"""Documents made from a few lines, and sentences with their numbers marked: `tiếp nhận [45] hồ sơ`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.extract import extract_document
from analysis.model import Block, BlockKind, Cell, Document, Observation, Table

SPECS = Path(__file__).with_name("specs")
TITLE = "Huyện Thanh Liêm sơ kết công tác cải cách hành chính 9 tháng đầu năm 2023"
PUBLISHED = date(2023, 10, 4)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without its square brackets, and the spans that they held."""
    plain, spans, start = "", [], 0
    for char in text:
        if char == "[":
            start = len(plain)
        elif char == "]":
            spans.append((start, len(plain)))
        else:
            plain += char
    return plain, spans


def made_document(
    text: str, title: str = TITLE, published: date | None = PUBLISHED, kinds: dict[int, BlockKind] | None = None
) -> Document:
    """A document of one block a line: paragraphs, but for the `kinds` given by line."""
    blocks, start = [], 0
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            blocks.append(Block((kinds or {}).get(number, "paragraph"), start, start + len(line)))
        start += len(line) + 1
    return Document("made", "made.txt", "", "txt", text, title, published, blocks=tuple(blocks))


def made_table(rows: list[list[str]], heads: int, caption: str = "") -> Document:
    """A document that is one table; an empty cell right of or below a head belongs to it where it says `<` or `^`."""
    text, cells = "", []
    for r, row in enumerate(rows):
        for c, content in enumerate(row):
            if content not in ("<", "^"):
                colspan = next((k for k in range(1, len(row) - c) if row[c + k] != "<"), len(row) - c)
                rowspan = next((k for k in range(1, len(rows) - r) if rows[r + k][c] != "^"), len(rows) - r)
                cells.append(Cell(r, c, len(text), len(text) + len(content), content, rowspan, colspan, r < heads))
                text += content
            text += "\t" if c < len(row) - 1 else "\n"
    table = Table(0, len(text), tuple(cells), caption)
    return Document(
        "made", "made.html", "", "html", text, TITLE, PUBLISHED, blocks=(Block("table", 0, len(text)),), tables=(table,)
    )


def read_marked(spec: dict[str, Any]) -> list[Observation | None]:
    """The observations at the marks of a spec's text; None where there is none."""
    text, spans = marked(spec["text"])
    kinds = {number: "heading" for number in spec.get("headings", ())}
    document = made_document(text, spec.get("title", TITLE), spec.get("published", PUBLISHED), kinds)
    found = {(o.start, o.end): o for o in extract_document(document).observations}
    return [found.get(span) for span in spans]


def cases(name: str, section: str | None = None) -> list[Any]:
    """The entries of a file of tests/specs; one with a `gap` is known to fail, for the reason it gives."""
    content = yaml.safe_load((SPECS / name).read_text(encoding="utf-8"))
    return [
        pytest.param(
            spec, id=spec["why"], marks=[pytest.mark.xfail(strict=True, reason=spec["gap"])] if "gap" in spec else []
        )
        for spec in (content[section] if section else content)
    ]
