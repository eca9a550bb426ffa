"""Whether a number is a result or aimed at."""

from __future__ import annotations

from analysis.attribution.setting import Setting, words
from analysis.model import Nature
from analysis.scopes import Situated


def attribute_nature(number: Situated, setting: Setting) -> Nature:
    """`target` where the number is aimed at or demanded, else `actual`."""
    if _is_aimed_at(number.ahead) or words("targets", "after").search(number.behind[:80]):
        return "target"
    if _is_set_before(number):
        return "target"
    if words("targets", "sentence_head").search(number.sentence.words):
        return "target"
    if setting.list_targets and not words("targets", "result").search(_said_so_far(number)):
        return "target"
    if setting.is_plan and not words("targets", "result").search(_said_so_far(number)):
        return "target"
    if setting.heading_targets and not words("targets", "past").search(number.sentence.words):
        return "target"
    return "actual"


def _said_so_far(number: Situated) -> str:
    """The words of its sentence before a number, and a few behind it."""
    end = min(number.sentence.end, number.scope.after[1])
    return number.sentence.folded[number.sentence.start : end]


def _is_aimed_at(ahead: str) -> bool:
    """True where the last word of aims before a number isn't followed by one of results: `giao 90%, huyện vượt 2%`."""
    aims = list(words("targets", "before").finditer(ahead))
    return bool(aims) and not words("targets", "outcome").search(ahead, aims[-1].end())


def _is_set_before(number: Situated) -> bool:
    """`Huyện phấn đấu đạt 90%; đồng thời 100% xã có ...`: what is aimed at goes on until the talk is of results."""
    sentence = number.sentence
    before = sentence.folded[sentence.start : number.clause_start]
    found = list(words("targets", "set").finditer(before))
    between = sentence.folded[sentence.start + found[-1].end() : number.quantity.start] if found else ""
    return bool(found) and not words("targets", "result").search(between)


def heads_targets(folded_line: str) -> bool:
    """True for a line such as `2. Yêu cầu các đơn vị:`, whose list is aimed at.

    >>> heads_targets("2. yêu cầu các đơn vị:"), heads_targets("2. kết quả thực hiện:")
    (True, False)
    """
    return bool(words("targets", "list_head").search(folded_line))


def is_target_heading(folded_heading: str) -> bool:
    """True for a heading such as `IV. Phương hướng, nhiệm vụ năm 2022`.

    >>> is_target_heading("iv. phương hướng, nhiệm vụ năm 2022")
    True
    """
    return bool(words("targets", "headings").search(folded_heading))
