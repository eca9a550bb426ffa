"""Periods and dates: every vocabulary entry's example, the specs, and what is no period."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from analysis.catalogue import read_vocabulary
from analysis.model import Period
from analysis.periods import find_dates, find_periods, report_period

SPECS = yaml.safe_load(Path(__file__).with_name("specs").joinpath("periods.yaml").read_text(encoding="utf-8"))
VOCABULARY = read_vocabulary("periods.yaml")


def said(mention):
    ends = [str(mention.period.start), str(mention.period.end)] if mention.period else None
    return [mention.quote, mention.grain, ends]


@pytest.mark.parametrize("entry", VOCABULARY["patterns"], ids=lambda entry: entry["example"])
def test_every_pattern_is_attested(entry):
    text = entry.get("context", "") + entry["example"] + entry.get("after", "")
    found = find_periods(text, today=entry.get("today", VOCABULARY["today"]))
    assert (entry["example"], entry["period"] and Period(*entry["period"])) in [(m.quote, m.period) for m in found]


@pytest.mark.parametrize("spec", SPECS["periods"], ids=lambda spec: spec["why"])
def test_periods(spec):
    base = Period(*spec["base"]) if "base" in spec else None
    found = find_periods(spec["text"], today=spec.get("today"), base=base)
    assert [said(m) for m in found] == [
        [quote, grain, ends and [str(end) for end in ends]] for quote, grain, ends in spec["expect"]
    ]
    assert all(spec["text"][m.start : m.end] == m.quote for m in found)


@pytest.mark.parametrize("spec", SPECS["roles"], ids=lambda spec: spec["why"])
def test_roles(spec):
    found = find_periods(spec["text"], today=spec.get("today"))
    assert [[m.quote, m.role_hint] for m in found] == spec["expect"]


@pytest.mark.parametrize("spec", SPECS["dates"], ids=lambda spec: spec["why"])
def test_dates(spec):
    found = find_dates(spec["text"], today=spec.get("today"))
    assert [[m.quote, m.date] for m in found] == spec["expect"]
    assert all(spec["text"][m.start : m.end] == m.quote for m in found)


@pytest.mark.parametrize("spec", SPECS["reports"], ids=lambda spec: spec["why"])
def test_report_period(spec):
    period = report_period(spec["title"], spec.get("lead", ""), spec.get("published"))
    assert period == (spec["expect"] and Period(*spec["expect"]))


def test_instant_of_a_flow_up_to_a_date():
    (mention,) = find_periods("tính đến hết ngày 15/9/2022")
    assert (mention.instant, mention.period) == (date(2022, 9, 15), Period(date(2022, 1, 1), date(2022, 9, 15)))


def test_the_same_period_of_a_leap_year_ends_with_the_month():
    mentions = find_periods("so với cùng kỳ", base=Period(date(2024, 1, 1), date(2024, 2, 29)))
    assert mentions[-1].period == Period(date(2023, 1, 1), date(2023, 2, 28))
