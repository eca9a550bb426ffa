"""The product's main job on the sample reports: one command, from data/raw to a site in a temporary folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from analysis.cli import main
from analysis.dataset import read_documents, read_observations, read_text

ROOT = Path(__file__).parents[1]
PUBLISHED = ("Thị xã Duy Tiên", "Phường Cầu Tre", "Thành phố Uông Bí")
"""Areas whose pages are made; all 24 reports are read."""

pytestmark = pytest.mark.slow


def fingerprints(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which `cchc run` has been run."""
    place = tmp_path_factory.mktemp("nơi làm việc")
    for folder in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / folder, place / folder)
    before = fingerprints(place / "data" / "raw")
    areas = [part for name in PUBLISHED for part in ("--area", name)]
    assert main(["--workspace", str(place), "run", "--jobs", "2", *areas]) == 0
    assert fingerprints(place / "data" / "raw") == before, "data/raw was written to"
    return place


@pytest.fixture(scope="module")
def observations(workspace: Path) -> pd.DataFrame:
    return read_observations(workspace / "data" / "processed")


def pages(workspace: Path) -> list[Path]:
    """The pages of areas and the comparison."""
    found = sorted((workspace / "site" / "areas").glob("*/index.html"))
    assert len(found) == len(PUBLISHED)
    return [*found, workspace / "site" / "comparison" / "index.html"]


def test_every_report_is_read_and_every_number_leads_back_to_its_text(workspace, observations) -> None:
    processed = workspace / "data" / "processed"
    documents = read_documents(processed)
    assert len(documents) == len([p for p in (workspace / "data" / "raw").rglob("*.*") if p.name != "README.md"])
    assert (documents["area"] != "").all() and documents["period_start"].notna().all()
    texts = {ident: read_text(processed, ident) for ident in documents["document_id"]}
    for row in observations.itertuples():
        assert texts[row.document_id][row.start : row.end] == row.quote
    assert json.loads((processed / "run.json").read_text(encoding="utf-8"))["failures"] == []


def test_the_planted_contradictions_are_found(workspace) -> None:
    findings = pd.read_csv(workspace / "data" / "processed" / "findings.csv")
    said = " ".join(findings["message_vi"])
    for slip in ("74,1%", "98,02%", "thứ 14", "30.931"):
        assert slip in said, slip


def test_every_link_of_a_page_lands_on_a_marked_sentence(workspace) -> None:
    for path in pages(workspace):
        page = html.document_fromstring(path.read_text(encoding="utf-8"))
        targets = {a.get("href")[1:] for a in page.xpath("//a[starts-with(@href, '#obs-')]")}
        assert targets, path
        for target in targets:
            rows = page.xpath(f"//*[@id='{target}']")
            assert len(rows) == 1, (path, target)
            assert rows[0].xpath(".//mark"), (path, target)


def test_headline_numbers_are_those_of_the_table(workspace, observations) -> None:
    shown = observations.set_index("observation_id")
    for path in pages(workspace)[:-1]:
        page = html.document_fromstring(path.read_text(encoding="utf-8"))
        cards = page.xpath("//*[contains(@class, 'card-value')]//a | //a[contains(@class, 'card-value')]")
        assert cards, path
        for card in cards:
            row = shown.loc[card.get("href").removeprefix("#obs-")]
            assert bool(row["selected"]) and row["nature"] == "actual" and row["change"] == "none"
            digits = "".join(c for c in card.text_content() if c.isdigit())
            whole = f"{row['value']:.4f}".rstrip("0").rstrip(".").replace(".", "")
            assert digits.startswith(whole) or row["kind"] == "rank", (card.text_content(), row["value"])


def test_the_index_lists_every_area_that_a_report_is_about(workspace) -> None:
    page = html.document_fromstring((workspace / "site" / "index.html").read_text(encoding="utf-8"))
    listed = page.xpath("//tbody/tr")
    documents = read_documents(workspace / "data" / "processed")
    assert len(listed) == documents["area_id"].nunique()
    for link in page.xpath("//tbody//a/@href"):
        assert (workspace / "site" / link).is_file()


def test_a_second_run_gives_the_same_bytes(workspace) -> None:
    before = fingerprints(workspace / "site")
    assert main(["--workspace", str(workspace), "report", "--area", PUBLISHED[1]]) == 0
    after = fingerprints(workspace / "site")
    for volatile in ("run.json",):
        before.pop(volatile), after.pop(volatile)
    assert after == before
