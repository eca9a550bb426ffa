"""A cell of a spreadsheet as a reader sees it: percent signs, thousands, decimals and dates by its format."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from analysis.numerals import format_number

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_MOST_DECIMALS = 4  # where the format doesn't say: more is the noise of a division
_SIGNIFICANT = 10


def shown(value: object, number_format: str = "General") -> str:
    """The text of a cell; errors of formulas (`#DIV/0!`) show nothing.

    >>> shown(0.98234, "0.0%"), shown(4545, "#,##0"), shown(4545), shown(12.5), shown(date(2023, 6, 30), "dd/mm/yyyy")
    ('98,2%', '4.545', '4545', '12,5', '30/06/2023')
    """
    if value is None or (isinstance(value, str) and value.startswith("#") and value[1:2].isupper()):
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, number_format or "General")
    if isinstance(value, datetime | date):
        return _day(value, number_format.lower())
    return "" if not isinstance(value, time | timedelta) else str(value)


def _number(value: float, number_format: str) -> str:
    section = number_format.split(";")[0]
    plain = _QUOTED.sub("", section)
    before, after = _words_around(section)
    if "%" in plain:
        return f"{_digits(value * 100, plain)}%"
    return f"{before}{_digits(value, plain)}{after}"


def _words_around(section: str) -> tuple[str, str]:
    """What the format writes before and behind the number: `0" hồ sơ"`."""
    digits = re.search(r"[0#?](?:[0#?.,\s]*[0#?])?", re.sub(r'"[^"]*"', lambda m: "~" * len(m.group()), section))
    if digits is None:
        return "", ""
    sides = section[: digits.start()], section[digits.end() :]
    before, after = ("".join(m[1] or "" for m in _QUOTED.finditer(side)) for side in sides)
    return before, after


def _digits(value: float, plain: str) -> str:
    """The number with the decimals and the grouping of its format.

    Three decimals get a fourth, so that `48,059` isn't taken for forty-eight thousand.
    """
    stated = re.search(r"[0#?](?:\.([0#?]+))?(?![0#?,.])", plain)
    if stated is None or "E" in plain.upper().replace("GENERAL", ""):
        rounded = round(value, _MOST_DECIMALS) if abs(value) < 10**_SIGNIFICANT else round(value)
        written = format_number(rounded)
        grouped = False
    else:
        written, grouped = format_number(value, len(stated[1] or "")), "," in plain
        if "#" in (stated[1] or ""):
            written = written.rstrip("0").rstrip(",")
    whole, _, fraction = written.partition(",")
    if len(fraction) == 3 and not whole.lstrip("-").startswith("0"):
        fraction += "0"
    whole = whole if grouped else whole.replace(".", "")
    return f"{whole},{fraction}" if fraction else whole


def _day(value: date, number_format: str) -> str:
    pattern = _QUOTED.sub("", number_format)
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%H:%M} {value:%d/%m/%Y}"
    if "d" not in pattern and "y" in pattern:
        return f"{value:%m/%Y}" if "m" in pattern else f"{value:%Y}"
    return f"{value:%d/%m/%Y}"
