"""The document that a user names: a file, or the id of a report in data/raw."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from analysis.corrections import Register, read_corrections
from analysis.documents import assign_document_ids, list_raw_files, read_document
from analysis.errors import UsageError
from analysis.explain.tracing import Explanation, explain_document
from analysis.messages import explain
from analysis.overlay import reads_with
from analysis.workspace import Workspace


@reads_with(lambda workspace: workspace.vocabulary)
def explain_asked(workspace: Workspace, name: str, offset: int | None = None, *, ocr: bool = False) -> Explanation:
    """The explanation of a report by its id or its path; UsageError where there is none, or no number at the offset."""
    ids = assign_document_ids(list_raw_files(workspace.raw), workspace.raw) if workspace.raw.is_dir() else {}
    path, document_id = _asked(name, ids)
    folder = workspace.raw if path in ids else path.parent
    document = read_document(path, folder, document_id, ocr=ocr, cache=workspace.converted)
    register = Register(read_corrections(workspace.corrections), frozenset(ids.values()))
    found = explain_document(document, offset, register.of(document))
    if offset is not None and not found.sentences:
        raise UsageError(*explain("explain.no_number", offset=offset, name=document.document_id))
    return found


def _asked(name: str, ids: dict[Path, str]) -> tuple[Path, str]:
    """The file, and its id in data/raw, or its name's stem for a file that stands elsewhere."""
    named = [path for path, ident in ids.items() if ident == name]
    if named:
        return named[0], name
    path = Path(name)
    if path.is_file():
        same = [inside for inside in ids if inside.resolve() == path.resolve()]
        return (same[0], ids[same[0]]) if same else (path, path.stem)
    near = get_close_matches(name, list(ids.values()), n=3, cutoff=0.4)
    key = "explain.no_document_near" if near else "explain.no_document"
    raise UsageError(*explain(key, name=name, near=", ".join(near)))
