"""Whether a number is a result or aimed at."""

from __future__ import annotations

from analysis.attribution.setting import Setting, near, words
from analysis.catalogue import load_words
from analysis.model import Nature
from analysis.scopes import Situated


def attribute_nature(number: Situated, setting: Setting, indicator: str = "") -> Nature:
    """`target` where the number is aimed at or demanded, else `actual`; tasks given are no aim of themselves."""
    if indicator in load_words("attribution.yaml")["targets"]["never"]:
        return "actual"
    if _is_aimed_at(number) or words("targets", "after").search(number.behind[:80]):
        return "target"
    if _is_set_before(number):
        return "target"
    if words("targets", "sentence_head").search(number.sentence.words):
        return "target"
    if (setting.list_targets or setting.is_plan) and not _is_result(number):
        return "target"
    sentence = number.sentence
    if setting.heading_targets and not near.search("targets.past", sentence.folded, sentence.start, sentence.end):
        return "target"
    return "actual"


def _is_result(number: Situated) -> bool:
    """True where its sentence has words of results before a number, or a few behind it."""
    sentence = number.sentence
    end = min(sentence.end, number.scope.after[1])
    return near.search("targets.result", sentence.folded, sentence.start, end) is not None


def _is_aimed_at(number: Situated) -> bool:
    """True where the last word of aims before a number isn't followed by one of results: `giao 90%, huyện vượt 2%`."""
    folded, end = number.sentence.folded, number.quantity.start
    aims = near.find_all("targets.before", folded, number.clause_start, end)
    return bool(aims) and not near.search("targets.outcome", folded, aims[-1].end(), end)


def _is_set_before(number: Situated) -> bool:
    """`Huyện phấn đấu đạt 90%; đồng thời 100% xã có ...`: what is aimed at goes on until the talk is of results."""
    folded = number.sentence.folded
    found = near.find_all("targets.set", folded, number.sentence.start, number.clause_start)
    return bool(found) and not near.search("targets.result", folded, found[-1].end(), number.quantity.start)


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
