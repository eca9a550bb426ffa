"""A small workspace made up for the tests of notebooks, pages and site: four areas, tiny notebooks."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from rows import extraction, observation

from analysis import dataset as ds
from analysis.areas import area_by_id, find_area_by_name
from analysis.batch import ReportResult, run_reports
from analysis.model import Finding, Period
from analysis.workspace import Workspace

NOTEBOOKS = Path(__file__).parent / "notebooks"
PEER = "Thành phố Hà Nội"
"""Mentioned in a report, the subject of none."""
SUBJECTS = {
    "Thành phố Phủ Lý": ("2022-01-01", "2022-09-30"),
    "Phường Cầu Tre": ("2022-01-01", "2022-06-30"),
    "Huyện Thạnh Phú": ("2023-01-01", "2023-06-30"),
}


def make_workspace(root: Path, report: str = "area_report", comparison: str = "area_comparison") -> Workspace:
    """A workspace with tables of four areas (two wards share a name) and the given test notebooks."""
    workspace = Workspace(root)
    workspace.notebooks.mkdir(parents=True)
    shutil.copy(NOTEBOOKS / f"{report}.ipynb", workspace.notebooks / "03_area_report.ipynb")
    shutil.copy(NOTEBOOKS / f"{comparison}.ipynb", workspace.notebooks / "04_area_comparison.ipynb")
    ds.write_dataset(workspace.processed, make_dataset())
    return workspace


def make_dataset(subjects: dict[str, tuple[str, str]] | None = None) -> ds.Dataset:
    """Tables of some subjects with their periods, and of two wards of one name."""
    extractions = []
    for name, days in (SUBJECTS if subjects is None else subjects).items():
        area = find_area_by_name(name)[0]
        period = Period(*map(date.fromisoformat, days))
        extractions.append(_report(area.area_id, period, mention=not extractions))
    if subjects is None:
        extractions += [_report(area_id, Period(date(2022, 1, 1), date(2022, 6, 30))) for area_id in twins()]
    rows = [each for extraction in extractions for each in extraction.observations]
    observations = ds.observations_frame(rows)
    unresolved = ds.unresolved_frame([])
    ids = (rows[0].observation_id, rows[1].observation_id)
    findings = ds.findings_frame([Finding("f1", "share_mismatch", "error", "Lệch", "Off", ids)])
    documents = ds.documents_frame(extractions, observations, unresolved, findings)
    texts = {each.document.document_id: each.document.text for each in extractions}
    return ds.Dataset(observations, unresolved, findings, documents, texts)


def twins() -> tuple[str, str]:
    """Ids of two units of one name in two provinces."""
    first, second = [area for area in find_area_by_name("Phường Tân Phú") if area.level == "commune"][:2]
    assert first.name == second.name and first.area_id != second.area_id
    return first.area_id, second.area_id


def _report(area_id: str, period: Period, mention: bool = False):
    area = area_by_id(area_id)
    place = {"area": area.name, "area_id": area.area_id, "area_level": area.level, "province": area.province}
    document_id = f"bao-cao-{area_id.replace(':', '-')}"
    shared = {**place, "document_id": document_id, "period_start": period.start, "period_end": period.end}
    made = [
        observation("dossiers.received", 4545, "4.545", 10, **shared, sentence="Tiếp nhận <4.545> hồ sơ & giải quyết."),
        observation("dossiers.resolved", 4500, "4.500", 30, **shared),
        observation("dossiers.online_share", 60.64, "60,64%", 50, **shared),
        observation("dossiers.overdue", 4, "04", 70, **shared),
    ]
    if mention:
        peer = find_area_by_name(PEER)[0]
        told = {"area": peer.name, "area_id": peer.area_id, "area_level": peer.level, "province": peer.province}
        made.append(observation("index.par_rank", 3, "thứ 3", 90, **{**shared, **told}))
    return replace(extraction(document_id, "x" * 120, *made), area=area, period=period)


@cache
def built_site() -> tuple[Workspace, ReportResult]:
    """A site made once for all tests: the notebook of Huyện Thạnh Phú stops, the others run to their end."""
    root = Path(tempfile.mkdtemp(prefix="trang-thu-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    workspace = make_workspace(root / "Không gian làm việc", report="raises_for_one")
    return workspace, run_reports(workspace, progress=False)
