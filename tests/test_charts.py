"""Charts: a finding with a number, the data beside it, labels that don't meet, the same bytes each time."""

from itertools import combinations

import numpy as np
import pytest
from made_tables import made_tables
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.charts import (
    PALETTE,
    Chart,
    chart_channels,
    chart_heat,
    chart_progress,
    chart_rankings,
    chart_ranks,
    chart_scores,
    chart_shares,
    chart_states,
)
from analysis.charts.frame import ON_COLOUR
from analysis.comparison import select_comparison
from analysis.errors import AnalysisError
from analysis.report import Tables, select_area

CITY = "Thành phố Trung tâm Sơn Hà Thượng Nguyên"
OF_AREA = {f.__name__: f for f in (chart_states, chart_channels, chart_shares, chart_scores, chart_ranks)}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_tables()


@pytest.fixture(scope="module")
def charts(tables) -> dict[str, Chart]:
    """Every chart of the made-up areas: four periods and one, both languages, short names and long."""
    drawn = {}
    for lang in ("vi", "en"):
        for area, start in ((CITY, ""), (CITY, "2022-01-01"), ("Huyện Hạ Nguyên", ""), ("Phường Hoa Sen", "")):
            report = select_area(tables, area, start, lang=lang)
            for name, draw in OF_AREA.items():
                drawn |= {f"{lang} {area} {start} {name} {at}": chart for at, chart in enumerate(draw(report))}
        comparison = select_comparison(tables, lang)
        for draw in (chart_rankings, chart_heat):
            drawn |= {f"{lang} {draw.__name__} {at}": chart for at, chart in enumerate(draw(comparison))}
        rows = select_area(tables, CITY, lang=lang).series("dossiers.received")
        drawn |= {f"{lang} progress": chart for chart in chart_progress(rows, lang)}
    return drawn


def test_each_kind_of_chart_is_drawn(charts):
    named = " ".join(charts)
    for name in (*OF_AREA, "chart_rankings", "chart_heat", "progress"):
        assert name in named


def test_every_chart_says_its_message_with_numbers(charts, tables):
    known = set(tables.observations["observation_id"])
    for name, chart in charts.items():
        assert chart.alt.startswith(chart.title.rstrip(".")), name
        assert any(letter.isdigit() for letter in chart.title), name
        assert len(chart.data) >= 2, f"{name} is a chart of one number"
        assert set(chart.data["observation_id"]) <= known, name
        assert chart.data["text"].iloc[0] in chart.alt, name


def test_labels_do_not_meet(charts):
    for name, chart in charts.items():
        figure = chart.figure
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        for axis in figure.axes:
            ticks = [tick.label1 for side in (axis.xaxis, axis.yaxis) for tick in side._update_ticks()]
            texts = [*axis.texts, axis.title, axis._left_title, *ticks]
            shown = [t for t in texts if t.get_text() and t.get_visible()]
            boxes = [
                (t.get_text(), t.get_window_extent(renderer)) for t in shown if t.get_window_extent(renderer).width
            ]
            for (one, box), (other, next_box) in combinations(boxes, 2):
                assert not box.overlaps(next_box), f"{name}: {one!r} meets {other!r}"
            for text, box in boxes:
                inside = box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1
                inside = inside and box.y0 >= 1 and box.y1 <= figure.bbox.y1 + 1
                assert inside, f"{name}: {text!r} leaves the picture"


def test_every_letter_is_in_the_font(charts, recwarn):
    for chart in charts.values():
        chart.png()
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_the_same_data_gives_the_same_bytes_and_a_small_picture(tables):
    for name, draw in OF_AREA.items():
        first, second = (draw(select_area(tables, CITY))[0].png() for _ in range(2))
        assert first == second, name
        assert len(first) < 40_000, name


def test_the_picture_carries_its_alternative_text(charts):
    data, metadata = next(iter(charts.values())).bundle()
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_a_chart_without_a_telling_alternative_text_is_an_error(charts):
    chart = next(iter(charts.values()))
    mute = Chart(chart.figure, chart.title, chart.subtitle, "Biểu đồ", chart.data, chart.lang)
    with pytest.raises(AnalysisError):
        mute.bundle()


def test_parts_are_drawn_as_a_whole_only_where_they_add_up(tables):
    chart = chart_states(select_area(tables, CITY))[0]
    assert list(chart.data["value"][:4]) == [41200, 12710, 92, 1010]
    frame = tables.observations.copy()
    frame.loc[(frame["document_id"] == "son-2022") & (frame["indicator"] == "dossiers.early"), "value"] = 30000
    broken = chart_states(select_area(Tables(frame, tables.findings, tables.documents, tables.unresolved), CITY))[0]
    assert 55012 in set(broken.data["value"]), "plain bars, the total among them"


def test_a_period_whose_parts_do_not_add_up_is_left_out(tables):
    frame = tables.observations.copy()
    frame.loc[(frame["document_id"] == "son-2020") & (frame["indicator"] == "dossiers.early"), "value"] = 10
    chart = chart_states(select_area(Tables(frame, tables.findings, tables.documents, tables.unresolved), CITY))[0]
    assert list(dict.fromkeys(chart.data["period"])) == ["năm 2022", "năm 2021", "năm 2019"]


def test_one_number_is_no_chart(tables):
    mai = select_area(tables, "Xã Hoa Mai")
    assert all(draw(mai) == [] for draw in OF_AREA.values())


def test_channels_need_a_channel(tables):
    assert chart_channels(select_area(tables, "Huyện Hạ Nguyên")) == []
    assert len(chart_channels(select_area(tables, "Phường Hoa Sen"))) == 1


def test_ranks_climb_upwards(tables):
    chart = chart_ranks(select_area(tables, CITY))[0]
    low, high = chart.figure.axes[0].get_ylim()
    assert low > high, "the first stands at the top"
    assert chart.title == "PAR INDEX từ thứ 4/13 lên thứ 1/13"


def test_a_gap_is_hatched_and_never_zero(tables):
    wards = [chart for chart in chart_heat(select_comparison(tables)) if "cấp xã" in chart.subtitle][0]
    assert len([patch for patch in wards.figure.axes[0].patches if patch.get_hatch()]) == 1
    assert 0 not in set(wards.data["value"])
    ranking = [chart for chart in chart_rankings(select_comparison(tables)) if "55,5%" in chart.title][0]
    assert "chưa có số liệu" in [text.get_text() for text in ranking.figure.axes[0].texts]


def test_bars_begin_at_zero(charts):
    for name, chart in charts.items():
        for axis in chart.figure.axes:
            if axis.containers:
                assert axis.get_xlim()[0] == 0, name


def _luminance(colour: str) -> float:
    named = {"white": "#ffffff", "black": "#000000"}.get(colour, colour)
    parts = np.array([int(named[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_stand_out_and_carry_their_ink():
    for colour, ink in zip(PALETTE, ON_COLOUR, strict=True):
        assert _contrast(colour, "white") >= 3
        assert _contrast(colour, ink) >= 4.5


def test_a_ranking_says_among_how_many_and_of_how_many_provinces(tables):
    titles = [chart.title for chart in chart_rankings(select_comparison(tables))]
    online = "Phường Hoa Cúc có tỷ lệ hồ sơ trực tuyến cao nhất trong 2 đơn vị có số liệu: 55,5%"
    assert online in titles
    frame = tables.observations
    elsewhere = frame.assign(province=frame["province"].mask(frame["area"] == "Phường Hoa Sen", "Đông Giang"))
    moved = select_comparison(Tables(elsewhere, tables.findings, tables.documents, tables.unresolved))
    said = [(chart.title, chart.subtitle) for chart in chart_rankings(moved)]
    assert [scope for title, scope in said if "2 đơn vị có số liệu (thuộc 2 tỉnh, thành phố): 55,5%" in title]
    assert any("cấp xã, Sơn Hà, Đông Giang" in scope for _, scope in said)


def test_a_contested_value_is_marked(tables):
    drawn = chart_ranks(select_area(tables, CITY, "2022-01-01"))[0]
    ident = drawn.data["observation_id"].iloc[0]
    named = tables.findings.iloc[:1].assign(observation_ids=ident, level="error")
    doubted = Tables(tables.observations, named, tables.documents, tables.unresolved)
    marked = chart_ranks(select_area(doubted, CITY, "2022-01-01"))[0]
    assert any("*" in text.get_text() for text in marked.figure.axes[0].texts)
    assert "(*) cần đối chiếu" in marked.subtitle and marked.data["text"].iloc[-1].endswith(" (cần đối chiếu)")
    assert marked.title != drawn.title, "no title rests on a value in doubt"
