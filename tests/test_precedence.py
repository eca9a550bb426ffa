"""Which of several statements of one thing is shown, and how the others lead to it."""

from datetime import date
from typing import get_args

import pytest
from rows import observation

from analysis import model
from analysis.dataset import observations_frame
from analysis.findings import Source
from analysis.precedence import METHOD_PRECEDENCE, SOURCE_PRECEDENCE, select_values
from analysis.schema import table_schema


def test_precedences_name_every_source_and_method():
    assert set(SOURCE_PRECEDENCE) == set(get_args(model.SourceKind))
    methods = {c.name: c for c in table_schema("observations").columns}["method"].enum
    assert set(METHOD_PRECEDENCE) == set(methods)


def selected(*observations, **sources):
    frame = select_values(observations_frame(observations), sources)
    return frame.loc[frame["selected"], "quote"].tolist()


@pytest.mark.parametrize(
    "better, worse",
    [
        ({"corrected": True}, {"source_kind": "official_report", "confidence": 1.0}),
        ({"qualifier": "at_least", "source_kind": "news"}, {"method": "ocr", "source_kind": "official_report"}),
        ({"qualifier": "exact"}, {"qualifier": "at_least", "source_kind": "official_report"}),
        ({"source_kind": "official_report"}, {"source_kind": "portal", "method": "table"}),
        ({"source_kind": "portal"}, {"source_kind": "table", "method": "table"}),
        ({"source_kind": "table"}, {"source_kind": "news", "method": "table"}),
        ({"method": "table"}, {"method": "text", "out_of": 9.0}),
        ({"method": "text"}, {"method": "ocr", "out_of": 9.0}),
        ({"out_of": 9.0}, {"confidence": 1.0}),
        ({"confidence": 0.95}, {}),
        ({"start": 3}, {"start": 30}),
        ({"document_id": "a"}, {"document_id": "b"}),
    ],
)
def test_precedence_between_two_statements_of_one_thing(better, worse):
    one = observation("dossiers.received", 7, "tốt hơn", **({"document_id": "z", "start": 50} | better))
    two = observation("dossiers.received", 8, "kém hơn", **({"document_id": "z", "start": 60} | worse))
    assert selected(one, two) == selected(two, one) == ["tốt hơn"]


@pytest.mark.parametrize(
    "difference",
    [
        {"tier": "commune"},
        {"breakdown": "đất đai"},
        {"organization": "Sở Nội vụ"},
        {"nature": "target"},
        {"change": "increase"},
        {"period_start": None, "period_end": None},
        {"area_id": "vn63:c:00002"},
        {"kind": "percent"},
    ],
)
def test_different_things_are_all_selected(difference):
    one = observation("dossiers.received", 7, "một", 1)
    assert len(selected(one, observation("dossiers.received", 7, "hai", 9, **difference))) == 2


def test_of_two_shares_the_one_that_the_numbers_make_is_shown():
    parts = [observation("dossiers.received", 5218, start=1), observation("dossiers.online", 3866, start=20)]
    made = observation("dossiers.online_share", 74.1, "74,1%", 40, confidence=0.75)
    other = observation("dossiers.online_share", 73.9, "73,9%", 300, confidence=0.95)
    assert {"74,1%"} == set(selected(*parts, made, other)) & {"74,1%", "73,9%"}
    assert selected(made, other) == ["73,9%"], "without the numbers, the surer reading"
    elsewhere = [observation("dossiers.received", 5218, start=1, document_id="khac"), parts[1]]
    assert "73,9%" in selected(*elsewhere, made, other), "the numbers of another report prove nothing"


def test_other_figures_and_undated_ones_of_two_documents_are_all_selected():
    assert len(selected(observation("other", 7, "a", 1), observation("other", 7, "b", 9))) == 2
    undated = {"period_start": None, "period_end": None}
    one = observation("procedures.total", 7, "a", 1, document_id="x", **undated)
    assert len(selected(one, observation("procedures.total", 7, "b", 1, document_id="y", **undated))) == 2
    assert len(selected(one, observation("procedures.total", 7, "b", 9, document_id="x", **undated))) == 1


def test_select_values_of_an_empty_frame():
    assert select_values(table_schema("observations").frame([])).empty


def links(*observations, **sources):
    frame = select_values(observations_frame(observations), sources)
    return {row.quote: (row.selected, row.selected_id) for row in frame.itertuples()}


def test_each_statement_leads_to_the_one_shown_and_back():
    one = observation("dossiers.received", 57689, "57.689", 1)
    two = observation("dossiers.received", 57000, "57.000", 50, qualifier="at_least")
    alone = observation("dossiers.resolved", 9, "9", 90)
    found = links(one, two, alone)
    assert found["57.689"] == (True, one.observation_id)
    assert found["57.000"] == (False, one.observation_id)
    assert found["9"] == (True, alone.observation_id)


@pytest.mark.parametrize(("rounded", "value"), [("57.000", 57000), ("57,7 nghìn", 57700), ("57.700", 57700)])
def test_exact_before_rounded_whatever_the_source(rounded, value):
    exact = observation("dossiers.received", 57689, "57.689", 50)
    other = observation("dossiers.received", value, rounded, 1, source_kind="official_report", document_id="z")
    assert selected(exact, other) == selected(other, exact) == ["57.689"]


def test_more_decimals_before_fewer_where_both_say_the_same():
    fine = observation("dossiers.online_share", 98.24, "98,24%", 50)
    coarse = observation("dossiers.online_share", 98.2, "98,2%", 1, source_kind="official_report", document_id="z")
    assert selected(fine, coarse) == ["98,24%"]


def test_a_round_number_that_says_something_else_is_judged_by_its_source():
    news = observation("dossiers.received", 6123, "6.123", 50)
    official = observation("dossiers.received", 4500, "4.500", 1, source_kind="official_report", document_id="z")
    assert selected(news, official) == ["4.500"]


def test_what_was_recognised_in_a_scan_never_wins_over_text():
    scan = {"method": "ocr", "source_kind": "official_report", "document_id": "a"}
    text = observation("dossiers.received", 7000, "hơn 7.000", 1, qualifier="at_least", document_id="b")
    assert selected(observation("dossiers.received", 7123, "7.123", 1, **scan), text) == ["hơn 7.000"]


def test_the_edition_in_force_wins():
    old = observation("dossiers.received", 7, "cũ", 1, document_id="a", source_kind="official_report", method="table")
    new = observation("dossiers.received", 8, "mới", 1, document_id="b", source_kind="official_report")
    assert selected(old, new) == ["cũ"]
    assert selected(old, new, a=Source("Báo cáo"), b=Source("Báo cáo thay thế", replaces="a")) == ["mới"]


def test_of_official_reports_the_later_wins_and_news_don_t_by_their_day():
    days = {"a": Source("Một", date(2022, 4, 1)), "b": Source("Hai", date(2022, 5, 1))}
    for kind, shown in (("official_report", "b"), ("news", "a")):
        made = [observation("dossiers.received", 7, ident, 1, document_id=ident, source_kind=kind) for ident in "ab"]
        assert selected(*made, **days) == [shown]


def test_a_document_received_twice_counts_once():
    copy = {"b": Source("Bản sao", duplicate_of="a")}
    undated = {"period_start": None, "period_end": None}
    made = [
        observation(code, 7, f"{ident}-{code}", place, document_id=ident, **more)
        for ident in "ab"
        for place, (code, more) in enumerate({"dossiers.received": {}, "procedures.total": undated}.items())
    ]
    other = [observation("other", 5, "5", place, document_id=ident) for ident in "ab" for place in (200, 300)]
    assert selected(*made, *other, **copy) == ["a-dossiers.received", "a-procedures.total", "5", "5"]
    frame = select_values(observations_frame([*made, *other]), copy)
    copied, original = (frame[frame["document_id"] == ident] for ident in "ba")
    assert set(copied["selected_id"]) <= set(original["observation_id"])


def test_other_figures_of_unlike_documents_stay():
    other = [observation("other", 5, "5", 1, document_id=ident) for ident in "ab"]
    assert selected(*other) == ["5", "5"]
