"""The table in sentences, Vietnamese or English: each number names the observations that it rests on.

A sentence says what the table holds: how much, since when, against which target; never why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.catalogue import load_indicators
from analysis.numerals import format_number, format_percent
from analysis.report import AreaReport, row_period
from analysis.targets import Target, judge, official_target
from analysis.wording import (
    Lang,
    Part,
    Row,
    Slot,
    capital,
    compose,
    format_value,
    say,
    say_count,
    sections,
    spoken_area,
    spoken_label,
    spoken_row_label,
    value_with_caveat,
)

Topic = Literal["headline", "changes", "notable", "checks", "missing"]
_EXAMPLE_IDS = 4
_SHARE_TOLERANCE = 0.1
"""Points by which a share may be off its parts: sources truncate as well as round."""


@dataclass(frozen=True)
class Sentence:
    """A sentence in parts; those that are numbers name their observations."""

    topic: Topic
    parts: tuple[Part, ...]
    lead: str = ""
    """The words under which it is listed with others: `Kết quả tích cực`."""

    @property
    def text(self) -> str:
        """The sentence in plain text."""
        return "".join(part.text for part in self.parts)

    @property
    def observation_ids(self) -> tuple[str, ...]:
        """All observations that it rests on, in the order of their mention."""
        return tuple(dict.fromkeys(ident for part in self.parts for ident in part.observation_ids))


def narrate(report: AreaReport, lang: Lang | None = None) -> list[Sentence]:
    """The summary of an area's report: headline, changes, what stands out, what doesn't add up, what is missing."""
    said = lang or report.lang
    told: dict[Topic, Iterator[Parts]] = {
        "headline": _headline(report, said),
        "notable": _notable(report, said),
        "checks": _checks(report, said),
        "missing": _missing(report, said),
    }
    rest = [Sentence(topic, _tidy(parts)) for topic, sentences in told.items() for parts in sentences]
    opening = sum(sentence.topic == "headline" for sentence in rest)
    return [*rest[:opening], *_changes(report, said), *rest[opening:]]


Parts = tuple[Part, ...]


def _tidy(parts: Parts) -> Parts:
    """A capital at the start, wherever the first letter comes from."""
    return (Part(capital(parts[0].text), parts[0].observation_ids), *parts[1:])


def _value(row: Row, lang: Lang, *, unit: bool = True) -> Part:
    """A value, with its caveat where a check contests it."""
    return Part(value_with_caveat(row, lang, unit=unit), (row["observation_id"],))


def _area(report: AreaReport, lang: Lang) -> str:
    return spoken_area(report.area, lang)


# --- headline ----------------------------------------------------------------------------------------------------


def _headline(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    yield from _dossiers(report, lang)
    yield from _timeliness(report, lang)
    yield from _online(report, lang)
    if row := report.sure_focus("satisfaction.share"):
        yield compose("summary.satisfaction", lang, value=_value(row, lang))
    clauses = [clause for family in sections()["indices"] if (clause := _index_clause(report, family, lang))]
    if clauses:
        yield compose("summary.indices_lead", lang, list=_joined(clauses, "; "))


def _dossiers(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    codes = ("received", "received_new", "resolved", "handled")
    found = {code: report.sure_focus(f"dossiers.{code}") for code in codes}
    received, resolved, handled = found["received"] or found["received_new"], found["resolved"], found["handled"]
    intake: dict[str, Slot] = {"received": _intake(received, found["received_new"], lang)} if received else {}
    coming = "to_handle" if received and received["basis"] else "received"
    if received and resolved and received["key"] == resolved["key"]:
        yield _about(f"{coming}_resolved", report, lang, received, intake | {"resolved": _value(resolved, lang)})
        return
    if received:
        yield _about(coming, report, lang, received, intake)
    for name, row in (("resolved", resolved), ("handled", handled)):
        if row:
            yield _about(name, report, lang, row, {name: _value(row, lang)})
    if not (received or resolved or handled):
        yield from _by_tier(report, lang)


def _intake(received: Row, new: Row | None, lang: Lang) -> Slot:
    """What came in; of a total to be handled also the part that is new."""
    if not (received["basis"] and new and new["key"] == received["key"]):
        return _value(received, lang)
    return compose("summary.with_new", lang, received=_value(received, lang), new=_value(new, lang))


def _by_tier(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    for name in ("received", "handled", "resolved"):
        if rows := report.tiers(f"dossiers.{name}"):
            clauses = [
                compose("summary.tier", lang, tier=say(f"tiers.{row['scope']}", lang), value=_value(row, lang))
                for row in rows
            ]
            slots: dict[str, Slot] = {"list": _joined(clauses, "; "), "period": row_period(rows[0], lang)}
            yield compose(f"summary.{name}_by_tier", lang, area=_area(report, lang), **slots)
            return
    yield compose("summary.none_dossiers", lang, area=_area(report, lang), period=report.period_name)


def _about(name: str, report: AreaReport, lang: Lang, row: Row, slots: dict[str, Slot]) -> Parts:
    period = row_period(row, lang)
    return compose(f"summary.{name}", lang, area=_area(report, lang), period=period, Period=capital(period), **slots)


def _timeliness(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    found = {name: report.sure_focus(f"dossiers.{name}_share") for name in ("timely", "early", "on_time")}
    shares: dict[str, Slot] = {name: _value(row, lang) for name, row in found.items() if row}
    if "timely" in shares:
        yield compose("summary.timely", lang, value=shares["timely"])
    elif "early" in shares:
        yield compose(f"summary.{'early_and_on_time' if 'on_time' in shares else 'early'}", lang, **shares)
    elif "on_time" in shares:
        yield compose("summary.on_time", lang, value=shares["on_time"])
    if overdue := report.sure_focus("dossiers.overdue"):
        yield _counted("overdue", overdue, lang)


def _online(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    count, share = report.sure_focus("dossiers.online"), report.sure_focus("dossiers.online_share")
    if count and share and _is_share_of_intake(share, count, report):
        yield compose(
            "summary.online_both", lang, value=_value(count, lang), Value=_value(count, lang), share=_value(share, lang)
        )
        return
    if count:
        yield _counted("online", count, lang)
    if share:
        yield compose("summary.online_share", lang, value=_value(share, lang))


def _counted(name: str, row: Row, lang: Lang) -> Parts:
    """A number of dossiers; none is said in words."""
    if row["value"] == 0:
        none = Part(say("values.no_dossiers", lang), (row["observation_id"],))
        return compose(f"summary.{name}_none", lang, none=none)
    return compose(f"summary.{name}", lang, value=_value(row, lang), Value=_value(row, lang))


def _is_share_of_intake(share: Row, count: Row, report: AreaReport) -> bool:
    """True where the share is the count over the dossiers of the period, so that one may be said of the other."""
    wholes = [report.focus(f"dossiers.{name}") for name in ("received", "received_new", "resolved", "handled")]
    bases = [row["value"] for row in wholes if row and row["value"] and row["key"] == count["key"] == share["key"]]
    return any(abs(100 * count["value"] / base - share["value"]) <= _SHARE_TOLERANCE for base in bases)


def _index_clause(report: AreaReport, family: str, lang: Lang) -> Parts:
    name = sections()["indices"][family][lang]
    score, rank = report.sure_focus(f"{family}.score"), report.sure_focus(f"{family}.rank")
    if score and rank and score["key"] == rank["key"]:
        numbers: dict[str, Slot] = {"score": _value(score, lang), "rank": _value(rank, lang)}
        return compose("summary.index_both", lang, name=name, period=row_period(score, lang), **numbers)
    clauses = []
    if score:
        said = _value(score, lang)
        clauses.append(compose("summary.index_score", lang, name=name, period=row_period(score, lang), score=said))
    if rank:
        said = _value(rank, lang)
        clauses.append(compose("summary.index_rank", lang, name=name, period=row_period(rank, lang), rank=said))
    return _joined(clauses, "; ")


def _joined(clauses: Sequence[Parts], between: str) -> Parts:
    parts: list[Part] = []
    for at, clause in enumerate(clauses):
        parts += [Part(between)] if at else []
        parts += clause
    return tuple(parts)


# --- changes -----------------------------------------------------------------------------------------------------


def _changes(report: AreaReport, lang: Lang) -> Iterator[Sentence]:
    """What rose and fell, the good before the bad; then the changes that the reports state themselves."""
    moved: dict[str, list[Parts]] = {"better": [], "worse": [], "neutral": []}
    latest = [row for row in map(report.sure_focus, sections()["changes"]) if row]
    pairs = [(old, new) for new in latest if (old := report.previous(new)) and _uncontested(old, new)]
    for old, new in pairs[: sections()["change_limit"]]:
        moved[_judgement(old, new)].append(describe_change(old, new, lang))
    told = [(parts, "" if way == "neutral" else say(f"changes.{way}", lang)) for way in moved for parts in moved[way]]
    told = sorted(told, key=lambda each: each[1] != "")
    if not pairs:
        told.append((compose("changes.none", lang), ""))
    stated = _stated_changes(report, {new["indicator"] for _, new in pairs}, lang)
    for parts, lead in [*told, *((parts, "") for parts in stated)]:
        yield Sentence("changes", _tidy(parts), lead)


def _uncontested(*rows: Row) -> bool:
    """False where a value itself is in doubt, so that no difference may be drawn from it."""
    return all(row["caveat"] != "to_compare" for row in rows)


def _judgement(old: Row, new: Row) -> str:
    direction = load_indicators()[new["indicator"]].direction
    if direction == "neutral" or new["value"] == old["value"] or not _exact(old, new) or _other_field(old, new):
        return "neutral"
    return "better" if (new["value"] > old["value"]) == (direction == "higher_better") else "worse"


def _exact(*rows: Row) -> bool:
    return all(row["qualifier"] == "exact" and pd.isna(row["value_high"]) for row in rows)


def _other_field(old: Row, new: Row) -> bool:
    """True for two ranks among different numbers of units."""
    known = pd.notna(old["out_of"]) and pd.notna(new["out_of"])
    return new["kind"] == "rank" and known and old["out_of"] != new["out_of"]


def describe_change(old: Row, new: Row, lang: Lang) -> Parts:
    """One indicator in two periods of a kind: points for shares, percent for counts, places for ranks."""
    old_value = _value(old, lang, unit=new["kind"] not in ("count", "score"))
    slots: dict[str, Slot] = {
        "label": spoken_row_label(new, lang), "old": old_value, "old_period": row_period(old, lang),
        "new": _value(new, lang), "new_period": row_period(new, lang),
    }  # fmt: skip
    if not _exact(old, new):
        return compose("changes.unclear", lang, **slots)
    if old["value"] == new["value"] and not _other_field(old, new):
        both = (new["observation_id"], old["observation_id"])
        return compose("changes.same", lang, **slots | {"new": Part(format_value(new, lang), both)})
    if _other_field(old, new):
        return compose("changes.rank_other_field", lang, **slots)
    rose = new["value"] > old["value"]
    way = ("rank_down" if rose else "rank_up") if new["kind"] == "rank" else ("rise" if rose else "fall")
    difference = Part(_difference(old, new, lang), (new["observation_id"], old["observation_id"]))
    return compose(f"changes.{way}", lang, difference=difference, **slots)


def _difference(old: Row, new: Row, lang: Lang) -> str:
    """How far two values are apart; a count of some size in percent, a small one in its own unit."""
    gap = round(abs(float(new["value"]) - float(old["value"])), 6)
    if new["kind"] == "percent":
        return say_count("values.points", lang, gap)
    if new["kind"] == "rank":
        return say_count("values.places", lang, gap)
    if new["kind"] == "score":
        return say_count("values.score_points", lang, gap)
    if min(old["value"], new["value"]) < 100:
        return format_value({**new, "value": gap, "out_of": None, "value_high": None}, lang)
    return format_percent(round(100 * gap / old["value"], 1), lang)


def _stated_changes(report: AreaReport, told: set[str], lang: Lang) -> Iterator[Parts]:
    """Changes in the reports' own words, of indicators of which two levels told nothing."""
    frame = report.observations
    whole = (frame["organization"] == "") & (frame["breakdown"] == "") & (frame["tier"] == "")
    kept = frame["selected"] & (frame["nature"] == "actual") & (frame["indicator"] != "other")
    sure = frame["confidence"] >= sections()["headline_confidence"]
    stated = frame[(frame["change"] != "none") & kept & sure & whole]
    for row in stated[~stated["indicator"].isin(told)].to_dict("records")[: sections()["change_limit"]]:
        if report.main and pd.notna(row["period_end"]) and row["period_end"].date().year < report.main[1].year:
            continue
        name = spoken_row_label(row, lang)
        yield compose(f"changes.stated_{row['change']}", lang, label=name, value=_stated_change(row, lang))


def _stated_change(row: Row, lang: Lang) -> Part:
    """A change as the report writes it; `1,2 điểm phần trăm` and `tăng 1,2%` differ."""
    after = row["sentence"].partition(row["quote"])[2].split()
    if row["kind"] != "percent" or row["qualifier"] != "exact" or after[:1] != [sections()["points_word"]]:
        return _value(row, lang)
    return Part(say_count("values.points", lang, row["value"]), (row["observation_id"],))


# --- what stands out ---------------------------------------------------------------------------------------------


def _notable(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    for code, known in load_indicators().items():
        row = report.sure_focus(code)
        if row is None or not _uncontested(row):
            continue
        if known.kind == "rank" and row["value"] == 1:
            name = sections()["indices"].get(code.rpartition(".")[0], {}).get(lang, known.label(lang))
            yield _first(row, name, report, lang)
        elif target := official_target(row):
            yield from _against_target(row, target, lang)


def _first(row: Row, name: str, report: AreaReport, lang: Lang) -> Parts:
    period, area = row_period(row, lang), _area(report, lang)
    return compose(
        "notable.first", lang, name=name, value=_value(row, lang), area=area, period=period, Period=capital(period)
    )


def _against_target(row: Row, target: Target, lang: Lang) -> Iterator[Parts]:
    verdict = judge(row, target)
    if verdict == "unclear":
        return
    slots: dict[str, Slot] = {
        "label": spoken_row_label(row, lang), "value": _value(row, lang), "period": row_period(row, lang),
        "goal": describe_target(target, row, lang),
    }  # fmt: skip
    if verdict in ("not_yet", "unmet"):
        slots["gap"] = Part(describe_gap(row, target, lang), (row["observation_id"],))
    parts = compose(f"notable.target_{verdict}", lang, **slots)
    yield parts if target.confirmed else (*parts, Part(say("notable.unconfirmed", lang)))


def describe_target(target: Target, row: Row, lang: Lang) -> str:
    """A target in words: how much, by which year, by which text."""
    sign = _sign(target, row)
    value = format_value({**row, "value": target.value, "qualifier": "exact", "out_of": None, "value_high": None}, lang)
    value = say(f"targets.{sign}", lang, value=value)
    return say("targets.goal", lang, value=value, year=target.by, source=target.source(lang))


def _sign(target: Target, row: Row) -> str:
    """How a target is put in words: all of something has no more above it, and a rank is a place."""
    if row["kind"] == "rank":
        return "rank_first" if target.value == 1 else "rank_le"
    if row["kind"] == "percent" and target.value == 100:
        return "whole"
    return {">=": "ge", ">": "gt", "<=": "le"}[target.operator]


def describe_gap(row: Row, target: Target, lang: Lang) -> str:
    """How far a level is from its target."""
    return _difference(row, {**row, "value": target.value}, lang)


# --- findings and gaps -------------------------------------------------------------------------------------------


def _checks(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    if report.findings.empty:
        yield compose("checks.none", lang)
    listed = set(report.observations["observation_id"])
    for level in ("error", "warning"):
        found = report.findings[report.findings["level"] == level]
        if len(found):
            named = [[ident for ident in each.split(";") if ident in listed] for each in found["observation_ids"]]
            ids = [ident for each in named for ident in each]
            example = Part(found.iloc[0][f"message_{lang}"], tuple(named[0][:_EXAMPLE_IDS]))
            count = Part(_counted_cases(len(found), lang), tuple(dict.fromkeys(ids)))
            yield compose(f"checks.{level}s{'_one' if len(found) == 1 else ''}", lang, count=count, example=example)
    if len(report.findings):
        yield compose("checks.advice", lang)


def _counted_cases(count: int, lang: Lang) -> str:
    """A small number of cases with two digits, as Vietnamese documents write it: `01`."""
    return f"{count:02d}" if lang == "vi" else format_number(count, lang=lang)


def _missing(report: AreaReport, lang: Lang) -> Iterator[Parts]:
    if absent := report.missing():
        names = "; ".join(spoken_label(code, lang) for code in absent)
        yield compose("missing.expected", lang, list=names)
