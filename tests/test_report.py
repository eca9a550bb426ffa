"""One area's selection from the table, and areas side by side: what counts as a level, in which period."""

from datetime import date

import pandas as pd
import pytest
from made_tables import made_tables, observation_id

from analysis.catalogue import load_indicators
from analysis.comparison import select_comparison
from analysis.errors import UsageError
from analysis.report import Tables, select_area
from analysis.targets import as_target, judge, load_targets, official_target
from analysis.wording import PeriodKey, describe_period, format_value, period_key

CITY = "Thành phố Trung tâm Sơn Hà Thượng Nguyên"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_tables()


@pytest.fixture(scope="module")
def city(tables):
    return select_area(tables, CITY)


def test_only_results_of_the_area_as_a_whole_are_levels(city):
    received = city.focus("dossiers.received")
    assert received["value"] == 55012, "neither a tier's part nor a field's"
    assert city.focus("dossiers.paid_online_share")["value"] == 12.4, "not the target of 30"
    assert city.focus("dossiers.online_share")["value"] == 65, "not the rise of 21,16"
    assert "other" not in set(city.levels["indicator"])


def test_a_figure_that_is_not_selected_is_no_level(tables):
    frame = tables.observations.copy()
    frame.loc[frame["observation_id"] == observation_id("son-2022", "dossiers.received"), "selected"] = False
    shown = Tables(frame, tables.findings, tables.documents, tables.unresolved)
    assert select_area(shown, CITY).focus("dossiers.received") is None


def test_a_figure_of_a_kind_that_its_indicator_has_not_is_no_level(tables):
    frame = tables.observations.copy()
    frame.loc[frame["observation_id"] == observation_id("sen-2022", "dossiers.overdue"), "kind"] = "percent"
    shown = Tables(frame, tables.findings, tables.documents, tables.unresolved)
    assert select_area(shown, "Phường Hoa Sen").focus("dossiers.overdue") is None


def test_the_main_period_is_the_latest_with_a_fair_part_of_the_figures(city, tables):
    assert city.main == (date(2022, 1, 1), date(2022, 12, 31))
    assert select_area(tables, CITY, period_to="2021-12-31").main == (date(2021, 1, 1), date(2021, 12, 31))


def test_one_stray_later_figure_does_not_move_the_main_period(tables):
    frame = tables.observations.copy()
    stray = frame["observation_id"] == observation_id("son-2022", "dossiers.paid_online_share")
    frame.loc[stray, ["period_start", "period_end"]] = [pd.Timestamp("2023-01-01"), pd.Timestamp("2023-03-31")]
    shown = Tables(frame, tables.findings, tables.documents, tables.unresolved)
    assert select_area(shown, CITY).main[1] == date(2022, 12, 31)


def test_a_series_holds_periods_of_one_kind(tables):
    mai = select_area(tables, "Xã Hoa Mai")
    assert [row["value"] for row in mai.series("dossiers.received")] == [810], "a quarter is no half-year"
    assert mai.previous(mai.focus("dossiers.received")) is None


def test_before_comes_the_same_period_a_year_earlier(city):
    now = city.focus("dossiers.received")
    assert city.previous(now)["value"] == 48130
    assert [row["value"] for row in city.series("dossiers.received")] == [50210, 53876, 48130, 55012]


def test_parts_by_level_of_government_stand_in_for_a_missing_whole(tables):
    frame = tables.observations.copy()
    frame.loc[frame["observation_id"] == observation_id("son-2022", "dossiers.received"), "selected"] = False
    report = select_area(Tables(frame, tables.findings, tables.documents, tables.unresolved), CITY)
    assert [(row["scope"], row["value"]) for row in report.tiers("dossiers.received")] == [
        ("district", 21000),
        ("commune", 34012),
    ]
    assert [row["value"] for row in report.headlines()][:2] == [21000, 34012]
    assert "dossiers.received" not in report.missing()


def test_a_communes_own_tier_is_the_commune(tables):
    assert select_area(tables, "vn63:c:90021").focus("dossiers.handled")["value"] == 27000


def test_what_is_missing_is_named_unless_another_indicator_says_it(tables, city):
    assert city.missing() == ["dossiers.resolved"]
    assert select_area(tables, "Phường Hoa Sen").missing() == ["satisfaction.share"], "a ward has no index of its own"


def test_the_range_keeps_targets_and_undated_figures_with_their_document(tables):
    report = select_area(tables, CITY, "2022-01-01", "2022-12-31")
    assert set(report.documents["document_id"]) == {"son-2022"}
    assert report.observations["period_end"].isna().sum() == 1
    assert (report.observations["nature"] == "target").sum() == 2


def test_findings_and_unresolved_are_those_of_the_area(city, tables):
    assert list(city.findings["code"]) == ["sum"]
    assert len(city.unresolved) == 2
    assert select_area(tables, "Phường Hoa Sen").findings.empty


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ("Phường Hoa Sem", "Phường Hoa Sen"),
        ("Xã Tân Lập", "vn63:c:90021, vn63:c:90022"),
    ],
)
def test_an_unknown_or_ambiguous_area_names_the_candidates(tables, area, said):
    with pytest.raises(UsageError, match=said):
        select_area(tables, area)


def test_a_name_is_found_whatever_the_place_of_its_tone_mark(tables):
    frame = tables.observations.assign(area=tables.observations["area"].str.replace("Hoa Sen", "Hòa Sen"))
    shown = Tables(frame, tables.findings, tables.documents, tables.unresolved)
    assert select_area(shown, "phường Hoà Sen").area == "Phường Hòa Sen"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"period_from": "1/1/2022"}, "1/1/2022"),
        ({"lang": "fr"}, "fr"),
        ({"period_from": "2030-01-01"}, "khoảng thời gian"),
    ],
)
def test_wrong_parameters_are_usage_errors(tables, given, said):
    with pytest.raises(UsageError, match=said):
        select_area(tables, CITY, **given)


@pytest.mark.parametrize(
    ("start", "end", "key", "vi", "en"),
    [
        ("2022-01-01", "2022-12-31", ("year", 2022, 0), "năm 2022", "2022"),
        ("2021-12-15", "2022-12-14", ("year", 2022, 0), "năm 2022", "2022"),
        ("2022-01-01", "2022-06-30", ("first_half", 2022, 1), "6 tháng đầu năm 2022", "the first half of 2022"),
        ("2022-07-01", "2022-12-31", ("second_half", 2022, 2), "6 tháng cuối năm 2022", "the second half of 2022"),
        ("2021-12-15", "2022-03-14", ("quarter", 2022, 1), "quý I/2022", "Q1 2022"),
        ("2022-06-15", "2022-09-14", ("quarter", 2022, 3), "quý III/2022", "Q3 2022"),
        ("2022-01-01", "2022-09-30", ("nine_months", 2022, 9), "9 tháng đầu năm 2022", "the first nine months of 2022"),
        ("2022-01-01", "2022-08-31", ("months:8", 2022, 8), "8 tháng đầu năm 2022", "the first 8 months of 2022"),
        ("2022-02-01", "2022-02-28", ("month", 2022, 2), "tháng 2/2022", "February 2022"),
        (
            "2022-01-01",
            "2022-06-14",
            ("to_date:06-14", 2022, 0),
            "từ đầu năm đến 14/6/2022",
            "the period 1 January to 14 June 2022",
        ),
        ("2016-01-01", "2020-12-31", ("years:5", 2020, 0), "giai đoạn 2016–2020", "2016–2020"),
        ("2022-06-15", "2022-06-15", ("instant", 2022, 166), "ngày 15/6/2022", "15 June 2022"),
        (
            "2025-07-01",
            "2025-09-10",
            ("span:07-01:71", 2025, 0),
            "từ 1/7/2025 đến 10/9/2025",
            "the period 1 July 2025 to 10 September 2025",
        ),
        (
            "2025-07-01",
            "2025-08-31",
            ("span:07-01:2", 2025, 0),
            "từ 1/7/2025 đến 31/8/2025",
            "the period 1 July 2025 to 31 August 2025",
        ),
    ],
)
def test_periods_have_a_kind_and_a_name(start, end, key, vi, en):
    days = date.fromisoformat(start), date.fromisoformat(end)
    assert period_key(*days) == PeriodKey(*key)
    assert (describe_period(*days, "vi"), describe_period(*days, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("row", "vi", "en"),
    [
        ({"kind": "percent", "value": 97.2}, "97,2%", "97.2%"),
        ({"kind": "score", "value": 91.59, "out_of": 100.0}, "91,59/100 điểm", "91.59 out of 100 points"),
        ({"kind": "rank", "value": 1.0}, "thứ nhất", "1st"),
        ({"kind": "rank", "value": 2.0, "out_of": 63.0}, "thứ 2/63", "2nd of 63"),
        ({"kind": "rank", "value": 11.0}, "thứ 11", "11th"),
        ({"kind": "rank", "value": 1.0, "change": "increase"}, "1 bậc", "1 place"),
        ({"kind": "count", "value": 14.0, "out_of": 27.0, "unit": "task"}, "14/27 nhiệm vụ", "14 of 27 tasks"),
        ({"kind": "amount", "value": 1.25e9}, "1,25 tỷ đồng", "VND 1.25 billion"),
        ({"kind": "amount", "value": 3.5e6}, "3,5 triệu đồng", "VND 3.5 million"),
        ({"kind": "amount", "value": 9000.0}, "9.000 đồng", "VND 9,000"),
        ({"kind": "duration", "value": 3.0, "value_high": 5.0, "unit": "day"}, "3–5 ngày", "3–5 days"),
        (
            {"kind": "count", "value": 5.0, "unit": "dossier", "qualifier": "at_most"},
            "dưới 5 hồ sơ",
            "fewer than 5 dossiers",
        ),
        ({"kind": "percent", "value": 90.0, "qualifier": "at_least", "nature": "target"}, "từ 90%", "at least 90%"),
        (
            {"kind": "percent", "value": 70.0, "qualifier": "approximate", "quote": "70%", "sentence": "Đạt gần 70%."},
            "gần 70%",
            "nearly 70%",
        ),
        (
            {"kind": "percent", "value": 70.0, "qualifier": "approximate", "quote": "70%", "sentence": "Đạt trên 70%."},
            "khoảng 70%",
            "about 70%",
        ),
    ],
)
def test_values_are_said_with_qualifier_denominator_and_unit(row, vi, en):
    row = {"indicator": "other", **row}
    assert (format_value(row, "vi"), format_value(row, "en")) == (vi, en)


def test_every_target_is_of_an_indicator_and_says_whether_it_was_confirmed():
    for target in load_targets():
        assert target.indicator in load_indicators(), target
        assert target.confirmed or target.note_vi and target.note_en, f"{target} says nothing of its doubt"
        assert target.comparable or target.note_vi and target.note_en, f"{target} doesn't say why"


def _level(value: float, end: str = "2022-12-31", qualifier: str = "exact", **other: object) -> dict:
    day = pd.Timestamp(end)
    key = PeriodKey("year", day.year, 0)
    row = {"indicator": "satisfaction.share", "area_level": "district", "key": key, "period_end": day}
    return {**row, "value": value, "qualifier": qualifier, **other}


@pytest.mark.parametrize(
    ("year", "by"), [("2018", 2020), ("2020", 2020), ("2022", 2023), ("2024", 2025), ("2027", 2030), ("2033", 2030)]
)
def test_a_value_is_held_against_the_nearest_target_due(year, by):
    assert official_target(_level(90, f"{year}-12-31")).by == by


@pytest.mark.parametrize(
    ("value", "end", "qualifier", "verdict"),
    [
        (80, "2023-12-31", "exact", "met"),
        (80, "2023-06-30", "exact", "ahead"),
        (79.9, "2023-06-30", "exact", "not_yet"),
        (79.9, "2023-12-31", "exact", "unmet"),
        (80, "2023-12-31", "at_least", "met"),
        (79, "2023-12-31", "at_least", "unclear"),
        (85, "2023-12-31", "at_most", "unclear"),
        (79, "2023-12-31", "at_most", "unmet"),
        (80.5, "2023-12-31", "approximate", "unclear"),
        (90, "2023-12-31", "approximate", "met"),
    ],
)
def test_verdicts(value, end, qualifier, verdict):
    row = _level(value, end, qualifier)
    assert judge(row, official_target(row)) == verdict


def test_a_lower_value_is_better_where_the_target_is_a_ceiling(city):
    own = _level(0.5, "2022-12-31", "at_most", indicator="dossiers.overdue_share")
    assert judge(_level(0.4, "2022-12-31"), as_target(own)) == "met"
    assert judge(_level(0.6, "2022-12-31"), as_target(own)) == "unmet"
    assert city.own_target(city.focus("satisfaction.share"))["value"] == 90
    assert city.own_target(city.focus("dossiers.online_share")) is None


def test_comparison_is_like_with_like(tables):
    rankings = {(r.indicator, r.level): r for r in select_comparison(tables).rankings}
    timely = rankings["dossiers.timely_share", "commune"]
    assert [(row["area"], place) for row, place in zip(timely.rows, timely.places, strict=True)] == [
        ("Phường Hoa Cúc", 1),
        ("Phường Hoa Sen", 1),
        ("Xã Hoa Mai", 3),
    ]
    online = rankings["dossiers.online_share", "commune"]
    assert "Xã Hoa Mai" not in [row["area"] for row in online.rows], "its share is of a quarter"
    assert online.missing == ("Xã Hoa Mai",), "its report of the half-year is silent"
    assert online.absent == 1, "the Xã Tân Lập have no report of the half-year"
    assert {row["key"] for ranking in rankings.values() for row in ranking.rows if ranking.level == "district"} == {
        PeriodKey("year", 2022, 0)
    }
    assert rankings["index.par.score", "district"].province == "Sơn Hà", "scores are of one province's own scale"


def test_areas_that_no_report_is_about_are_counted_apart(tables):
    documents = tables.documents[tables.documents["document_id"] != "cuc-2022"]
    comparison = select_comparison(Tables(tables.observations, tables.findings, documents, tables.unresolved))
    areas = comparison.areas.set_index("area")["reports"]
    assert not areas["Phường Hoa Cúc"] and areas["Phường Hoa Sen"]
    online = next(r for r in comparison.rankings if (r.indicator, r.level) == ("dossiers.online_share", "commune"))
    assert [row["area"] for row in online.rows] == ["Phường Hoa Cúc", "Phường Hoa Sen"], (
        "its figures count all the same"
    )
    timely = next(r for r in comparison.rankings if (r.indicator, r.level) == ("dossiers.timely_share", "commune"))
    assert timely.missing == (), "nor is it missed where it isn't named"


def test_the_heat_map_has_one_period_and_shows_gaps(tables):
    heat = select_comparison(tables).heat("commune")
    assert set(heat["key"]) == {PeriodKey("first_half", 2022, 1)}
    assert len(heat) == 5 and heat["area"].nunique() * heat["indicator"].nunique() == 6


def test_comparison_narrows_to_a_level_and_keeps_what_it_shows(tables):
    comparison = select_comparison(tables, level="district")
    assert set(comparison.areas["area_level"]) == {"district"}
    shown = {row["observation_id"] for ranking in comparison.rankings for row in ranking.rows}
    assert shown <= set(comparison.observations["observation_id"])
    assert set(comparison.documents["document_id"]) == {"son-2022", "ha-2022"}
    with pytest.raises(UsageError, match="ward"):
        select_comparison(tables, level="ward")


def test_nothing_to_compare_is_no_error(tables):
    alone = tables.observations[tables.observations["area"] == CITY]
    comparison = select_comparison(Tables(alone, tables.findings, tables.documents, tables.unresolved))
    assert comparison.rankings == () and comparison.observations.empty


def test_a_reversed_range_says_so(tables):
    with pytest.raises(UsageError, match="Kỳ số liệu ngược"):
        select_area(tables, CITY, "2023-01-01", "2022-01-01")
    with pytest.raises(UsageError, match="Có phải bạn muốn từ 2022-01-01 đến 2023-01-01"):
        select_comparison(tables, "vi", "2023-01-01", "2022-01-01")
