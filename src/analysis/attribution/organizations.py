"""The department whose figure it is, and the field that it is confined to."""

from __future__ import annotations

from analysis.attribution.setting import words
from analysis.scopes import Situated


def attribute_organization(text: str, number: Situated) -> str:
    """The department or agency named as the one whose figure it is; else empty."""
    sentence, start = number.sentence, number.quantity.start
    for match in reversed(list(words("organizations").finditer(text, sentence.start, start))):
        lead = sentence.folded[max(sentence.start, match.start() - 40) : match.start()]
        gap = sentence.folded[match.end() : start]
        if not words("organization_not_after").search(lead) and not words("organization_ends").search(gap):
            return match.group().strip(" ,")
    return ""


def find_breakdown(text: str, number: Situated) -> str:
    """The field that the number is confined to (`lĩnh vực đất đai`), else empty."""
    scope = number.scope
    for start, end in ((number.quantity.end, scope.after[1]), scope.before):
        match = words("breakdowns").search(number.sentence.folded, start, end)
        if match:
            return text[slice(*match.span("field"))].strip()
    return ""
