import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from rows import extraction, observation

from analysis import evaluate as module
from analysis.dataset import observations_frame
from analysis.documents import read_document
from analysis.errors import UsageError
from analysis.evaluate import LEVELS, Evaluation, evaluate, levels_reached, score_report
from analysis.gold import list_annotations, place_key, read_gold, report_beside, same_place
from analysis.text import normalise

SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold"
needs_gold = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared annotated reports aren't here")

TEXT = "Phường Thử Nghiệm tiếp nhận 4.545 hồ sơ, xử lý trên 4 nghìn hồ sơ.\nĐạt 14/27 nhiệm vụ. Cả nước có 9 nơi."
ANNOTATION = {
    "report": "thu",
    "area": "Phường Thử Nghiệm",
    "province": "Hà Nam",
    "level": "commune",
    "period": ["2022-01-01", "2022-09-30"],
    "figures": [
        {"context": "tiếp nhận [4.545] hồ sơ", "kind": "count", "value": 4545, "indicator": "dossiers.received"},
        {
            "context": "[4 nghìn]",
            "kind": "count",
            "value": 4000,
            "indicator": "dossiers.resolved",
            "qualifier": "at_least",
        },
        {"context": "[14/27]", "kind": "count", "value": 14, "indicator": "tasks.completed", "out_of": 27},
        {
            "context": "có [9] nơi",
            "kind": "count",
            "value": 9,
            "indicator": "other",
            "area": "Cả nước",
            "optional": True,
        },
    ],
}


@pytest.fixture
def gold_dir(tmp_path):
    (tmp_path / "thu.txt").write_text(TEXT, encoding="utf-8")
    return write_annotation(tmp_path)


def write_annotation(folder, **changes):
    (folder / "thu.json").write_text(json.dumps(ANNOTATION | changes, ensure_ascii=False), encoding="utf-8")
    return folder


def at(quote, value, indicator, **fields):
    return observation(indicator, value, quote, TEXT.index(quote), kind="count", **fields)


def right():
    return [
        at("4.545", 4545, "dossiers.received"),
        at("4 nghìn", 4000, "dossiers.resolved", qualifier="at_least"),
        at("14/27", 14, "tasks.completed", out_of=27.0),
    ]


def scored(gold_dir, *observations):
    return score_report(read_gold(gold_dir / "thu.json", TEXT), observations)


def test_all_right(gold_dir):
    done = scored(gold_dir, *right())
    assert (done.score.required, done.score.scored, done.score.right) == (3, 3, (3, 3, 3, 3))
    assert done.errors == ()


@pytest.mark.parametrize(
    "changes, level, what",
    [
        ({"kind": "score"}, 1, "wrong typed"),
        ({"qualifier": "approximate"}, 1, "wrong typed"),
        ({"out_of": 9.0}, 1, "wrong typed"),
        ({"change": "increase"}, 1, "wrong typed"),
        ({"nature": "target"}, 1, "wrong typed"),
        ({"indicator": "dossiers.handled"}, 2, "wrong statistic"),
        ({"indicator": "not.a_code"}, 2, "wrong statistic"),
        ({"area": "Thị xã Thử Nghiệm"}, 3, "wrong record"),
        ({"province": "Hà Nội"}, 3, "wrong record"),
        ({"period_end": date(2022, 9, 15)}, 3, "wrong record"),
        ({"period_start": None, "period_end": None}, 3, "wrong record"),
        ({"province": ""}, 4, None),
        ({"area": "P. Thử Nghiệm"}, 4, None),
    ],
)
def test_what_each_level_demands(gold_dir, changes, level, what):
    first, *others = right()
    done = scored(gold_dir, replace(first, **changes), *others)
    assert done.score.right == tuple(3 if n < level else 2 for n in range(4))
    assert [error.what for error in done.errors] == ([what] if what else [])


@pytest.mark.parametrize(
    "changes",
    [{"value": 4554.0}, {"start": 0, "end": 60}, {"start": 0, "end": 5}],
    ids=["value", "too long", "elsewhere"],
)
def test_a_number_not_found_is_missed_and_its_reading_spurious(gold_dir, changes):
    first, *others = right()
    done = scored(gold_dir, replace(first, **changes), *others)
    assert sorted(error.what for error in done.errors) == ["missed", "spurious"]
    assert (done.score.required, done.score.scored) == (3, 3)


def test_an_optional_figure_is_a_fault_only_under_the_wrong_area(gold_dir):
    assert scored(gold_dir, *right(), at("9", 9, "other", area="Cả nước")).score.scored == 3
    done = scored(gold_dir, *right(), at("9", 9, "other"))
    assert done.score.scored == 4 and [error.what for error in done.errors] == ["misplaced"]


def test_one_number_read_twice_is_once_spurious(gold_dir):
    first, *others = right()
    again = replace(first, observation_id="f" * 12, indicator="dossiers.handled")
    assert [error.what for error in scored(gold_dir, first, again, *others).errors] == ["spurious"]


@pytest.mark.parametrize(
    "figure, accepts",
    [
        ({"indicator": ["dossiers.on_time", "dossiers.received"]}, True),
        ({"area": "any"}, True),
        ({"area": ["Tỉnh Hà Nam", "Thử Nghiệm"]}, True),
        ({"tier": "commune"}, False),
        ({"period": "any"}, True),
        ({"period": [["2022-01-01", "2022-12-31"], ["2022-01-01", "2022-09-30"]]}, True),
        ({"period": ["2022-01-01", "2022-12-31"]}, False),
        ({"nature": "any"}, True),
    ],
)
def test_what_an_annotation_may_leave_open(tmp_path, figure, accepts):
    made = {"context": "[4.545]", "kind": "count", "value": 4545, "indicator": "dossiers.received"} | figure
    gold = read_gold(write_annotation(tmp_path, figures=[made]) / "thu.json", TEXT)
    assert (levels_reached(right()[0], gold.expected[0]) == 4) == accepts


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"figures": [{"context": "[hồ sơ]", "kind": "count", "value": 1, "indicator": "other"}]}, "số liệu 1.*2 lần"),
        ({"figures": [{"context": "[77]", "kind": "count", "value": 77, "indicator": "other"}]}, "số liệu 1.*0 lần"),
        ({"figures": [{"context": "4.545", "kind": "count", "value": 1, "indicator": "other"}]}, "ngoặc vuông"),
        ({"figures": [ANNOTATION["figures"][0], ANNOTATION["figures"][1] | {"unit": "x"}]}, "số liệu 2.*unit"),
        ({"figures": [{"context": "[4.545]", "kind": "count", "indicator": "other"}]}, "số liệu 1.*value"),
        ({"figures": [ANNOTATION["figures"][0] | {"value": "nhiều"}]}, "số liệu 1.*value"),
        ({"tỉnh": "Hà Nam"}, "thu.json.*tỉnh"),
    ],
)
def test_a_bad_annotation_is_named(tmp_path, changes, words):
    with pytest.raises(UsageError, match=f"thu.json.*{words}|{words}") as caught:
        read_gold(write_annotation(tmp_path, **changes) / "thu.json", TEXT)
    assert "thu.json" in str(caught.value) and caught.value.remedy


def test_broken_json_missing_reports_and_empty_folders_are_named(tmp_path):
    with pytest.raises(UsageError, match="chú giải"):
        list_annotations(tmp_path)
    (tmp_path / "thu.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="thu.json"):
        report_beside(tmp_path / "thu.json")
    with pytest.raises(UsageError, match="thu.json"):
        read_gold(tmp_path / "thu.json", TEXT)


def test_the_report_may_be_of_any_format(tmp_path):
    for ending in (".pdf", ".docx", ".html", ".txt"):
        (tmp_path / f"thu{ending}").write_bytes(b"x")
        assert report_beside(tmp_path / "thu.json").suffix == ending


@pytest.mark.parametrize(
    "written, level",
    [
        ("TP. Phủ Lý", "thành phố"),
        ("TP Phủ Lý", "thành phố"),
        ("Tp.Phủ Lý", "thành phố"),
        ("Q. 1", "quận"),
        ("Quảng Ninh", ""),
        ("Xã Đàn", "xã"),
        ("Phú Thọ", ""),
        ("Thị xã Uông Bí", "thị xã"),
        ("Vùng Tây Nguyên", "vùng"),
    ],
)
def test_levels_of_places(written, level):
    assert place_key(written)[0] == level


def test_spelling_doesn_t_part_places_but_tones_do():
    assert same_place("THÀNH PHỐ HOÀ BÌNH", "thành phố Hòa Bình")
    assert same_place("Bà Rịa-Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu")
    assert not same_place("Huyện Thạnh Phú", "Huyện Thanh Phú")


def test_evaluate_runs_the_extraction_on_each_report(gold_dir, monkeypatch):
    monkeypatch.setattr(module, "extract_document", lambda document: extraction(document.document_id, TEXT, *right()))
    assert evaluate(gold_dir).total.measures("record") == (1.0, 1.0, 1.0)


def test_the_table_and_the_errors_are_readable(gold_dir):
    first, *others = right()
    wrong = [replace(first, indicator="dossiers.handled"), *others[:1], at("9", 9, "other")]
    evaluation = Evaluation((scored(gold_dir, *wrong),))
    table = evaluation.format("vi")
    assert re.search(r"^thu .* 3 +3  \| 0,667  0,667  0,667", table, re.MULTILINE)
    assert re.search(r"^Tất cả", table, re.MULTILINE) and "Đúng trọn vẹn" in table
    shown = evaluation.format("en", errors=True)
    assert "0.667" in shown
    assert "thu (wrong): Phường Thử Nghiệm tiếp nhận [[4.545]] hồ sơ" in shown
    assert "indicator: wanted dossiers.received, got dossiers.handled" in shown
    assert "thu (missed): Đạt [[14/27]] nhiệm vụ." in shown
    assert "thu (misplaced): Cả nước có [[9]] nơi." in shown
    assert "area: wanted Cả nước, got Phường Thử Nghiệm | Hà Nam" in shown


def test_nothing_wrong_is_said(gold_dir):
    assert "Không có chỗ nào sai." in Evaluation((scored(gold_dir, *right()),)).format("vi", errors=True)


def test_an_empty_reading_scores_zero_without_dividing(gold_dir):
    assert Evaluation((scored(gold_dir),)).total.measures("detected") == (0.0, 0.0, 0.0)


# --- the same figures as the shared scorer's


def options(value):
    return value[0] if isinstance(value, tuple) else value


def as_observation(name, text, gold, number):
    """What a perfect reader would make of an annotated figure."""
    start, end = gold.periods[0] if gold.periods else ("", "")
    figure = gold.figure
    return observation(
        options(figure.indicator),
        figure.value,
        text[gold.start : gold.end],
        gold.start,
        observation_id=f"{number:012x}",
        document_id=name,
        kind=options(figure.kind),
        qualifier=options(figure.qualifier),
        out_of=figure.out_of,
        change=figure.change,
        nature="actual" if figure.nature == "any" else figure.nature,
        area=gold.areas[0] if gold.areas[0] != "any" else "",
        province=gold.province,
        tier="" if figure.tier == "any" else figure.tier,
        period_start=date.fromisoformat(start) if start else None,
        period_end=date.fromisoformat(end) if end else None,
    )


def perturbed(made, rng):
    """The reading with some of each kind of mistake."""
    change = rng.choice(
        [
            "none",
            "none",
            "drop",
            "value",
            "span",
            "long",
            "kind",
            "qualifier",
            "out_of",
            "change",
            "nature",
            "indicator",
            "unknown",
            "area",
            "level",
            "province",
            "tier",
            "period",
            "undated",
            "twice",
        ]
    )
    changes = {
        "none": {},
        "value": {"value": made.value + 1},
        "span": {"start": made.end + 1, "end": made.end + 4},
        "long": {"end": made.end + rng.choice([5, 12, 13, 40])},
        "kind": {"kind": "rank"},
        "qualifier": {"qualifier": "approximate"},
        "out_of": {"out_of": 63.0},
        "change": {"change": "decrease"},
        "nature": {"nature": "target"},
        "indicator": {"indicator": "dossiers.handled"},
        "unknown": {"indicator": "x.y"},
        "area": {"area": "Huyện Nơi Khác"},
        "level": {"area": made.area.split(" ", 1)[-1]},
        "province": {"province": "Hà Nội"},
        "tier": {"tier": "province"},
        "undated": {"period_start": None, "period_end": None},
        "period": {"period_end": (made.period_end or date(2020, 1, 1)) + timedelta(days=1)},
    }
    if change == "drop":
        return []
    if change == "twice":
        return [made, replace(made, indicator="other")]
    return [replace(made, **changes[change])]


@needs_gold
@pytest.mark.parametrize("folder", ["seeds", "dev"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_figures_equal_the_shared_scorer_s(folder, seed, tmp_path):
    rng = random.Random(seed)
    reports, rows = [], []
    for path in list_annotations(SHARED / folder):
        text = normalise(path.with_suffix(".txt").read_text(encoding="utf-8-sig"))
        gold = read_gold(path, text)
        perfect = [as_observation(gold.name, text, each, len(rows) + n) for n, each in enumerate(gold.expected)]
        read = [row for each in perfect for row in (perturbed(each, rng) if seed else [each])]
        read = [replace(row, observation_id=f"{len(rows) + n:012x}") for n, row in enumerate(read)]
        rng.shuffle(read)
        rows += read
        reports.append((gold, read))
    frame = observations_frame(rows)
    frame.to_csv(tmp_path / "observations.csv", index=False, date_format="%Y-%m-%d")
    ordered = {row.observation_id: row for row in rows}
    done = []
    for gold, _ in reports:
        ids = frame.loc[frame["document_id"] == gold.name, "observation_id"]
        done.append(score_report(gold, [ordered[row] for row in ids]))
    command = [sys.executable, SHARED / "score.py", SHARED / folder, tmp_path / "observations.csv", "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
    ours = Evaluation(tuple(done)).total
    assert (theirs["required"], theirs["scored"]) == (ours.required, ours.scored)
    for level in LEVELS:
        expected = tuple(theirs[level][name] for name in ("precision", "recall", "f1"))
        assert ours.measures(level) == pytest.approx(expected, abs=1e-12)
        if not seed:
            assert expected[1] == 1.0


@needs_gold
def test_stored_texts_are_the_annotated_ones():
    for path in [*list_annotations(SHARED / "seeds"), *list_annotations(SHARED / "dev")]:
        report = report_beside(path)
        assert read_document(report, path.parent, path.stem).text == normalise(report.read_text(encoding="utf-8-sig"))
