"""What pages say: texts in Vietnamese or English, names of periods, values with their units."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import yaml

from analysis.catalogue import load_indicators, load_units, read_vocabulary
from analysis.errors import UsageError, VocabularyError
from analysis.numerals import format_number, format_percent

Lang = Literal["vi", "en"]
Row = Mapping[str, Any]
"""An observation as the table holds it, by column."""
_ROMAN = ("", "I", "II", "III", "IV")
_ENGLISH_MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SLOT = re.compile(r"\{(\w+)\}")


class PeriodKey(NamedTuple):
    """What makes two periods alike: only those of one `kind` are compared, in the order of year and number."""

    kind: str
    year: int
    number: int


@cache
def _texts() -> Mapping[str, Any]:
    path = files("analysis") / "templates" / "sentences.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_SAFE_LOADER)


@cache
def sections() -> Mapping[str, Any]:
    """Which indicators each section of a report shows, and their short names."""
    return read_vocabulary("sections.yaml")


def template(key: str, lang: Lang) -> str:
    """A text with its `{slots}`, by a key such as `headings.states`."""
    node: Any = _texts()
    for part in key.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or lang not in node:
        raise VocabularyError(f"Thiếu câu mẫu {key} ({lang}) trong sentences.yaml.")
    return node[lang]


def say(key: str, lang: Lang, **slots: object) -> str:
    """A text with its slots filled.

    >>> say("headings.states", "vi"), say("changes.none", "en")
    ('Hồ sơ theo tình trạng giải quyết', 'There are no two periods of the same kind to compare.')
    """
    return template(key, lang).format(**slots)


def say_code(section: str, code: str, lang: Lang) -> str:
    """The name of a code of the table (a kind of source, a reason); the code itself where it has none.

    >>> say_code("reasons", "legal_reference", "vi"), say_code("reasons", "quite_new", "vi")
    ('số hiệu văn bản', 'quite_new')
    """
    return _texts()[section].get(code, {}).get(lang, code)


def check_language(lang: str) -> Lang:
    """`vi` or `en`; anything else is a UsageError."""
    if lang in ("vi", "en"):
        return lang  # type: ignore[return-value]
    raise UsageError(say("errors.bad_lang", "vi", value=lang), say("errors.bad_lang_remedy", "vi"))


def label(indicator: str, lang: Lang, *, short: bool = False) -> str:
    """What an indicator is called; `short` for bars and cards.

    >>> label("dossiers.overdue", "vi"), label("dossiers.overdue", "vi", short=True)
    ('Hồ sơ giải quyết quá hạn', 'Quá hạn')
    """
    brief = sections()["short"].get(indicator)
    if short and brief:
        return brief[lang]
    known = load_indicators().get(indicator)
    return known.label(lang) if known else indicator


def row_label(row: Row, lang: Lang, *, short: bool = False) -> str:
    """What a level is called: a total to be handled isn't called by the name of what came in.

    >>> row_label({"indicator": "dossiers.received", "basis": "total"}, "vi", short=True)
    'Phải giải quyết'
    """
    if row.get("basis"):
        return sections()["totals"][row["indicator"]]["short" if short else "label"][lang]
    return label(row["indicator"], lang, short=short)


def spoken_row_label(row: Row, lang: Lang) -> str:
    """The same inside a sentence."""
    if row.get("basis"):
        return in_sentence(row_label(row, lang)) if lang == "vi" else sections()["totals"][row["indicator"]]["spoken"]
    return spoken_label(row["indicator"], lang)


def spoken_area(area: str, lang: Lang) -> str:
    """An area's name as it stands inside a sentence.

    >>> spoken_area("Thị xã Duy Tiên", "vi"), spoken_area("Thị xã Duy Tiên", "en")
    ('thị xã Duy Tiên', 'Thị xã Duy Tiên')
    """
    return in_sentence(area) if lang == "vi" else area


def value_with_caveat(row: Row, lang: Lang, *, unit: bool = True) -> str:
    """The value as one would say it, and what is to be said beside it where a check contests it.

    >>> value_with_caveat({"kind": "rank", "value": 14.0, "out_of": 13.0, "caveat": "to_compare"}, "vi")
    'thứ 14/13 (cần đối chiếu)'
    """
    value, caveat = format_value(row, lang, unit=unit), caveat_of(row, lang)
    return say("values.with_caveat", lang, value=value, caveat=caveat) if caveat else value


def caveat_of(row: Row, lang: Lang) -> str:
    """What is to be said beside a contested value; empty for any other."""
    return say(f"caveats.{row['caveat']}", lang) if row.get("caveat") else ""


def spoken_label(indicator: str, lang: Lang) -> str:
    """What an indicator is called inside a sentence.

    >>> spoken_label("dossiers.overdue", "en"), spoken_label("procedures.fields", "vi")
    ('the number of dossiers resolved late', 'số lĩnh vực TTHC')
    """
    spoken = sections()["spoken"].get(indicator)
    return spoken[lang] if spoken else in_sentence(label(indicator, lang))


def say_count(key: str, lang: Lang, value: float) -> str:
    """A number of something, in the singular where it is one.

    >>> say_count("values.places", "en", 1), say_count("values.places", "en", 3)
    ('1 place', '3 places')
    """
    return say(f"{key}_one" if value == 1 else key, lang, value=format_number(value, lang=lang))


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: its first letter small, abbreviations left alone.

    >>> in_sentence("Hồ sơ giải quyết quá hạn"), in_sentence("PAR INDEX"), in_sentence("TTHC liên thông")
    ('hồ sơ giải quyết quá hạn', 'PAR INDEX', 'TTHC liên thông')
    """
    first = name.split(" ", 1)[0]
    return name if first[1:] != first[1:].lower() else name[:1].lower() + name[1:]


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


# --- dates and periods -------------------------------------------------------------------------------------------


def format_date(day: date, lang: Lang) -> str:
    """A date for readers.

    >>> format_date(date(2022, 9, 15), "vi"), format_date(date(2022, 9, 15), "en")
    ('15/9/2022', '15 September 2022')
    """
    if lang == "en":
        return f"{day.day} {_ENGLISH_MONTHS[day.month]} {day.year}"
    return f"{day.day}/{day.month}/{day.year}"


def period_key(start: date | None, end: date | None) -> PeriodKey | None:
    """The kind of a period and its place among those alike; None where it isn't known.

    The reform reports' own cut-offs (15 December to 14 June and so on) count as the periods that they stand for.

    >>> period_key(date(2021, 12, 15), date(2022, 6, 14)), period_key(date(2022, 7, 1), date(2022, 9, 30))
    (PeriodKey(kind='first_half', year=2022, number=1), PeriodKey(kind='quarter', year=2022, number=3))
    """
    if start is None or end is None:
        return None
    if start == end:
        return PeriodKey("instant", end.year, end.timetuple().tm_yday)
    first, last = _calendar_month(start), _calendar_month(end + timedelta(days=1))
    if first is None or last is None or start.day != (end + timedelta(days=1)).day:
        whole = start.month == 1 and start.day == 1 and start.year == end.year
        name = f"to_date:{end:%m-%d}" if whole else f"span:{start:%m-%d}:{(end - start).days}"
        return PeriodKey(name, end.year, 0)
    months = last - first
    year, month = divmod(first, 12)
    if months == 12 and month == 0:
        return PeriodKey("year", year, 0)
    if months == 6 and month in (0, 6):
        return PeriodKey("first_half" if month == 0 else "second_half", year, 1 + month // 6)
    if months == 3 and month % 3 == 0:
        return PeriodKey("quarter", year, 1 + month // 3)
    if months == 1:
        return PeriodKey("month", year, 1 + month)
    if month == 0 and months < 12:
        return PeriodKey("nine_months" if months == 9 else f"months:{months}", year, months)
    if month == 0 and months % 12 == 0:
        return PeriodKey(f"years:{months // 12}", end.year, 0)
    return PeriodKey(f"span:{start:%m-%d}:{months}", end.year, 0)


def _calendar_month(day: date) -> int | None:
    """Months since year 0 of a day that begins one: the first, or the fifteenth of the month before."""
    if day.day == 1:
        return day.year * 12 + day.month - 1
    return day.year * 12 + day.month if day.day == 15 and day.month in (12, 3, 6, 9) else None


def describe_period(start: date | None, end: date | None, lang: Lang) -> str:
    """A period as a report would name it.

    >>> describe_period(date(2022, 1, 1), date(2022, 6, 30), "vi"), describe_period(None, None, "vi")
    ('6 tháng đầu năm 2022', 'không rõ kỳ')
    >>> describe_period(date(2022, 1, 1), date(2022, 9, 15), "vi")
    'từ đầu năm đến 15/9/2022'
    """
    key = period_key(start, end)
    if key is None or start is None or end is None:
        return say("periods.unknown", lang)
    kind, _, span = key.kind.partition(":")
    number = int(span) if kind == "months" else key.number
    return say(
        f"periods.{kind}", lang, year=key.year, number=number, roman=_ROMAN[number] if number < 5 else "",
        month=_ENGLISH_MONTHS[number] if number <= 12 else "", first=start.year,
        start=format_date(start, lang), end=format_date(end, lang),
    )  # fmt: skip


# --- values ------------------------------------------------------------------------------------------------------


def format_value(row: Row, lang: Lang, *, unit: bool = True) -> str:
    """The value of an observation with its qualifier, denominator and unit, as one would say it.

    >>> row = {"kind": "count", "value": 4000.0, "qualifier": "at_least", "unit": "dossier", "indicator": "other"}
    >>> format_value(row, "vi"), format_value(row, "en")
    ('trên 4.000 hồ sơ', 'more than 4,000 dossiers')
    >>> format_value({"kind": "rank", "value": 8.0, "out_of": 14.0}, "vi")
    'thứ 8/14'
    """
    spoken = _spoken(row, lang, unit)
    word = qualifier_word(row, lang)
    return say("values.qualified", lang, qualifier=word, value=spoken) if word else spoken


def qualifier_word(row: Row, lang: Lang) -> str:
    """The word before a value that isn't exact: the report's own where the sentence shows it.

    >>> qualifier_word({"qualifier": "approximate", "quote": "70%", "sentence": "Đạt gần 70% kế hoạch."}, "vi")
    'gần'
    """
    qualifier = row.get("qualifier") or "exact"
    if qualifier == "exact":
        return ""
    before = str(row.get("sentence") or "").partition(str(row.get("quote") or "\x00"))[0].rstrip().lower()
    for word, said in _texts()["qualifier_words"].items():
        if said["is"] == qualifier and before.endswith(word):
            return said[lang]
    usual = "target_qualifiers" if row.get("nature") == "target" else "qualifiers"
    usual = usual if (row.get("change") or "none") == "none" else "change_qualifiers"
    return say(f"{usual}.{qualifier}", lang)


def _spoken(row: Row, lang: Lang, unit: bool) -> str:
    kind, value, out_of = row["kind"], float(row["value"]), _number(row.get("out_of"))
    high = _number(row.get("value_high"))
    change = (row.get("change") or "none") != "none"
    number = format_number(value, lang=lang)
    if high is not None:
        number = say("values.range", lang, low=number, high=format_number(high, lang=lang))
    if kind == "percent":
        return f"{number}%" if high is not None else format_percent(value, lang)
    if kind == "rank":
        return say_count("values.places", lang, value) if change else _spoken_rank(value, out_of, lang)
    if kind == "amount":
        return _spoken_amount(value, lang)
    if kind == "score":
        return _spoken_score(number, out_of, lang, unit)
    name = _unit_name(row, lang) if unit else ""
    if out_of is not None:
        return say("values.count_of", lang, value=number, out_of=format_number(out_of, lang=lang), unit=name).strip()
    return say("values.count", lang, value=number, unit=name).strip()


def _spoken_rank(value: float, out_of: float | None, lang: Lang) -> str:
    whole = round(value)
    if out_of is None and whole == 1:
        return say("values.rank_first", lang)
    slots = {"value": format_number(value, lang=lang), "ordinal": _english_ordinal(whole)}
    if out_of is None:
        return say("values.rank", lang, **slots)
    return say("values.rank_of", lang, out_of=format_number(out_of, lang=lang), **slots)


def _spoken_score(number: str, out_of: float | None, lang: Lang, unit: bool) -> str:
    if not unit:
        return number
    if out_of is None:
        return say("values.score", lang, value=number)
    return say("values.score_of", lang, value=number, out_of=format_number(out_of, lang=lang))


def _spoken_amount(value: float, lang: Lang) -> str:
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return say(f"values.{name}", lang, value=format_number(value / size, lang=lang))
    return say("values.dong", lang, value=format_number(value, lang=lang))


def _unit_name(row: Row, lang: Lang) -> str:
    known = load_indicators().get(str(row.get("indicator")))
    code = row.get("unit") or (known.unit if known else "")
    unit = load_units().get(str(code))
    return (unit.en if lang == "en" else unit.vi) if unit else str(code or "")


def _english_ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _number(value: Any) -> float | None:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else float(value)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence; a number names the observations that it rests on, the first the nearest."""

    text: str
    observation_ids: tuple[str, ...] = ()


Slot = str | Part | tuple[Part, ...]


def compose(key: str, lang: Lang, **slots: Slot) -> tuple[Part, ...]:
    """A template filled with words and with numbers that keep their observations.

    >>> compose("summary.timely", "vi", value=Part("98,2%", ("a1",)))[1]
    Part(text='98,2%', observation_ids=('a1',))
    """
    parts: list[Part] = []
    for index, piece in enumerate(_SLOT.split(template(key, lang))):
        if index % 2 == 0:
            parts += [Part(piece)] if piece else []
        else:
            slot = slots[piece]
            parts += [Part(slot)] if isinstance(slot, str) else [slot] if isinstance(slot, Part) else list(slot)
    return tuple(parts)
