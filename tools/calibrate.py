"""Estimates confidence on annotated reports: writes vocabulary/confidence.yaml and docs/calibration.md.

.venv/bin/python tools/calibrate.py tests/golden [OTHER_FOLDER ...]

The points are estimated on the first folder; the others are only held against them. To be run when the reading rules
have changed: a rule that is better than it was deserves more points.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from analysis.calibration import Judged, Table, estimate_points, held_out, judge_folder, ledges, rated
from analysis.confidence import SET_BY_HAND

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(str(files("analysis") / "vocabulary" / "confidence.yaml"))
PAGE = ROOT / "docs" / "calibration.md"

HEAD = """\
# How sure a reading is. Written by tools/calibrate.py, but for `near`, `evidence` and `assumed` (points for what no
# annotated report has); docs/calibration.md says how it holds. The points of a number's rule, sources, evidence and so
# on are added to `base`; 0 in all are even odds, 2.2 are 0.9. A name that stands nowhere here counts nothing.
"""

PAGE_HEAD = """\
# What confidence is worth

Written by `tools/calibrate.py`; don't edit it here.

`confidence` in the observations table is the probability that the whole record is right: value, kind, qualifier,
denominator, indicator, area, tier, period, nature. It is made of points (vocabulary/confidence.yaml) for what is known
of how a number was read: its rule, where its area and its period come from, how much its words say, how near another
indicator came, whether it stands in a table or was recognised from a picture, what sort of number it is. The points are
those of a logistic model, drawn towards zero where few readings bear a name.
"""

PAGE_LIMITS = """\
## Limits

- The reading rules are worked on with these reports in view, and a table can't know of phrasings that no rule was made
  for. Of 472 readings of 16 reports, measured with the rules of before they were written, 97 had 0.9 and over: 0.95 of
  these had value and indicator right, but 0.75 the whole record, nearly always for the period. Look at that first, and
  measure your own reports with `cchc evaluate FOLDER --calibration`.
- Readings of one report stand and fall together (a wrong subject spoils all of them), so the tables move by some
  points from one set of reports to another.
- A number that wasn't read at all has no confidence; `cchc evaluate` counts those.
- No annotated report was recognised from a picture: what that costs is assumed (`assumed` in the file), not measured.
- An analyst's word goes before: `accept`, `correct` and `add` in data/corrections.yaml make it 1.
"""


def main(folders: Sequence[Path]) -> None:
    """Reads the annotated reports, estimates, and writes both files."""
    own, others = judge_folder(folders[0]), [judge_folder(folder) for folder in folders[1:]]
    table = estimate_points(own)
    _write(TABLE, HEAD + "\n".join(_table_lines(table)) + "\n")
    _write(PAGE, "\n".join(_page_lines(own, others, table)))


def _table_lines(table: Table) -> Iterator[str]:
    for name in SET_BY_HAND:
        yield f"{name}: {_inline(table[name])}"
    yield f"base: {table['base']}"
    yield "points:"
    for name, points in table["points"].items():
        yield f"  {name}:"
        yield from (f"    {value}: {number}" for value, number in points.items())


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(part)}" for key, part in value.items()) + "}"
    return str(value)


def _page_lines(own: Sequence[Judged], others: Sequence[Sequence[Judged]], table: Table) -> Iterator[str]:
    yield PAGE_HEAD
    yield "## On reports that the points were not estimated on\n"
    reports = len({judged.report for judged in own})
    yield f"{len(own)} readings of the {reports} annotated reports of tests/golden. The reports are split in halves by"
    yield "their names; each half is measured with the points that the other half gives.\n"
    yield from _ledge_table(held_out(own))
    for other in others:
        reports = len({judged.report for judged in other})
        yield f"\n{len(other)} readings of {reports} other annotated reports, with the points as shipped:\n"
        yield from _ledge_table(rated(other, table))
    yield "\n## What counts\n"
    yield "Readings of tests/golden with each name, how many of them are right, and the points that the name has beside"
    yield "the others; where a rule is often wrong for the same reason as its evidence, they share the points.\n"
    yield from _points_table(own, table)
    yield ""
    yield PAGE_LIMITS


def _ledge_table(readings: Iterable[tuple[float, Judged]]) -> Iterator[str]:
    yield "| confidence | readings | expected | value and indicator right | whole record right |"
    yield "|---|--:|--:|--:|--:|"
    for ledge in ledges(readings):
        shares = " | ".join(f"{share:.2f}" for share in (ledge.expected, ledge.statistic, ledge.record))
        yield f"| {ledge.low:.1f} and over | {ledge.count} | {shares} |"


def _points_table(own: Sequence[Judged], table: Table) -> Iterator[str]:
    yield "| of | name | readings | right | points |"
    yield "|---|---|--:|--:|--:|"
    for field, points in table["points"].items():
        for value, number in sorted(points.items(), key=lambda item: -item[1]):
            bearing = [judged.right for judged in own if getattr(judged.basis, field) == value]
            yield f"| {field} | {value} | {len(bearing)} | {sum(bearing) / len(bearing):.2f} | {number:+.2f} |"


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(path.suffix + ".draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]] or [ROOT / "tests" / "golden"])
