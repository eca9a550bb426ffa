"""analysis.areas: the table, mentions, resolution, a report's subject."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from analysis.areas import (
    ancestors,
    area_by_id,
    find_area_by_name,
    find_areas,
    find_subject,
    is_within,
    resolve_area,
    resolve_areas,
    slug,
    successors,
    suggest_areas,
)
from analysis.areas.gazetteer import Unit, gazetteer
from analysis.model import Area
from analysis.text import normalise, tone_key

SPECS = yaml.safe_load(Path(__file__).with_name("specs").joinpath("areas.yaml").read_text(encoding="utf-8"))
GOLD = Path(__file__).parents[2] / "shared" / "gold"
OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


def units_on(day: date, level: str) -> list[Unit]:
    return [
        unit
        for units in gazetteer().by_id.values()
        for unit in units[:1]
        if unit.level == level and any(u.held_on(day) for u in units)
    ]


@pytest.mark.parametrize(
    ("day", "counts"),
    [(OLD, {"province": 63, "district": 696, "commune": 10_035}), (NEW, {"province": 34, "commune": 3_321})],
)
def test_each_structure_has_the_official_number_of_units(day: date, counts: dict[str, int]) -> None:
    levels = ("province", "district", "commune")
    assert {lvl: n for lvl in levels if (n := len(units_on(day, lvl)))} == counts


def test_the_older_structure_had_the_districts_of_its_years() -> None:
    assert len(units_on(date(2019, 12, 31), "district")) == 713
    assert len(units_on(date(2021, 6, 30), "district")) == 705


def test_kinds_of_communes_since_2025() -> None:
    kinds = [u.kind for u in units_on(NEW, "commune")]
    assert {k: kinds.count(k) for k in set(kinds)} == {"xã": 2621, "phường": 687, "đặc khu": 13}


def test_every_parent_and_successor_is_a_unit() -> None:
    table = gazetteer().by_id
    for units in table.values():
        for unit in units:
            assert unit.level in ("province", "region", "country") or unit.parent_id in table, unit
            assert all(i in table for i in unit.successors), unit


def test_every_commune_of_june_2025_has_a_successor() -> None:
    assert [u.area_id for u in units_on(OLD, "commune") if not u.successors] == []
    assert {len(u.successors) for u in units_on(OLD, "commune")} >= {1, 2}


def test_ids_stand_once_in_the_table_file() -> None:
    path = Path(sys.modules["analysis"].__file__ or "").with_name("vocabulary") / "gazetteer.csv"
    ids = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"vn63:[pdw]:\d+|vn34:[pw]:\d+", i) for i in ids)


def test_codes_were_reused() -> None:
    assert area_by_id("vn63:p:15").name == "Tỉnh Yên Bái"
    assert area_by_id("vn34:p:15").name == "Tỉnh Lào Cai"
    assert area_by_id("vn63:w:13285").name == "Phường Quang Trung"
    assert area_by_id("vn34:w:13285").name == "Phường Phủ Lý"


def test_a_name_of_its_time() -> None:
    assert area_by_id("vn63:p:46", date(2024, 12, 31)).name == "Tỉnh Thừa Thiên Huế"
    assert area_by_id("vn63:p:46", date(2025, 1, 1)).name == "Thành phố Huế"
    assert area_by_id("vn99:p:1") is None


@pytest.mark.parametrize("spec", SPECS["mentions"], ids=lambda s: s["why"])
def test_mentions(spec: dict) -> None:
    found = find_areas(spec["text"])
    assert [m.quote for m in found] == spec["expect"]
    assert all(spec["text"][m.start : m.end] == m.quote and m.candidates for m in found)


def test_mentions_of_a_stretch_know_the_whole_text() -> None:
    text = "Huyện Châu Thành họp. Châu Thành xếp hạng 3. Anh Nguyễn Châu Thành dự."
    start = text.index(". ") + 2
    assert [m.quote for m in find_areas(text, start)] == ["Châu Thành"]
    assert find_areas(text, start, start + 5) == []


def test_with_a_day_units_of_that_day_are_the_first_candidates() -> None:
    for day, first in ((OLD, "vn63:w:04894"), (NEW, "vn34:w:04894")):
        found = find_areas("phường Kỳ Sơn", on=day)[0]
        assert found.candidates[0].area_id == first
        assert {a.area_id for a in found.candidates} == {"vn63:w:04894", "vn34:w:04894"}


@pytest.mark.parametrize("spec", SPECS["resolve"], ids=lambda s: f"{s['text']}: {s['why']}")
def test_resolution(spec: dict) -> None:
    mentions = find_areas(spec["text"])
    areas = resolve_areas(mentions, on=spec["day"])
    found = [[m.quote, a and a.area_id, a and a.province] for m, a in zip(mentions, areas, strict=True)]
    assert found == spec["expect"]


@pytest.mark.parametrize(
    ("how", "area_id"),
    [
        ({"within": "vn63:p:91"}, "vn63:d:905"),
        ({"near": "vn63:d:904"}, "vn63:d:905"),
        ({"hints": "https://chauthanh.kiengiang.gov.vn/tin"}, "vn63:d:905"),
        ({"within": "vn63:p:01"}, None),
        ({"hints": "data/raw/moi"}, None),
    ],
)
def test_what_narrows_an_ambiguous_name(how: dict[str, str], area_id: str | None) -> None:
    mention = find_areas("huyện Châu Thành")[0]
    context = {k: area_by_id(v) if k == "within" else [area_by_id(v)] if k == "near" else v for k, v in how.items()}
    area = resolve_area(mention, on=date(2020, 1, 1), **context)
    assert (area and area.area_id) == area_id
    assert len(mention.candidates) == 10


@pytest.mark.parametrize("spec", SPECS["subject"], ids=lambda s: s["why"])
def test_subject(spec: dict) -> None:
    area, candidates = find_subject(spec["title"], spec["body"], file_hint=spec.get("file_hint", ""), on=spec["day"])
    assert (area and area.area_id) == spec["expect"]
    assert candidates
    assert area is None or area in candidates


def test_a_text_without_any_unit_has_no_subject() -> None:
    assert find_subject("Họp sơ kết", "Đơn vị nhận 40 hồ sơ.", on=OLD) == (None, ())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Thành phố Phủ Lý", "vn63:d:347"),
        ("tp. Phủ Lý", "vn63:d:347"),
        ("thanh pho hoa binh", "vn63:d:148"),
        ("TP Hoà Bình", "vn63:d:148"),
        ("q.1", "vn63:d:760"),
        ("Quận 01", "vn63:d:760"),
        ("TP.HCM", "vn34:p:79"),
        ("phuong cau tre", "vn63:w:11338"),
        ("Hà Nam", "vn63:p:35"),
        ("dak glong", "vn63:d:661"),
    ],
)
def test_find_area_by_name(typed: str, first: str) -> None:
    assert [a.area_id for a in find_area_by_name(typed)][0] == first


def test_marks_that_are_typed_count() -> None:
    assert {tone_key(a.name) for a in find_area_by_name("xã Phú Lý")} == {"xã phú lý"}
    assert find_area_by_name("xã Không Có Thật") == []


def test_suggestions() -> None:
    among = ["Thành phố Phủ Lý", "Phường Cầu Tre", "Thành phố Uông Bí"]
    assert suggest_areas("cau tree", among) == ["Phường Cầu Tre"]
    assert suggest_areas("Uong By", among)[0] == "Thành phố Uông Bí"
    assert suggest_areas("zzz", among) == []


def test_slugs_are_unique_ascii_and_allowed_on_windows() -> None:
    slugs = [slug(units[0].area) for units in gazetteer().by_id.values()]
    assert len({s.casefold() for s in slugs}) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", s) for s in slugs)
    nameless = Area("", "Con", "commune", "")
    assert slug(nameless) != "con" and slug(nameless) == slug(nameless)
    assert slug(nameless) != slug(Area("", "Côn", "commune", ""))


def test_ancestors_and_successors() -> None:
    ward = area_by_id("vn63:w:11338")
    assert [a.area_id for a in ancestors(ward)] == ["vn63:d:304", "vn63:p:31"]
    assert is_within(ward, area_by_id("vn63:p:31")) and not is_within(area_by_id("vn63:p:31"), ward)
    assert [a.name for a in successors(ward)] == ["Phường Ngô Quyền"]
    assert [a.area_id for a in successors(area_by_id("vn63:d:204"))] == ["vn63:d:193"]


def test_a_long_text_takes_little_time() -> None:
    text = "UBND các huyện Đức Trọng, Di Linh và TP. Đà Lạt (Lâm Đồng) họp; ông Lê Hà Nam dự. " * 60
    find_areas("tỉnh Lâm Đồng")
    start = time.perf_counter()
    assert len(find_areas(text)) == 240
    assert time.perf_counter() - start < 0.5


def gold_reports() -> list[Path]:
    return sorted(GOLD.glob("seeds/*.json")) + sorted(GOLD.glob("dev/0[0-3]*.json"))


@pytest.mark.skipif(not gold_reports(), reason="the gold reports are not here")
@pytest.mark.parametrize("path", gold_reports(), ids=lambda p: p.stem)
def test_the_subject_of_a_real_report(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = normalise(path.with_suffix(".txt").read_text(encoding="utf-8"))
    title, _, body = text.strip().partition("\n")
    day = None if gold["period"] == "any" else date.fromisoformat(gold["period"][1])
    area, _ = find_subject(title, body, on=day)
    assert area is not None
    assert tone_key(area.name) == tone_key(gold["area"])
    assert area.level == gold["level"]
