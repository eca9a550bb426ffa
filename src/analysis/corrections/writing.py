"""Writing the register: entries that haven't changed keep their text, with their comments and their order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from analysis.corrections.register import Correction, entry_nodes, parse_corrections

_WIDTH = 110
_HEADER = "# Đính chính số liệu: mỗi mục nêu số nào, đang đọc ra sao, sửa thế nào, vì sao, ai sửa, ngày nào.\n\n"


def write_corrections(path: Path, entries: Sequence[Correction]) -> None:
    """Makes the file hold these entries, in this order.

    An entry that stands in the file already keeps its text as it was typed, with the comment above it; what stands
    before the first entry is kept too. The file is replaced in one go. A file that can't be read raises
    CorrectionError and is left as it is.
    """
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    head, blocks, indent = _blocks(text, path.name)
    written = [_taken(entry, blocks) or _dumped(entry, indent) for entry in entries]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"~{path.name}")
    draft.write_text(head + "\n".join(block.rstrip("\n") + "\n" for block in written), encoding="utf-8", newline="\n")
    os.replace(draft, path)


Block = tuple[Correction, str]


def _blocks(text: str, file: str) -> tuple[str, list[Block], str]:
    """What stands before the first entry, each entry with its own text, and how far the entries are indented."""
    lines, nodes = text.splitlines(keepends=True), entry_nodes(text, file)
    entries = parse_corrections(text, file)
    dashes = [node.start_mark.line for node in nodes]
    if any(not lines[line].lstrip().startswith("-") for line in dashes) or len(set(dashes)) < len(dashes):
        return _HEADER, [(entry, _dumped(entry, "")) for entry in entries], ""
    if not nodes:
        return text if text.strip().startswith("#") else _HEADER, [], ""
    starts = [_first_line(lines, line) for line in dashes]
    texts = ["".join(lines[a:b]).strip("\n") + "\n" for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    first = lines[dashes[0]]
    indent = first[: len(first) - len(first.lstrip())]
    return "".join(lines[: starts[0]]), list(zip(entries, texts, strict=True)), indent


def _first_line(lines: Sequence[str], line: int) -> int:
    """The first line of an entry with the comment right above it; one that begins the file is the file's own."""
    first = line
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first or line


def _taken(entry: Correction, blocks: list[Block]) -> str | None:
    for number, (there, text) in enumerate(blocks):
        if there.model_dump() == entry.model_dump():
            del blocks[number]
            return text
    return None


def _dumped(entry: Correction, indent: str) -> str:
    content = dict(_content(entry.model_dump(exclude_defaults=True)))
    text = yaml.dump([content], Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return "".join(indent + line for line in text.splitlines(keepends=True))


def _content(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parts of an entry in the order in which people read them."""
    for name in ("match", "expect", "action", "set", "reason", "who", "date"):
        if fields.get(name) not in (None, {}, ""):
            yield name, fields[name]
