"""The rule by which most numbers are read: what their own words say."""

from __future__ import annotations

from analysis.catalogue import load_words
from analysis.indicators import Reading, weigh
from analysis.reading.case import TELLING, Case, near, tells, words
from analysis.reading.memory import Read


def own_words(case: Case) -> Read | None:
    """What the cues in its own words say, where they tell more than the topic."""
    if not tells(case.local):
        return None
    weights = weigh(case.local, case.number.at)
    if "pending" in weights:
        behind = [c for c in case.cues_behind(case.own_reach) if c.name in ("in_time", "overdue")]
        weights |= weigh(behind, case.number.at)
    elif _is_part_of_pending(case):
        weights["pending"] = max(weights.get("pending", 0.0), 1.2)
    reading = case.match(weights, case.cues)
    names = {cue.name for cue in case.local if cue.role in TELLING}
    if reading is None:
        return None
    if _is_beside_carried_over(case, reading, weights):
        reading = case.match(load_words("reading.yaml")["beside_carried_over"], case.cues) or reading
    if _came_through_services(case, reading):
        reading = case.match(load_words("reading.yaml")["through_services"]["means"], case.cues) or reading
    if _changes_a_count(case) and (code := reading.signature.count):
        reading = Reading(code, reading.signature, reading.score)
    of_who = names <= set(load_words("reading.yaml")["who_cues"]) and not any(
        g & names for g in reading.signature.groups
    )
    if of_who and case.as_said_of(case.previous):
        return None  # `cấp huyện giải quyết 15 hồ sơ, cấp xã 60 hồ sơ`: the words tell who, not what
    return Read(reading, "own_words")


def _changes_a_count(case: Case) -> bool:
    """`số hồ sơ quá hạn giảm 22,4%`: a change of the count, said in percent."""
    is_change = case.quantity.kind == "percent" and case.quantity.change != "none"
    return is_change and words("counted_change").search(case.folded[slice(*case.label)]) is not None


def _is_beside_carried_over(case: Case, reading: Reading, weights: dict[str, float]) -> bool:
    """`kỳ trước 6.207, tiếp nhận trong kỳ 90.211`, not `cùng với 2.171 kỳ trước, phải thụ lý cả thảy 6.302`."""
    beside = case.previous is not None and case.previous.indicator == "dossiers.carried_over"
    return beside and reading.indicator == "dossiers.received" and not {"cumulative", "to_process"} & weights.keys()


def _came_through_services(case: Case, reading: Reading) -> bool:
    """`dịch vụ công mức độ 3 có 16 thủ tục, phát sinh 219 hồ sơ`."""
    services = load_words("reading.yaml")["through_services"]["of"]
    return reading.indicator == "dossiers.received" and bool(case.previous and case.previous.indicator in services)


def _is_part_of_pending(case: Case) -> bool:
    """`còn 75 hồ sơ chưa trả, trong đó 12 đã quá hạn`: what is overdue is a part of what is pending."""
    if case.number.scope.parent is not None and case.previous:
        return "pending" in case.previous.signature.cues
    if _adds_up_to_pending(case):
        return True
    if not near.search("part_of", case.folded, case.number.sentence.start, case.quantity.start):
        return False
    whole = case.reads[0].reading if case.reads else case.memory.last
    return bool(whole and "pending" in whole.signature.cues)


def _adds_up_to_pending(case: Case) -> bool:
    """`Đang xử lý 73 hồ sơ, 70 hồ sơ còn hạn, 3 hồ sơ đã quá hạn`: with those before it, all that is pending."""
    quantities, index = case.number.sentence.quantities, case.number.index
    for whole in range(index - 1):
        reading = case.reads[whole].reading
        if reading and "pending" in reading.signature.cues:
            parts = quantities[whole + 1 : index + 1]
            if all(p.kind == "count" for p in parts) and sum(p.value for p in parts) == quantities[whole].value:
                return True
    return False
