"""The department whose figure it is, and the field that it is confined to."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.attribution.setting import near, words
from analysis.indicators import Cue
from analysis.scopes import Situated
from analysis.searches import Searches
from analysis.spans import Spans

_names = Searches("attribution.yaml", "organizations")


def attribute_organization(text: str, number: Situated) -> str:
    """The department or agency named as the one whose figure it is; else empty."""
    sentence, start = number.sentence, number.quantity.start
    for match in reversed(_names.find_all("organizations", text, sentence.start, start)):
        lead = sentence.folded[max(sentence.start, match.start() - 40) : match.start()]
        gap = sentence.folded[match.end() : start]
        if not words("organization_not_after").search(lead) and not words("organization_ends").search(gap):
            return match.group().strip(" ,")
    return ""


def outside_organizations(text: str, cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues but for those within the name of a department: the plan in `Sở Kế hoạch và Đầu tư` is none."""
    names = Spans()
    names.add(match.span() for match in _names.find_all("organizations", text, 0, len(text)))
    return tuple(cue for cue in cues if cue.name == "unit_noun" or not names.meets(cue.start, cue.end))


def find_breakdown(text: str, number: Situated) -> str:
    """The field that the number is confined to (`lĩnh vực đất đai`), else empty."""
    scope = number.scope
    for start, end in ((number.quantity.end, scope.after[1]), scope.before):
        match = near.search("breakdowns", number.sentence.folded, start, end)
        if match:
            return text[slice(*match.span("field"))].strip()
    return ""
