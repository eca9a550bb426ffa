from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import observation

from analysis.areas import find_area_by_name
from analysis.catalogue import load_indicators
from analysis.checks import CHECKS, check_report, flag_observations, run_checks
from analysis.dataset import observations_frame
from analysis.findings import Source, load_rules
from analysis.numerals import format_number
from analysis.relations import Statement, find_violations, printed_unit
from analysis.schema import table_schema

DISTRICTS = ("Huyện Bình Lục", "Huyện Thanh Liêm", "Huyện Kim Bảng")
SPECS = yaml.safe_load((Path(__file__).parent / "specs" / "checks.yaml").read_text(encoding="utf-8"))


def findings_of(*observations, **sources):
    return run_checks(observations_frame(observations), sources)


def stated(state):
    for place, (indicator, said) in enumerate(state.items()):
        if isinstance(said, dict):
            yield observation(indicator, **({"start": 100 * place} | said))
        elif isinstance(said, list):
            yield observation(indicator, said[1], said[0], start=100 * place)
        else:
            yield observation(indicator, said, format_number(said), start=100 * place)


def figures(listed):
    """Rows in full: `period` is a year or two days, `say` marks a sentence that several share."""
    for place, row in enumerate(listed):
        fields = {name: row[name] for name in row if name not in ("period", "say")}
        if period := row.get("period"):
            days = (date(period, 1, 1), date(period, 12, 31)) if isinstance(period, int) else period
            fields |= dict(zip(("period_start", "period_end"), days, strict=True))
        if "say" in row:
            fields["sentence"] = row["say"]
        yield observation(**({"start": 100 * place} | fields))


@pytest.mark.parametrize("spec", SPECS, ids=[spec["why"] for spec in SPECS])
def test_specs(spec):
    found = findings_of(*stated(spec.get("state", {})), *figures(spec.get("figures", [])))
    assert [finding.code for finding in found] == spec["expect"], [finding.message_vi for finding in found]
    for field, key in (("message_vi", "message"), ("message_en", "message_en"), ("level", "level")):
        if key in spec:
            assert getattr(found[0], field).startswith(spec[key])


def test_every_check_has_a_spec_or_a_test_that_provokes_it():
    provoked = {code for spec in SPECS for code in spec["expect"]}
    elsewhere = {"value_conflict_between_reports", "value_revised"}
    of_documents = {"document_duplicate", "document_replaced", "report_missing", "report_unexpected"}
    assert {check.code for check in CHECKS} - provoked == elsewhere | of_documents


def test_relations_name_indicators_of_the_catalogue():
    known = load_indicators()
    for relation in load_rules().relations:
        codes = {code for way in relation.any for code in way.left + way.right}
        assert codes <= known.keys()
        assert (relation.of in known) == (relation.check in ("share_mismatch", "rest_exceeded"))


def test_a_finding_names_what_it_rests_on():
    made = list(stated({"tasks.completed": 28, "tasks.assigned": 27}))
    (finding,) = findings_of(*made)
    assert set(finding.observation_ids) == {row.observation_id for row in made}
    assert (finding.document_id, finding.area, finding.area_id) == (
        made[0].document_id,
        made[0].area,
        made[0].area_id,
    )


def test_findings_keep_their_id_in_another_run_and_order():
    made = list(stated({"tasks.completed": 28, "tasks.assigned": 27, "tasks.overdue": 40}))
    assert findings_of(*made) == findings_of(*reversed(made))
    assert len({finding.finding_id for finding in findings_of(*made)}) == 2


@pytest.mark.parametrize(
    "difference",
    [
        {"area_id": "vn63:c:00002", "area": "Phường Khác"},
        {"organization": "Sở Nội vụ"},
        {"tier": "commune"},
        {"breakdown": "đất đai"},
        {"period_end": date(2022, 6, 30)},
        {"period_start": None, "period_end": None},
        {"nature": "target"},
        {"change": "increase"},
        {"qualifier": "at_least"},
        {"document_id": "bao-cao-khac"},
        {"value_high": 40.0},
    ],
)
def test_only_like_is_compared_with_like(difference):
    assert (
        findings_of(observation("tasks.completed", 28, start=1, **difference), observation("tasks.assigned", 27)) == []
    )


def test_a_day_s_stock_belongs_with_the_period_that_ends_on_it():
    end = date(2022, 9, 30)
    made = [
        observation("dossiers.received", 100, start=1),
        observation("dossiers.resolved", 80, start=20),
        observation("dossiers.pending", 15, start=40, period_start=end, period_end=end),
    ]
    assert [finding.code for finding in findings_of(*made)] == ["sum_mismatch"]


def test_one_mention_that_fits_is_enough():
    made = [
        observation("tasks.completed", 14, start=1),
        observation("tasks.assigned", 13, start=20),
        observation("tasks.assigned", 27, start=200, sentence="Câu khác."),
    ]
    assert "bound" not in [finding.code for finding in findings_of(*made)]


def conflict(*values, codes=("dossiers.received",), **fields):
    made = [
        observation(codes[0], value, quote, start=50 * n, sentence=f"Câu {n}: {quote}.", **fields)
        for n, (quote, value) in enumerate(values)
    ]
    return [finding.code for finding in findings_of(*made)]


@pytest.mark.parametrize(
    "values, found",
    [
        ([("4.545", 4545), ("4.554", 4554)], ["value_conflict_in_report"]),
        ([("4.545", 4545), ("4.545", 4545)], []),
        ([("57.000", 57000), ("57.689", 57689)], []),
        ([("57 nghìn", 57000), ("57.689", 57689)], []),
        ([("56 nghìn", 56000), ("57.689", 57689)], ["value_conflict_in_report"]),
        ([("5,65 ngàn", 5650), ("5.645", 5645)], []),
        ([("1.073", 1073), ("420", 420)], []),
        ([("47", 47), ("86", 86)], []),
        ([("1.073", 1073), ("920", 920), ("999", 999)], []),
    ],
)
def test_conflicts_in_one_report(values, found):
    assert conflict(*values) == found


@pytest.mark.parametrize(
    "values, found",
    [
        ([("98,2%", 98.2), ("98,24%", 98.24)], []),
        ([("98,2%", 98.2), ("98,3%", 98.3)], []),
        ([("98,2%", 98.2), ("98,4%", 98.4)], ["value_conflict_in_report"]),
        ([("98%", 98.0), ("98,9%", 98.9)], []),
    ],
)
def test_conflicting_shares(values, found):
    assert conflict(*values, codes=("dossiers.timely_share",)) == found


def test_what_may_be_several_things_is_no_conflict():
    assert conflict(("31", 31), ("30", 30), codes=("documents.plans",)) == []
    assert conflict(("31", 31), ("30", 30), qualifier="approximate") == []
    one = observation("dossiers.received", 31, start=1, sentence="Có 31 và 30.")
    assert findings_of(one, observation("dossiers.received", 30, start=9, sentence="Có 31 và 30.")) == []


def test_ranks_among_different_numbers_of_units_are_different_things():
    one = observation("index.par.rank", 2, "2/14", out_of=14, start=1, sentence="Xếp 2/14.")
    assert findings_of(one, observation("index.par.rank", 3, "3/63", out_of=63, start=9, sentence="Xếp 3/63.")) == []


def test_one_rank_of_the_same_number_said_in_two_ways_is_a_conflict():
    one = observation("index.par.rank", 2, "2/14", out_of=14, start=1, sentence="Xếp 2/14.")
    two = observation("index.par.rank", 3, "3/14", out_of=14, start=9, sentence="Xếp 3/14.")
    assert [finding.code for finding in findings_of(one, two)] == ["value_conflict_in_report"]


def test_a_part_of_the_other_value_is_no_conflict():
    one = observation("dossiers.overdue", 62, start=1, sentence="Quá hạn 62 hồ sơ.")
    two = observation("dossiers.overdue", 58, "58/62", out_of=62, start=9, sentence="Đất đai có 58/62 hồ sơ.")
    assert findings_of(one, two) == []


def levels(total, *parts, **fields):
    made = [observation("dossiers.online", total, format_number(total), 1, **fields)]
    for n, (tier, value) in enumerate(parts):
        made.append(observation("dossiers.online", value, format_number(value), 20 * n + 20, tier=tier, **fields))
    return findings_of(*made)


def test_levels_of_government_add_up_to_their_total():
    assert levels(30913, ("district", 6325), ("commune", 24588)) == []
    (finding,) = levels(30931, ("district", 6325), ("commune", 24588))
    assert (finding.code, finding.level) == ("sum_mismatch", "warning")
    assert finding.message_vi.startswith(
        "“Hồ sơ nộp trực tuyến” ghi 30.931, nhưng các phần 6.325 (cấp huyện) + 24.588 (cấp xã) cộng lại là 30.913 "
        "(lệch 18). Có thể hai chữ số bị đảo chỗ: nếu 30.931 là 30.913 thì các số khớp nhau. Nguồn:"
    )
    assert len(finding.observation_ids) == 3


def test_one_level_alone_or_one_said_twice_is_not_added_up():
    assert levels(30931, ("commune", 24588)) == []
    assert levels(30931, ("commune", 24588), ("commune", 24000), ("district", 6325)) == []


def lines(total, *parts, method="table"):
    made = [observation("dossiers.received", total, format_number(total), 1, method=method)]
    for n, (field, value) in enumerate(parts):
        made.append(
            observation("dossiers.received", value, format_number(value), 20 * n + 20, breakdown=field, method=method)
        )
    return [finding.code for finding in findings_of(*made)]


def test_lines_of_a_table_add_up_to_their_total():
    assert lines(30, ("đất đai", 10), ("hộ tịch", 20)) == []
    assert lines(31, ("đất đai", 10), ("hộ tịch", 20)) == ["sum_mismatch"]
    assert lines(31, ("đất đai", 10), ("hộ tịch", 20), method="text") == []


def test_a_conflict_says_which_period_and_values():
    made = [
        observation("dossiers.received", v, q, s, sentence=q) for q, v, s in (("4.545", 4545, 1), ("4.554", 4554, 9))
    ]
    (finding,) = findings_of(*made)
    assert finding.message_vi == (
        "“Hồ sơ tiếp nhận, phải giải quyết”, từ 01/01/2022 đến 30/09/2022, được ghi bằng các giá trị khác nhau "
        "trong cùng một báo cáo: 4.545; 4.554. 4.545 và 4.554 chỉ khác nhau ở hai chữ số liền nhau bị đảo chỗ. "
        "Nguồn: “thu-nghiem-2022”, câu “4.545”; “4.554”."
    )
    assert finding.level == "error"


def test_reports_that_disagree():
    one = observation("dossiers.received", 4545, "4.545", document_id="a")
    two = observation("dossiers.received", 4554, "4.554", document_id="b")
    (finding,) = findings_of(one, two)
    assert (finding.code, finding.level, finding.document_id) == ("value_conflict_between_reports", "warning", "")
    assert "giữa các báo cáo: 4.545 (“a”); 4.554 (“b”)." in finding.message_vi
    assert finding.observation_ids == (one.observation_id, two.observation_id)


def test_reports_that_agree_after_rounding():
    one = observation("dossiers.received", 57689, "57.689", document_id="a")
    assert findings_of(one, observation("dossiers.received", 57000, "57 nghìn", document_id="b")) == []
    assert findings_of(one, observation("dossiers.received", 57689, "57.689", document_id="b")) == []


def test_a_narrower_figure_says_so():
    made = [
        observation(
            "tasks.completed_share", 130, "130%", tier="commune", breakdown="đất đai", organization="Phòng Nội vụ"
        )
    ]
    assert findings_of(*made)[0].message_vi.startswith(
        "“Tỷ lệ hoàn thành nhiệm vụ” (cấp xã; Phòng Nội vụ; đất đai) ghi 130%"
    )


def test_flags_name_the_findings_of_a_row():
    made = list(stated({"tasks.completed": 28, "tasks.assigned": 27, "tasks.overdue": 30, "index.par.rank": 3}))
    frame = observations_frame(made)
    flagged = flag_observations(frame, run_checks(frame)).set_index("indicator")["flags"]
    assert flagged.to_dict() == {
        "tasks.completed": "bound",
        "tasks.assigned": "bound",
        "tasks.overdue": "bound",
        "index.par.rank": "",
    }


def test_an_empty_table_has_no_findings():
    assert run_checks(table_schema("observations").frame([])) == []


@settings(deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 3), st.booleans())
def test_a_share_rounded_or_cut_to_any_decimals_is_never_accused(part, extra, decimals, cut):
    exact = 100 * part / (part + extra)
    scale = 10**decimals
    share = (int(exact * scale) if cut else round(exact * scale)) / scale
    if share in (0, 100):
        return
    quote = format_number(share, decimals) + "%"
    made = [
        observation("tasks.completed", part, format_number(part), 1),
        observation("tasks.assigned", part + extra, format_number(part + extra), 30),
        observation("tasks.completed_share", share, quote, 60),
    ]
    assert findings_of(*made) == []


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_wrong_sum_is_always_found(one, two, error):
    state = {"dossiers.pending_in_time": one, "dossiers.pending_overdue": two, "dossiers.pending": one + two + error}
    (finding,) = findings_of(*stated(state))
    assert finding.code in ("sum_mismatch", "doubtful_reading")


@given(st.integers(1, 999_999), st.integers(0, 4))
def test_printed_unit_is_the_last_digit_s(digits, decimals):
    value = digits / 10**decimals
    assert printed_unit(format_number(value, decimals), value) == pytest.approx(10.0**-decimals)


def test_a_message_names_documents_by_title_and_day_and_quotes_their_sentences():
    one = observation(
        "dossiers.received", 4545, "4.545", document_id="a", sentence="Nhận " + "rất " * 40 + "4.545 hồ sơ."
    )
    two = observation("dossiers.received", 4560, "4.560", document_id="b", sentence="Nhận 4.560 hồ sơ.")
    sources = {"a": Source("Báo cáo CCHC", date(2022, 10, 1)), "b": Source("Phường Thử Nghiệm: tin vắn")}
    (finding,) = findings_of(one, two, **sources)
    assert "4.545 (“Báo cáo CCHC” (01/10/2022)); 4.560 (“Phường Thử Nghiệm: tin vắn”)" in finding.message_vi
    assert "câu “…rất" in finding.message_vi and "4.545 hồ sơ”; “Phường" in finding.message_vi
    assert "“Báo cáo CCHC” (2022-10-01)" in finding.message_en and " a " not in finding.message_vi


def test_a_value_that_a_later_edition_changed_is_no_conflict():
    one = observation("dossiers.received", 4545, "4.545", document_id="a")
    two = observation("dossiers.received", 4560, "4.560", document_id="b")
    (finding,) = findings_of(one, two, a=Source("Báo cáo"), b=Source("Báo cáo (thay thế)", replaces="a"))
    assert (finding.code, finding.level) == ("value_revised", "info")
    third = observation("dossiers.received", 4570, "4.570", document_id="c")
    codes = [f.code for f in findings_of(one, two, third, a=Source("Báo cáo"), b=Source("Bản sau", replaces="a"))]
    assert sorted(codes) == ["value_conflict_between_reports", "value_revised"]


def test_a_document_that_repeats_another_is_not_checked_again():
    made = list(stated({"tasks.completed": 28, "tasks.assigned": 27}))
    again = [replace(row, document_id="b", observation_id=f"{at:012x}") for at, row in enumerate(made)]
    assert len(findings_of(*made, *again)) == 2
    assert len(findings_of(*made, *again, b=Source("Bản chép", duplicate_of="thu-nghiem-2022"))) == 1


def change_between_reports(before, sentence="Nhận 45.937 hồ sơ, tăng 4.729 hồ sơ so với năm 2021."):
    year = {"period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31), "sentence": sentence}
    past = {"period_start": date(2021, 1, 1), "period_end": date(2021, 12, 31), "document_id": "truoc"}
    now = observation("dossiers.received", 45937, "45.937", 10, **year)
    change = observation("dossiers.received", 4729, "4.729", 30, change="increase", **year)
    return findings_of(now, change, observation("dossiers.received", before, format_number(before), **past))


def test_a_rise_against_the_report_of_the_year_before():
    assert change_between_reports(41208) == []
    (finding,) = change_between_reports(42108)
    assert (finding.code, finding.level, finding.document_id) == ("change_mismatch", "info", "")
    assert change_between_reports(42108, "Nhận 45.937 hồ sơ, tăng 4.729 hồ sơ so với tháng trước.") == []


def area_lines(*districts, total=1000, **fields):
    province = {"area": "Tỉnh Hà Nam", "area_id": "vn63:p:35", "area_level": "province"}
    made = [observation("dossiers.received", total, format_number(total), 1, method="table", **province)]
    for n, (area_id, value) in enumerate(districts):
        place = {"area": area_id, "area_id": area_id, "area_level": "district", "sentence": f"{area_id} | {value}"}
        made.append(observation("dossiers.received", value, "", 50 * n + 50, method="table", **(place | fields)))
    return [finding.code for finding in findings_of(*made)]


def test_lines_of_areas_make_the_total_of_their_province():
    names = [find_area_by_name(name)[0].area_id for name in DISTRICTS]
    assert area_lines(*zip(names, (300, 300, 400), strict=True)) == []
    assert area_lines(*zip(names, (300, 300, 410), strict=True)) == ["sum_mismatch"], "more than the whole"
    assert area_lines(*zip(names, (300, 300, 250), strict=True)) == [], "lines of districts may be missing"
    assert area_lines(*zip(names, (30, 30, 41), strict=True)) == [], "rather another total"


def numbers_for(relation, way, broken):
    """Statements that make a relation true, or break it, whatever it is about."""
    right = {code: 1000 + 112 * n for n, code in enumerate(way.right)}
    whole = sum(right.values())
    parts = [code for code in way.left if code not in right]
    total = whole if relation.check == "sum_mismatch" else whole * 0.4
    if broken and relation.check == "sum_mismatch":
        total *= 1 - (relation.short_by or 0.2) / 2 if relation.short_by is None else 1 + relation.short_by / 2
    elif broken and relation.check == "bound":
        total = whole * 1.1
    left = {code: round(total / len(parts), 1 if relation.of else 0) for code in parts}
    values = right | left
    if relation.of:
        made = 100 * sum(values[code] for code in way.left) / whole
        values[relation.of] = round(100 - made if relation.check == "rest_exceeded" else made, 2) + (3 if broken else 0)
    return {code: [Statement(code, code, value, format_number(value, 2))] for code, value in values.items()}


@pytest.mark.parametrize(
    "relation", load_rules().relations, ids=lambda each: f"{each.check} {each.of or each.any[0].left[0]}"
)
def test_every_relation_can_hold_and_be_broken(relation):
    rules = load_rules()
    for way in relation.any:
        if way.lenient:
            continue
        for broken in (False, True):
            stated = numbers_for(relation, way, broken)
            found = list(find_violations([relation], stated, rules.share_tolerance, rules.most_values))
            assert bool(found) == broken, (way, stated)


@pytest.mark.parametrize("spec", SPECS, ids=[spec["why"] for spec in SPECS])
def test_a_report_is_checked_as_it_was_extracted_too(spec):
    made = [*stated(spec.get("state", {})), *figures(spec.get("figures", []))]
    if len({row.document_id for row in made}) == 1:
        inside = [f for f in findings_of(*made) if f.code != "cumulative_fall"]
        assert {f.finding_id for f in check_report(made, {})} == {f.finding_id for f in inside}
