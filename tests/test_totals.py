"""Values of several areas as one: by the catalogue, and nothing twice."""

from dataclasses import replace

import pytest
from rows import observation

from analysis.areas import find_area_by_name
from analysis.totals import outermost, put_together, total_of_area

PROVINCE = find_area_by_name("Tỉnh Hà Nam")[0]
DISTRICTS = [find_area_by_name(name)[0] for name in ("Huyện Bình Lục", "Huyện Thanh Liêm", "Huyện Kim Bảng")]
COMMUNE = next(a for a in find_area_by_name("Xã Đồn Xá") if a.parent_id == DISTRICTS[0].area_id)


def stated(area, value, indicator="dossiers.received"):
    row = observation(indicator, value, start=int(value), area=area.name, area_id=area.area_id)
    return replace(row, area_level=area.level)


def values(rows):
    return [row.value for row in rows]


def test_a_district_s_total_is_never_added_to_its_communes():
    rows = [stated(DISTRICTS[0], 300), stated(COMMUNE, 40), stated(DISTRICTS[1], 200)]
    assert values(outermost(rows)) == [300, 200]
    assert total_of_area(rows, PROVINCE.area_id).value == 500
    assert put_together(rows) is None, "the commune would count twice"


def test_a_commune_counts_where_its_district_says_nothing():
    assert total_of_area([stated(COMMUNE, 40), stated(DISTRICTS[1], 200)], PROVINCE.area_id).value == 240


def test_the_province_s_own_value_goes_first():
    total = total_of_area([stated(PROVINCE, 900), stated(DISTRICTS[0], 300)], PROVINCE.area_id)
    assert total.value == 900 and len(total.observation_ids) == 1


def test_other_places_and_unknown_ones_stay_out():
    elsewhere = find_area_by_name("Thành phố Phủ Lý")[0]
    unknown = replace(stated(DISTRICTS[0], 50), area_id="", area="Huyện Không Rõ")
    assert values(outermost([stated(elsewhere, 70), unknown], within="vn63:p:01")) == []
    assert total_of_area([unknown], PROVINCE.area_id) is None


@pytest.mark.parametrize("indicator", ["index.par.score", "index.par.rank", "satisfaction.share"])
def test_what_the_catalogue_doesn_t_put_together_has_no_total(indicator):
    assert put_together([stated(DISTRICTS[0], 90, indicator), stated(DISTRICTS[1], 80, indicator)]) is None


def test_shares_are_weighed_by_what_they_are_shares_of():
    rows = [stated(DISTRICTS[0], 90, "dossiers.timely_share"), stated(DISTRICTS[1], 60, "dossiers.timely_share")]
    weights = {DISTRICTS[0].area_id: 100, DISTRICTS[1].area_id: 200}
    assert put_together(rows, weights).value == pytest.approx(70)
    assert put_together(rows) is None and put_together(rows, {DISTRICTS[0].area_id: 100}) is None
    assert put_together(rows, dict.fromkeys(weights, 0)) is None
