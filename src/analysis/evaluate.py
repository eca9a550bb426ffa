"""How well figures are read: annotated reports against what the extraction makes of them.

An annotated report is a pair NAME.txt (or .html, .docx, .pdf) and NAME.json. Four levels, each stricter
than the one before: `detected` (span and value), `typed` (+ kind, qualifier, denominator, change, nature),
`statistic` (+ indicator), `record` (+ area, tier, period).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analysis.catalogue import read_vocabulary
from analysis.documents import read_document
from analysis.extract import extract_document
from analysis.gold import Expected, GoldReport, Span, list_annotations, place_key, read_gold, report_beside, same_place
from analysis.model import Observation
from analysis.numerals import Lang, format_number
from analysis.text import sentences

LEVELS = ("detected", "typed", "statistic", "record")
_SLACK = 12
"""Characters that a span may be longer than the annotated number."""
_CLIP = 110


@dataclass(frozen=True)
class ScoringError:
    """One thing that went wrong: `missed`, `wrong <level>`, `spurious` or `misplaced`."""

    what: str
    start: int
    end: int
    expected: Expected | None
    observation: Observation | None


@dataclass(frozen=True)
class Score:
    """Figures owed, observations scored, and how many are right at each level."""

    required: int
    scored: int
    right: tuple[int, ...]

    def measures(self, level: str) -> tuple[float, float, float]:
        """Precision, recall and F1 at a level.

        >>> Score(4, 5, (4, 3, 3, 2)).measures("detected")
        (0.8, 1.0, 0.888888888888889)
        """
        right = self.right[LEVELS.index(level)]
        precision = right / self.scored if self.scored else 0.0
        recall = right / self.required if self.required else 0.0
        both = precision + recall
        return precision, recall, 2 * precision * recall / both if both else 0.0


@dataclass(frozen=True)
class ReportScore:
    """The score of one report and what went wrong in it."""

    report: GoldReport
    score: Score
    errors: tuple[ScoringError, ...]


@dataclass(frozen=True)
class Evaluation:
    """Scores of all reports of a folder."""

    reports: tuple[ReportScore, ...]

    @property
    def total(self) -> Score:
        """All reports together."""
        scores = [report.score for report in self.reports]
        right = tuple(sum(score.right[n] for score in scores) for n in range(len(LEVELS)))
        return Score(sum(score.required for score in scores), sum(score.scored for score in scores), right)

    def format(self, lang: Lang = "vi", errors: bool = False) -> str:
        """The table for readers; with `errors` also each thing that went wrong, in its sentence."""
        lines = list(_table(self, lang))
        if errors:
            lines += ["", _say("errors", lang), ""]
            found = [line for report in self.reports for line in _error_lines(report, lang)]
            lines += found or [_say("no_error", lang)]
        return "\n".join(lines)


def evaluate(gold_dir: Path) -> Evaluation:
    """Extract each annotated report of a folder, in memory, and score it.

    Raises UsageError, naming file and figure, for an annotation that can't be used.
    """
    return Evaluation(tuple(_evaluate_one(path) for path in list_annotations(gold_dir)))


def _evaluate_one(path: Path) -> ReportScore:
    document = read_document(report_beside(path), path.parent, path.stem)
    return score_report(read_gold(path, document.text), extract_document(document).observations)


def score_report(report: GoldReport, observations: Sequence[Observation]) -> ReportScore:
    """Matches observations with annotated figures, best level first, and counts.

    An optional figure is neither owed nor a fault, unless it is read with the wrong area.
    """
    expected = report.expected
    matched = _match(expected, observations)
    required = [n for n, gold in enumerate(expected) if not gold.figure.optional]
    reached = [matched[n][1] for n in required if n in matched]
    errors = []
    for n in required:
        observation, level = matched.get(n, (None, 0))
        if level < len(LEVELS):
            what = f"wrong {LEVELS[level]}" if observation else "missed"
            errors.append(ScoringError(what, expected[n].start, expected[n].end, expected[n], observation))
    faults = list(_faults(expected, observations, matched))
    right = tuple(sum(level > n for level in reached) for n in range(len(LEVELS)))
    score = Score(len(required), len(reached) + len(faults), right)
    return ReportScore(report, score, tuple(sorted(errors + faults, key=lambda error: error.start)))


def _match(expected: Sequence[Expected], observations: Sequence[Observation]) -> dict[int, tuple[Observation, int]]:
    """For each figure found, its observation and the number of levels reached; each observation serves once."""
    pairs = []
    for n, gold in enumerate(expected):
        for m, observation in enumerate(observations):
            overlap = min(gold.end, observation.end) - max(gold.start, observation.start)
            too_long = observation.end - observation.start > gold.end - gold.start + _SLACK
            if overlap > 0 and not too_long and _same_number(observation.value, gold.figure.value):
                pairs.append((levels_reached(observation, gold), overlap, n, m))
    matched: dict[int, tuple[Observation, int]] = {}
    taken: set[int] = set()
    for level, _, n, m in sorted(pairs, reverse=True):
        if n not in matched and m not in taken:
            matched[n] = observations[m], level
            taken.add(m)
    return matched


def _faults(
    expected: Sequence[Expected], observations: Iterable[Observation], matched: dict[int, tuple[Observation, int]]
) -> Iterator[ScoringError]:
    gold_of = {id(observation): expected[n] for n, (observation, _) in matched.items()}
    for observation in observations:
        gold = gold_of.get(id(observation))
        if gold is None:
            yield ScoringError("spurious", observation.start, observation.end, None, observation)
        elif gold.figure.optional and not _right_area(observation, gold, check_province=False):
            yield ScoringError("misplaced", observation.start, observation.end, gold, observation)


def judge_observations(report: GoldReport, observations: Sequence[Observation]) -> Iterator[tuple[Observation, int]]:
    """Each observation that counts, with the number of levels that it reaches: 0 where it is a fault."""
    matched = _match(report.expected, observations)
    reached = {id(observation): (report.expected[n], level) for n, (observation, level) in matched.items()}
    faults = {id(error.observation) for error in _faults(report.expected, observations, matched)}
    for observation in observations:
        gold, level = reached.get(id(observation), (None, 0))
        if id(observation) in faults:
            yield observation, 0
        elif gold and not gold.figure.optional:
            yield observation, level


def levels_reached(observation: Observation, gold: Expected) -> int:
    """How many of the four levels an observation of the right place and value reaches: 1 to 4."""
    wrong = set(wrong_fields(observation, gold))
    if wrong & {"kind", "qualifier", "out_of", "change", "nature"}:
        return 1
    if "indicator" in wrong:
        return 2
    return 3 if wrong else 4


def wrong_fields(observation: Observation, gold: Expected) -> Iterator[str]:
    """Names of the annotated fields that an observation has otherwise."""
    figure = gold.figure
    if observation.kind not in _options(figure.kind):
        yield "kind"
    if observation.qualifier not in _options(figure.qualifier):
        yield "qualifier"
    if not _same_number(observation.out_of, figure.out_of):
        yield "out_of"
    if observation.change != figure.change:
        yield "change"
    if figure.nature not in ("any", observation.nature):
        yield "nature"
    code = observation.indicator if observation.indicator in _codes() else "other"
    if code not in _options(figure.indicator):
        yield "indicator"
    if not _right_area(observation, gold):
        yield "area"
    if figure.tier not in ("any", observation.tier):
        yield "tier"
    if gold.periods and _period_of(observation) not in gold.periods:
        yield "period"


def _options(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted


def _same_number(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return math.isclose(one, two, rel_tol=1e-6, abs_tol=1e-9)


def _period_of(observation: Observation) -> Span:
    start, end = observation.period_start, observation.period_end
    return (start.isoformat() if start else "", end.isoformat() if end else "")


def _right_area(observation: Observation, gold: Expected, check_province: bool = True) -> bool:
    right = "any" in gold.areas or any(same_place(observation.area, area) for area in gold.areas)
    if right and check_province and gold.province and observation.province:
        return place_key(observation.province)[1] == place_key(gold.province)[1]
    return right


@cache
def _vocabulary() -> dict[str, Any]:
    return read_vocabulary("evaluation.yaml")


@cache
def _codes() -> frozenset[str]:
    return frozenset(_vocabulary()["codes"])


def _say(word: str, lang: Lang) -> str:
    return _vocabulary()["words"][word][lang]


def _table(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    rows = [(report.report.name, report.score) for report in evaluation.reports]
    width = max(len(name) for name, _ in [*rows, (_say("report", lang), None), (_say("total", lang), None)])
    counts = [_say("required", lang), _say("scored", lang)]
    yield f"{'':{width}}  {'':{len(counts[0])}}  {'':{len(counts[1])}}" + "".join(
        f"  | {_say(level, lang):^19}" for level in LEVELS
    )
    head = "".join(f"  | {'P':>5}  {'R':>5}  {'F1':>5}" for _ in LEVELS)
    yield f"{_say('report', lang):{width}}  {counts[0]}  {counts[1]}{head}"
    for name, score in [*rows, (_say("total", lang), evaluation.total)]:
        yield f"{name:{width}}  {score.required:>{len(counts[0])}}  {score.scored:>{len(counts[1])}}" + "".join(
            "  | " + "  ".join(format_number(measure, 3, lang) for measure in score.measures(level)) for level in LEVELS
        )
    yield ""
    yield _say("legend", lang)


def _error_lines(report: ReportScore, lang: Lang) -> Iterator[str]:
    for error in report.errors:
        what = error.what if error.what in ("missed", "spurious", "misplaced") else "wrong"
        yield f"{report.report.name} ({_say(what, lang)}): {_marked(report.report.text, error.start, error.end)}"
        yield from (f"    {line}" for line in _difference(error, lang))


def _difference(error: ScoringError, lang: Lang) -> Iterator[str]:
    gold, observation = error.expected, error.observation
    if gold and observation:
        fields = ("area",) if error.what == "misplaced" else tuple(wrong_fields(observation, gold))
        for name in fields:
            wanted, got = _wanted(gold, name, lang), _got(observation, name, lang)
            yield f"{name}: {_say('wanted', lang)} {wanted}, {_say('got', lang)} {got}"
        return
    names = ("value", "kind", "indicator", "area", "period")
    if gold:
        yield f"{_say('wanted', lang)}: " + "; ".join(f"{name} {_wanted(gold, name, lang)}" for name in names)
    elif observation:
        yield f"{_say('got', lang)}: " + "; ".join(f"{name} {_got(observation, name, lang)}" for name in names)


def _wanted(gold: Expected, name: str, lang: Lang) -> str:
    if name == "area":
        return " | ".join((*gold.areas, *([gold.province] if gold.province else [])))
    if name == "period":
        return " | ".join("..".join(period) for period in gold.periods) or "any"
    value = getattr(gold.figure, name)
    return " | ".join(value) if isinstance(value, tuple) else _shown(value, lang)


def _got(observation: Observation, name: str, lang: Lang) -> str:
    if name == "period":
        return "..".join(_period_of(observation))
    if name == "area" and observation.province:
        return f"{_shown(observation.area, lang)} | {observation.province}"
    return _shown(getattr(observation, name), lang)


def _shown(value: Any, lang: Lang) -> str:
    if value is None or value == "":
        return _say("nothing", lang)
    return format_number(value, None, lang) if isinstance(value, (int, float)) else str(value)


def _marked(text: str, start: int, end: int) -> str:
    """The sentence around a number, cut to a readable length, with the number in double brackets."""
    line = text.rfind("\n", 0, start) + 1, (text.find("\n", end) + 1 or len(text) + 1) - 1
    holding = [span for span in sentences(text, *line) if span[0] <= start and end <= span[1]]
    first, last = holding[0] if holding else line
    before, after = text[first:start], text[end:last]
    before = "…" + before[-_CLIP:] if len(before) > _CLIP else before
    after = after[:_CLIP] + "…" if len(after) > _CLIP else after
    return f"{before}[[{text[start:end]}]]{after}"
