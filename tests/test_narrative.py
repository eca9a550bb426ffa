"""Sentences: the right words for what the table holds, and every number with the observations it rests on."""

import re

import pandas as pd
import pytest
from made_tables import made_tables, observation_id

from analysis.model import Unresolved
from analysis.narrative import Sentence, describe_change, describe_target, narrate
from analysis.numerals import parse_number
from analysis.report import Tables, select_area
from analysis.targets import load_targets
from analysis.wording import Part, PeriodKey, _texts, compose

CITY = "Thành phố Trung tâm Sơn Hà Thượng Nguyên"
AREAS = [CITY, "Huyện Hạ Nguyên", "Phường Hoa Sen", "Phường Hoa Cúc", "Xã Hoa Mai", "vn63:c:90021"]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_tables()


def told(tables: Tables, area: str, lang: str = "vi", topic: str = "") -> list[str]:
    return [s.text for s in narrate(select_area(tables, area, lang=lang)) if topic in ("", s.topic)]


def changed(tables: Tables, *edits: tuple[str, str, dict]) -> Tables:
    """The tables with cells of some figures (document, indicator) replaced."""
    frame = tables.observations.copy()
    for document, indicator, cells in edits:
        row = frame["observation_id"] == observation_id(document, indicator)
        assert row.sum() == 1
        for column, value in cells.items():
            frame.loc[row, column] = value
    return Tables(frame, tables.findings, tables.documents, tables.unresolved)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("area", AREAS)
def test_every_number_comes_from_the_table(tables, area, lang):
    """A number that rests on one observation is its value, or how far that is from an official target."""
    values = tables.observations.set_index("observation_id")["value"]
    for sentence in narrate(select_area(tables, area, lang=lang)):
        for part in sentence.parts:
            if len(part.observation_ids) == 1 and sentence.topic != "checks" and (found := _first_number(part, lang)):
                gap = {round(abs(t.value - values[part.observation_ids[0]]), 6) for t in load_targets()}
                assert found in gap | {values[part.observation_ids[0]]}, (sentence.text, part)
            assert set(part.observation_ids) <= set(values.index)


def _first_number(part: Part, lang: str) -> float | None:
    number = re.search(r"\d[\d.,]*\d|\d", part.text)
    return parse_number(number.group(), decimal="," if lang == "vi" else ".") if number else None


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("area", AREAS)
def test_sentences_are_whole(tables, area, lang):
    for text in told(tables, area, lang):
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith("."), text
        assert not re.search(r"[{}]|  |nan|None|\.\.", text), text


def test_no_sentence_claims_a_cause():
    words = re.compile(r"\b(nhờ|bởi vì|do đó|vì vậy|nguyên nhân|thanks to|because|due to|as a result)\b", re.IGNORECASE)
    assert not [text for text in _leaves(_texts()) if words.search(text)]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_reason_for_leaving_a_number_out_has_a_label(lang):
    reasons = re.findall(r"[a-z_]+", (Unresolved.__doc__ or "").partition("Reasons: ")[2].partition("(")[0])
    assert len(reasons) > 10
    assert not set(reasons) - _texts()["reasons"].keys()
    assert all(_texts()["reasons"][reason][lang] for reason in reasons)


def _leaves(node: object) -> list[str]:
    return [leaf for value in node.values() for leaf in _leaves(value)] if isinstance(node, dict) else [str(node)]


def _pairs(node: dict, path: str = "") -> list[tuple[str, str, str]]:
    if "vi" in node:
        return [(path, node["vi"], node["en"])]
    return [pair for key, value in node.items() for pair in _pairs(value, f"{path}.{key}")]


@pytest.mark.parametrize(("path", "vi", "en"), _pairs(_texts()))
def test_both_languages_say_the_same_slots(path, vi, en):
    grammar = {"ordinal", "Period", "Value", "month"}
    one, other = (set(re.findall(r"\{(\w+)\}", text)) - grammar for text in (vi, en))
    spoken = {name: name.lower() for name in ("Period", "Value")}
    both = {spoken.get(name, name) for name in re.findall(r"\{(\w+)\}", vi)} - {"ordinal", "month"}
    assert path.startswith((".values.rank", ".periods")) or both >= other and one <= both, (vi, en)


@pytest.mark.parametrize(
    ("area", "lang", "said"),
    [
        (CITY, "vi", "Năm 2022, thành phố Trung tâm Sơn Hà Thượng Nguyên tiếp nhận 55.012 hồ sơ."),
        (CITY, "vi", "Có 35.758 hồ sơ nộp trực tuyến, chiếm 65%."),
        (CITY, "en", "35,758 dossiers were filed online, or 65%."),
        (CITY, "vi", "Về chỉ số tổng hợp: PAR INDEX (năm 2022) đạt 89,16/100 điểm, xếp thứ 1/13; SIPAS (năm 2022) đạt 88,4%, xếp thứ 5/14."),  # noqa: E501
        ("Huyện Hạ Nguyên", "vi", "Năm 2022, huyện Hạ Nguyên tiếp nhận trên 4.000 hồ sơ và đã giải quyết 3.900 hồ sơ."),
        ("Huyện Hạ Nguyên", "en", "Satisfaction of citizens and organisations stood at about 90%."),
        ("Phường Hoa Sen", "vi", "Báo cáo ghi nhận không có hồ sơ nào bị quá hạn."),
        ("Phường Hoa Sen", "en", "The report states that no dossiers were late."),
        ("Phường Hoa Cúc", "vi", "Có 3 hồ sơ giải quyết quá hạn."),
        ("Phường Hoa Cúc", "vi", "Tỷ lệ hồ sơ nộp trực tuyến đạt 55,5%."),
        ("vn63:c:90021", "vi", "Năm 2022, xã Tân Lập tiếp nhận và giải quyết trên 27.000 hồ sơ."),
    ],
)  # fmt: skip
def test_headlines(tables, area, lang, said):
    assert said in told(tables, area, lang, "headline")


def test_a_share_is_said_of_a_count_only_where_it_is_one(tables):
    other_base = changed(tables, ("son-2022", "dossiers.online_share", {"value": 18.9}))
    assert "Có 35.758 hồ sơ nộp trực tuyến." in told(other_base, CITY)
    assert "Tỷ lệ hồ sơ nộp trực tuyến đạt 18,9%." in told(other_base, CITY)


def test_early_and_on_time_are_not_confused(tables):
    early = {"indicator": "dossiers.early_share", "value": 98.2}
    split = changed(tables, ("sen-2022", "dossiers.timely_share", early), ("sen-2022", "dossiers.online_share", {
        "indicator": "dossiers.on_time_share", "value": 1.8}))  # fmt: skip
    assert "Tỷ lệ giải quyết trước hạn là 98,2%, đúng hạn là 1,8%." in told(split, "Phường Hoa Sen")
    alone = changed(tables, ("sen-2022", "dossiers.timely_share", early))
    assert "Tỷ lệ giải quyết trước hạn đạt 98,2%." in told(alone, "Phường Hoa Sen")
    on_time = changed(tables, ("sen-2022", "dossiers.timely_share", {"indicator": "dossiers.on_time_share"}))
    assert "Tỷ lệ giải quyết đúng hạn đạt 100%." in told(on_time, "Phường Hoa Sen")


def test_levels_of_government_are_said_apart(tables):
    no_whole = changed(tables, ("son-2022", "dossiers.received", {"selected": False}))
    said = "(năm 2022) được báo cáo theo cấp: cấp huyện 21.000 hồ sơ; cấp xã 34.012 hồ sơ."
    assert any(text.endswith(said) for text in told(no_whole, CITY))


def test_no_dossiers_at_all_is_said(tables):
    none = changed(tables, ("mai-2022", "dossiers.received", {"selected": False}))
    said = "Chương trình chưa xác định được số hồ sơ tiếp nhận, giải quyết của xã Hoa Mai"
    assert f"{said} trong báo cáo 6 tháng đầu năm 2022." in told(none, "Xã Hoa Mai")


def _row(value: float, year: int, kind: str = "count", indicator: str = "dossiers.received", **other: object) -> dict:
    return {
        "indicator": indicator, "kind": kind, "value": value, "value_high": None, "out_of": float("nan"), "unit": "",
        "qualifier": "exact", "key": PeriodKey("year", year, 0), "period_start": pd.Timestamp(year, 1, 1),
        "period_end": pd.Timestamp(year, 12, 31), "observation_id": f"id{year}", **other,
    }  # fmt: skip


SHARE = {"kind": "percent", "indicator": "dossiers.online_share"}
RANK = {"kind": "rank", "indicator": "index.par.rank"}


@pytest.mark.parametrize(
    ("old", "new", "vi", "en"),
    [
        (_row(1000, 2021), _row(1125, 2022),
         "số hồ sơ tiếp nhận tăng từ 1.000 (năm 2021) lên 1.125 hồ sơ (năm 2022), tức tăng 12,5%.",
         "the number of dossiers received rose from 1,000 (2021) to 1,125 dossiers (2022), up 12.5%."),
        (_row(1000, 2021), _row(900, 2022),
         "số hồ sơ tiếp nhận giảm từ 1.000 (năm 2021) xuống 900 hồ sơ (năm 2022), tức giảm 10%.",
         "the number of dossiers received fell from 1,000 (2021) to 900 dossiers (2022), down 10%."),
        (_row(0, 2021), _row(4, 2022),
         "số hồ sơ tiếp nhận tăng từ 0 (năm 2021) lên 4 hồ sơ (năm 2022), tức tăng 4 hồ sơ.",
         "the number of dossiers received rose from 0 (2021) to 4 dossiers (2022), up 4 dossiers."),
        (_row(40, 2021, **SHARE), _row(52.5, 2022, **SHARE),
         "tỷ lệ hồ sơ nộp trực tuyến tăng từ 40% (năm 2021) lên 52,5% (năm 2022), tức tăng 12,5 điểm phần trăm.",
         "the share of dossiers filed online rose from 40% (2021) to 52.5% (2022), up 12.5 percentage points."),
        (_row(40, 2021, **SHARE), _row(39, 2022, **SHARE),
         "tỷ lệ hồ sơ nộp trực tuyến giảm từ 40% (năm 2021) xuống 39% (năm 2022), tức giảm 1 điểm phần trăm.",
         "the share of dossiers filed online fell from 40% (2021) to 39% (2022), down 1 percentage point."),
        (_row(40, 2021, **SHARE), _row(40, 2022, **SHARE),
         "tỷ lệ hồ sơ nộp trực tuyến giữ nguyên ở mức 40% (năm 2021 và năm 2022).",
         "the share of dossiers filed online was unchanged at 40% (2021 and 2022)."),
        (_row(10, 2021, out_of=14.0, **RANK), _row(8, 2022, out_of=14.0, **RANK),
         "xếp hạng PAR INDEX tăng 2 bậc, từ thứ 10/14 (năm 2021) lên thứ 8/14 (năm 2022).",
         "the PAR Index rank improved by 2 places, from 10th of 14 (2021) to 8th of 14 (2022)."),
        (_row(1, 2021, **RANK), _row(2, 2022, **RANK),
         "xếp hạng PAR INDEX giảm 1 bậc, từ thứ nhất (năm 2021) xuống thứ 2 (năm 2022).",
         "the PAR Index rank dropped by 1 place, from 1st (2021) to 2nd (2022)."),
        (_row(10, 2021, out_of=14.0, **RANK), _row(10, 2022, out_of=13.0, **RANK),
         "xếp hạng PAR INDEX: thứ 10/13 (năm 2022), trước đó thứ 10/14 (năm 2021); số đơn vị được xếp hạng khác nhau nên không tính số bậc.",  # noqa: E501
         "the PAR Index rank: 10th of 13 (2022), earlier 10th of 14 (2021); the number ranked differs, so no places are counted."),  # noqa: E501
        (_row(4000, 2021, qualifier="at_least"), _row(4500, 2022),
         "số hồ sơ tiếp nhận: 4.500 hồ sơ (năm 2022), trước đó trên 4.000 (năm 2021); số liệu không nêu chính xác nên không tính mức chênh lệch.",  # noqa: E501
         "the number of dossiers received: 4,500 dossiers (2022), earlier more than 4,000 (2021); the figures are not exact, so no difference is drawn."),  # noqa: E501
        (_row(79.27, 2021, "score", "index.par.score"), _row(81.17, 2022, "score", "index.par.score"),
         "chỉ số cải cách hành chính (PAR INDEX) tăng từ 79,27 (năm 2021) lên 81,17 điểm (năm 2022), tức tăng 1,9 điểm.",  # noqa: E501
         "the PAR Index score rose from 79.27 (2021) to 81.17 points (2022), up 1.9 points."),
    ],
)  # fmt: skip
def test_changes_have_the_right_words(old, new, vi, en):
    for lang, said in (("vi", vi), ("en", en)):
        parts = describe_change(old, new, lang)
        assert Sentence("changes", parts).text == said
        assert {"id2021", "id2022"} <= set(Sentence("changes", parts).observation_ids)


def test_good_news_comes_before_bad_and_each_is_announced(tables):
    mixed = changed(tables, ("son-2022", "satisfaction.share", {"value": 80.0}))
    changes = [(s.lead, s.text) for s in narrate(select_area(mixed, CITY)) if s.topic == "changes"]
    leads = [lead for lead, _ in changes]
    assert changes[0][1].startswith("Số hồ sơ tiếp nhận tăng") and leads[0] == ""
    assert leads == sorted(leads, key=["", "Kết quả tích cực", "Hạn chế"].index) and len(set(leads)) == 3
    assert [text.partition(" giảm")[0] for lead, text in changes if lead == "Hạn chế"] == [
        "Mức độ hài lòng của người dân, tổ chức"
    ]


def test_bad_news_alone_is_announced_as_such(tables):
    changes = [s for s in narrate(select_area(tables, "Huyện Hạ Nguyên")) if s.topic == "changes" and s.lead]
    assert {s.lead for s in changes} == {"Hạn chế"}
    assert changes[0].text.startswith("Tỷ lệ giải quyết trước và đúng hạn giảm")


def test_periods_that_cannot_be_compared_are_said(tables):
    assert told(tables, "Phường Hoa Sen", topic="changes") == ["Chưa có hai kỳ cùng loại để so sánh."]


def test_a_change_that_the_report_states_is_told_where_no_two_levels_tell_it(tables):
    assert not any("Báo cáo nêu" in text for text in told(tables, CITY))
    alone = Tables(
        tables.observations[~tables.observations["document_id"].isin(["son-2019", "son-2020", "son-2021"])],
        tables.findings, tables.documents, tables.unresolved,
    )  # fmt: skip
    changes = told(alone, CITY, topic="changes")
    assert "Báo cáo nêu tỷ lệ hồ sơ nộp trực tuyến tăng 21,16%." in changes
    assert "Báo cáo nêu xếp hạng PAR INDEX tăng 3 bậc." in changes
    assert "The report states that the PAR Index rank went up by 3 places." in told(alone, CITY, "en")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (91.3, "đã đạt trước hạn mục tiêu từ 80% trở lên vào năm 2023"),
        (78, "còn thiếu 2 điểm phần trăm so với mục tiêu từ 80% trở lên vào năm 2023"),
    ],
)
def test_targets(tables, value, said):
    report = changed(tables, ("son-2022", "satisfaction.share", {"value": value}))
    assert any(said in text for text in told(report, CITY, topic="notable"))


def test_an_unconfirmed_target_is_marked(tables):
    later = {"period_start": pd.Timestamp("2024-01-01"), "period_end": pd.Timestamp("2024-12-31")}
    frame = tables.observations.copy()
    for column, day in later.items():
        frame.loc[frame["document_id"] == "ha-2022", column] = day
    documents = tables.documents[tables.documents["document_id"] != "ha-2022"]
    exact = frame.assign(value=frame["value"].mask(frame["indicator"] == "satisfaction.share", 95.0))
    notable = told(Tables(exact, tables.findings, documents, tables.unresolved), "Huyện Hạ Nguyên", topic="notable")
    assert any(text.endswith("Mục tiêu này chưa được đối chiếu với văn bản gốc.") for text in notable)


def test_a_target_that_measures_something_else_is_not_held_against_a_value(tables):
    assert not any("thanh toán" in text for text in told(tables, CITY, topic="notable"))


def test_a_goal_names_its_text():
    goals = {target.operator: target for target in load_targets()}
    row = {"kind": "percent", "indicator": "satisfaction.share", "value": 1.0}
    assert describe_target(goals[">"], row, "vi") == "trên 80% vào năm 2020 (Nghị quyết 30c/NQ-CP)"
    whole = describe_target(goals[">="].model_copy(update={"value": 100.0}), row, "vi")
    assert whole.startswith("100% vào năm"), "nothing lies above all of something"
    rank = {"kind": "rank", "indicator": "index.par.rank", "value": 4.0}
    places = [goals["<="].model_copy(update={"value": place}) for place in (1.0, 3.0)]
    assert [describe_target(place, rank, "vi").partition(" vào")[0] for place in places] == [
        "vị trí thứ nhất", "vị trí thứ 3 trở lên"
    ]  # fmt: skip
    minutes = {"kind": "duration", "indicator": "one_stop.waiting_time", "unit": "minute", "value": 1.0}
    assert describe_target(goals["<="], minutes, "en") == "at most 15 minutes by 2025 (Decision 468/QĐ-TTg)"


def test_a_first_place_stands_out(tables):
    assert "Năm 2022, thành phố Trung tâm Sơn Hà Thượng Nguyên đứng đầu về PAR INDEX (thứ 1/13)." in told(
        tables, CITY, topic="notable"
    )


def test_findings_are_told_by_level(tables):
    assert told(tables, CITY, topic="checks") == [
        "Có 01 trường hợp số liệu chưa thống nhất: Các phần cộng lại không bằng tổng số.",
        "Sai lệch có thể do báo cáo hoặc do chương trình đọc chưa đúng; đề nghị đối chiếu với câu nguồn.",
    ]
    assert told(tables, "Huyện Hạ Nguyên", "en", "checks") == [
        "1 point should be reviewed: The share doesn't match the counts.",
        "Either the report or its reading may be at fault; please compare with the source sentences.",
    ]
    none = ["Các phép kiểm tra số học và đối chiếu chưa phát hiện số liệu không thống nhất."]
    assert told(tables, "Phường Hoa Sen", topic="checks") == none
    twice = Tables(
        tables.observations, pd.concat([tables.findings, tables.findings.assign(finding_id="again")]),
        tables.documents, tables.unresolved,
    )  # fmt: skip
    assert told(twice, CITY, topic="checks")[0].startswith("Có 02 trường hợp số liệu chưa thống nhất, ví dụ:")


def contested(tables: Tables, ident: str, **finding: str) -> Tables:
    """The tables with the first finding naming one figure."""
    named = tables.findings.iloc[:1].assign(observation_ids=ident, **finding)
    return Tables(tables.observations, named, tables.documents, tables.unresolved)


@pytest.mark.parametrize(
    ("code", "level", "caveat"),
    [
        ("rank_out_of_range", "error", " (cần đối chiếu)"),
        ("value_conflict_in_report", "warning", " (báo cáo ghi hai số)"),
        ("value_conflict_between_reports", "warning", " (các báo cáo ghi khác nhau)"),
        ("share_mismatch", "warning", ""),
    ],
)
def test_a_contested_value_carries_its_caveat(tables, code, level, caveat):
    doubted = contested(tables, observation_id("son-2022", "index.par.rank", out_of=13), code=code, level=level)
    assert any(f"xếp thứ 1/13{caveat};" in text for text in told(doubted, CITY, topic="headline"))
    first = [text for text in told(doubted, CITY, topic="notable") if "đứng đầu" in text]
    assert len(first) == (0 if level == "error" else 1), "no praise rests on a value in doubt"


def test_no_difference_is_drawn_from_a_value_in_doubt(tables):
    sure = told(tables, CITY, topic="changes")
    online = observation_id("son-2022", "dossiers.online_share")
    doubted = told(contested(tables, online, level="error"), CITY, topic="changes")
    assert any(text.startswith("Tỷ lệ hồ sơ nộp trực tuyến tăng từ") for text in sure)
    assert not any(text.startswith("Tỷ lệ hồ sơ nộp trực tuyến tăng từ") for text in doubted)


def test_a_total_to_be_handled_is_called_so(tables):
    new = {"indicator": "dossiers.received_new", "value": 54000.0, "kind": "count", "unit": "dossier"}
    total = changed(tables, ("son-2022", "procedures.published_share", new))
    said = told(total, CITY)
    start = "Năm 2022, thành phố Trung tâm Sơn Hà Thượng Nguyên phải giải quyết 55.012 hồ sơ"
    assert f"{start}, trong đó tiếp nhận mới 54.000 hồ sơ." in said
    assert not any("số hồ sơ tiếp nhận tăng" in text.lower() for text in said), "the years before state what came in"


def test_an_unsure_reading_is_no_headline(tables):
    unsure = changed(tables, ("son-2022", "satisfaction.share", {"confidence": 0.65}))
    assert not any("hài lòng của người dân" in text for text in told(unsure, CITY))
    assert "satisfaction.share" not in [row["indicator"] for row in select_area(unsure, CITY).headlines()]
    assert "satisfaction.share" in [row["indicator"] for row in select_area(tables, CITY).headlines()]


def test_a_planned_change_is_no_result(tables):
    frame = tables.observations[tables.observations["document_id"] == "son-2022"]
    planned = frame.assign(nature=frame["nature"].mask(frame["change"] == "increase", "target"))
    for shown, count in ((frame, 2), (planned, 0)):
        changes = told(Tables(shown, tables.findings, tables.documents, tables.unresolved), CITY, topic="changes")
        assert sum("Báo cáo nêu" in text for text in changes) == count


def test_what_is_missing_is_told(tables):
    assert told(tables, CITY, topic="missing") == ["Chương trình chưa đọc được trong báo cáo: số hồ sơ đã giải quyết."]


def test_parts_keep_their_observations():
    parts = compose("summary.online_both", "en", value="", Value=Part("9 dossiers", ("a",)), share=Part("5%", ("b",)))
    assert Sentence("headline", parts).observation_ids == ("a", "b")
