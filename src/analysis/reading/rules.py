"""The rules by which a number is read, in their order: the first that answers has it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.catalogue import load_words
from analysis.indicators import Cue, Reading, index_signature, load_cues, weigh
from analysis.reading.case import TELLING, Case, near, tells, tells_topic, words
from analysis.reading.memory import Read
from analysis.reading.own_words import own_words
from analysis.spans import within

_ROUNDING = 0.06
"""Points by which a share that is printed with one decimal may be off."""
_PLACES = ("unit", "commune", "area", "site")
"""Nouns of units.yaml for offices and administrative units."""


def _linked_if_dumb(case: Case) -> Read | None:
    if tells(case.near) and not (case.quantity.change != "none" and case.counts_the_same):
        return None
    return _linked(case)


def _computed(case: Case) -> Read | None:
    """`80.220 hồ sơ (trễ 3.770, tỷ lệ 4,7%)`: of two counts said before, the share that comes out as printed."""
    quantity = case.quantity
    if quantity.kind != "percent" or quantity.change != "none" or not 0 < quantity.value < 100 or tells(case.near):
        return None
    for part, read in reversed(case.counts):
        for whole, _ in case.counts:
            if part < whole and abs(100 * part / whole - quantity.value) <= _ROUNDING:
                taken = case.as_said_of(read)
                return Read(taken, "computed") if taken else None
    return None


def _linked(case: Case) -> Read | None:
    """`4.157 hồ sơ đúng hạn, đạt 99,71%`: the share of the number before."""
    if not case.joined or case.previous is None:
        return None
    taken = case.as_said_of(case.previous)
    if taken and case.changes_count:
        return Read(case.previous, "linked")
    if taken:
        return Read(taken, "linked")
    if case.quantity.kind == "percent" and words("part_share").search(case.folded, *case.number.scope.before):
        return Read(case.previous, "part_share")  # a field's share of what was counted
    if case.quantity.kind == "percent" and (share := case.share_before):
        return Read(share, "carried")
    return Read(None, "linked_unknown") if case.number.scope.linked and case.quantity.kind == "percent" else None


def _target_of_last(case: Case) -> Read | None:
    """`Đã kích hoạt 62.904 tài khoản. So với chỉ tiêu giao là 70.000`: what was aimed at of the thing said before."""
    bare = case.quantity.kind == "percent" or (case.quantity.kind == "count" and not case.quantity.unit)
    aims = load_words("reading.yaml")["aim_cues"]
    said = [cue for cue in case.near if cue.name not in aims]
    if not bare or tells(said) or not case.is_ahead("aimed_at"):
        return None
    taken = case.as_said_of(case.previous or case.memory.last)
    return Read(taken, "target") if taken else None


def _component(case: Case) -> Read | None:
    """The score of one part of an index, under a heading that announces parts: not the index's own."""
    named = any(cue.role == "index" for cue in case.near)
    small = case.quantity.out_of is not None and case.quantity.out_of not in load_words("reading.yaml")["index_maxima"]
    is_part = case.quantity.kind == "score" and ((case.memory.in_components and not named) or small)
    is_part |= case.quantity.kind in ("score", "percent", "rank") and case.is_ahead("part_of_index")
    is_part |= not named and _is_index_part(case)
    is_part |= _goes_on(case, "component") and case.quantity.kind == "score" and not named
    return Read(None, "component") if is_part else None


def _is_index_part(case: Case) -> bool:
    """`Cải cách tài chính công đạt 84,6%`, where the talk is of PAR INDEX."""
    if case.quantity.kind not in ("score", "percent") or not case.memory.index or tells(case.near):
        return False
    return words("index_parts").search(case.folded, *case.label) is not None


def _parts_of_sum(case: Case) -> Read | None:
    """`117 thủ tục (đường bộ 74, đường thủy 31, khác 12)`: bare counts that add up to the count before them."""
    quantities, index = case.number.sentence.quantities, case.number.index
    people = set(load_words("reading.yaml")["people_units"])
    for whole in range(index - 1, -1, -1):
        run = quantities[whole + 1 :]
        total, last = 0.0, whole
        for k, part in enumerate(run, whole + 1):
            if (
                part.kind != quantities[whole].kind
                or part.kind not in ("count", "score")
                or part.out_of is not None
                or not (part.unit in ("", quantities[whole].unit) or {part.unit, quantities[whole].unit} <= people)
            ):
                break
            total, last = total + part.value, k
            if total >= quantities[whole].value:
                break
        gap = case.folded[quantities[whole].end : quantities[whole + 1].start]
        is_whole = round(total - quantities[whole].value, 3) == 0 and last - whole > 1 and index <= last
        dumb = case.quantity.kind == "score" or case.quantity.unit in people or not tells(case.near)
        if is_whole and dumb and words("parts_follow").search(gap):
            if case.quantity.kind == "score":
                return Read(None, "component")
            return Read(case.reads[whole].reading, "parts") if case.reads[whole].reading else None
    return None


def _counted_share(case: Case) -> Read | None:
    """`100% văn bản đi được ký số (419/419 văn bản)`: the two counts that a share before them stands for."""
    quantity, index = case.quantity, case.number.index
    if quantity.out_of in (None, 0) or not index or case.previous is None:
        return None
    share = case.number.sentence.quantities[index - 1]
    if share.kind != "percent" or abs(100 * quantity.value / quantity.out_of - share.value) > _ROUNDING:
        return None
    taken = case.as_said_of(case.previous)
    return Read(taken, "computed") if taken else None


def _enumerated(case: Case) -> Read | None:
    """`kiểm tra 04 phòng và 10 xã`: one list, whatever the nouns."""
    before, quantity = case.previous, case.quantity
    if before is None or quantity.unit not in before.signature.units or quantity.unit not in _PLACES:
        return None
    gap = case.folded[case.number.sentence.quantities[case.number.index - 1].end : quantity.start]
    if before.indicator.startswith("apparatus.") or not words("listed_on").fullmatch(gap):
        return None
    return Read(before, "enumerated")


def _field_part(case: Case) -> Read | None:
    """`quá hạn 15 (0,1%); trong đó lĩnh vực đất đai 11 hồ sơ`: a part of the count before, by its field."""
    told = any(cue.role in TELLING and cue.name != "fields" for cue in case.near)
    named = any(cue.name == "fields" for cue in case.near)
    based = named and any(scope.base for scope in case.number.sentence.scopes[: case.number.index])
    is_part = based or near.search("part_of", case.folded, *case.label)
    if case.quantity.kind != "count" or told or not is_part or not case.near:
        return None
    counts = zip(case.number.sentence.quantities, case.reads, strict=False)
    readings = [read.reading for quantity, read in counts if quantity.kind == "count" and read.reading]
    taken = case.as_said_of(readings[-1]) if readings else None
    return Read(taken, "field_part") if taken else None


def _nothing_measured(case: Case) -> Read | None:
    """A difference between units, a threshold, the share of a field: what has no indicator, whatever the words."""
    ahead, behind = case.folded[slice(*case.label)], case.folded[case.quantity.end : case.number.scope.reach]
    if case.quantity.kind == "count" and near.search("sample", case.folded, *case.label):
        return Read(None, "unmeasured")
    if case.quantity.kind == "percent" and case.is_ahead("nothing.costs"):
        return Read(None, "unmeasured")
    if case.quantity.kind in ("score", "percent") and case.is_ahead("nothing.before"):
        return Read(None, "unmeasured")
    if case.quantity.unit == "dossier" and case.is_ahead("nothing.rate"):
        return Read(None, "unmeasured")
    if case.quantity.kind == "percent" and words("nothing", "behind").match(behind):
        return Read(None, "unmeasured")
    if case.quantity.kind == "percent" and _goes_on(case, "unmeasured") and not tells(case.cues_behind(case.own_reach)):
        return Read(None, "unmeasured")
    if case.quantity.kind == "percent" and words("nothing", "share_behind").match(behind):
        return Read(None, "unmeasured") if words("nothing", "share_before").search(ahead) else None
    return None


def _goes_on(case: Case, rule: str) -> bool:
    """True where the number before it in the sentence, of the same kind, was read by a rule."""
    before = case.number.sentence.quantities[case.number.index - 1] if case.reads else None
    return before is not None and before.kind == case.quantity.kind and case.reads[-1].rule == rule


def _compared_with_others(case: Case) -> Read | None:
    """`cao hơn 1,2 điểm so với bình quân của tỉnh`: neither a level nor a change over time; the average itself."""
    if case.is_ahead("nothing.above_average"):
        return _difference(case)
    if case.is_ahead("nothing.above_others"):
        close = case.folded[case.quantity.end : case.number.clause[1]].partition(",")[0]
        if words("nothing", "other_level").search(close) or case.is_ahead("nothing.other_level"):
            return _difference(case)
    if case.is_ahead("nothing.other_level") and case.is_ahead("nothing.others_reach"):
        return Read(None, "none")
    return None


def _difference(case: Case) -> Read:
    """How far one is from others: of the thing said before it, else of the index that the talk is of."""
    rules = (_linked, _index, _carried, _carried_over)
    found = next((read for rule in rules if (read := rule(case)) and read.reading), None)
    return Read(found.reading if found else None, "compared")


def _index(case: Case) -> Read | None:
    """Ranks and scores, and shares where the talk is of an index and of nothing else."""
    reading = _indexed(case) if _speaks_of_index(case) else None
    return Read(reading, "index") if reading else None


def _speaks_of_index(case: Case) -> bool:
    if case.quantity.kind in ("rank", "score"):
        return True
    if case.quantity.kind != "percent" or any(cue.role == "state" for cue in case.cues):
        return False
    if words("share_of_units").match(case.folded, case.quantity.end) or _is_under_other_heading(case):
        return False
    named = any(cue.role == "index" and cue.end <= case.quantity.start for cue in case.cues)
    named |= bool(case.memory.index and words("some_index").search(case.folded, *case.number.scope.before))
    last = case.memory.last.indicator if case.memory.last else ""
    still = not last or last.startswith("index.") or last in load_words("reading.yaml")["measured_by_indices"]
    return named or bool(case.memory.index and still)


def _is_under_other_heading(case: Case) -> bool:
    """`(1) Hồ sơ trực tuyến. Mục tiêu quý I đạt 75%`: the short sentence before says what the share is of."""
    heading = case.memory.heading
    return case.memory.heading_is_said and tells(heading) and not any(cue.role == "index" for cue in heading)


def _indexed(case: Case) -> Reading | None:
    quantity, memory = case.quantity, case.memory
    indices = [cue for cue in case.cues if cue.role == "index"]
    near = [cue for cue in indices if cue.end <= quantity.start][-1:] or indices[:1]
    if near:
        signature = index_signature(near[0].name)
        code = signature.code(quantity.kind)
        return Reading(code, signature, 3.0) if code else None
    again = memory.ranked.get((quantity.kind, quantity.value)) if quantity.out_of is None else None
    return case.as_said_of(again or memory.index)


def _has_pronoun(case: Case) -> bool:
    return words("pronoun").search(case.folded, *case.number.scope.before) is not None


def _pronoun(case: Case) -> Read | None:
    """`Con số này là 98%`: the last thing said."""
    if case.previous is not None or not _has_pronoun(case):
        return None
    count, memory = case.quantity.value if case.quantity.kind == "count" else 0.0, case.memory
    is_part = memory.last_count is None or count <= memory.last_count
    taken = case.as_said_of(memory.last) if is_part else None
    if taken is None and case.quantity.kind == "percent":
        taken = case.as_said_of(memory.last_share)
    return Read(taken, "pronoun") if taken else None


def _of_sentence_before(case: Case) -> Read | None:
    """`Việc này đã đạt 100%`: what the sentence before speaks of without a number."""
    if case.reads or not case.memory.unsaid or not words("this_task").search(case.folded, *case.label):
        return None
    weights = {cue.name: load_cues()[cue.name].strength for cue in case.memory.unsaid}
    reading = case.match(weights, case.cues)
    return Read(reading, "pronoun") if reading else None


def _pronoun_if_dumb(case: Case) -> Read | None:
    """`chỉ tiêu này đạt 80%, hồ sơ đúng hạn đạt 99%`: what follows is about the next number."""
    if tells_topic(within(case.cues, *case.label)) or not near.search("this", case.folded, *case.label):
        return None
    return _pronoun(case)


def _carried(case: Case) -> Read | None:
    """The thing that the number before counts, where this one names nothing else."""
    if words("own_subject").search(case.folded[slice(*case.label)]):
        return None
    quantity, before = case.quantity, case.number.sentence.quantities[case.number.index - 1]
    again = quantity.unit == before.unit and quantity.unit not in load_words("reading.yaml")["mixed_units"]
    same_noun = quantity.unit in ("", "case", "dossier") or (case.number.index > 0 and again)
    said_again = quantity.kind != "count" or same_noun or _has_pronoun(case)
    taken = case.as_said_of(case.count_before or case.previous) if said_again else case.as_said_of(case.whole)
    return Read(taken, "carried") if taken else None


def _of_whom(case: Case) -> Read | None:
    """`Cả huyện nhận 63.208 hồ sơ. Của xã là 53.393`: a part of what was just said, by whose it is."""
    if case.quantity.unit or not words("of_whom").fullmatch(case.folded, *case.label):
        return None
    taken = case.as_said_of(case.previous or case.memory.last)
    return Read(taken, "of_whom") if taken else None


def _rest(case: Case) -> Read | None:
    """`Trả đúng hạn 731 hồ sơ. Còn lại 73 hồ sơ`: what is left of those resolved is pending."""
    rest = load_words("reading.yaml")["rest"]
    if case.quantity.kind != "count" or case.previous or tells(case.near) or not case.memory.last:
        return None
    if case.memory.last.indicator not in rest["of"] or not words("rest", "label").fullmatch(case.folded, *case.label):
        return None
    reading = case.match(rest["means"], case.cues)
    return Read(reading, "rest") if reading else None


def _sentence(case: Case) -> Read | None:
    """`gửi thư xin lỗi; nửa năm gửi 23 lá`: a telling noun, and words from anywhere in its sentence."""
    if case.quantity.unit in ("", *load_words("reading.yaml")["vague_units"]) or case.quantity.kind != "count":
        return None
    reading = case.match(weigh(case.cues, case.number.at, 0.4), case.cues)
    return Read(reading, "sentence") if reading else None


def _under_heading(case: Case) -> Read | None:
    """`- Còn hồ sơ nộp qua mạng? - Đầu năm mới được 5%`: what the heading or the question asks for."""
    if not case.memory.heading or tells(case.near) or case.quantity.kind not in ("percent", "count"):
        return None
    if not tells(case.memory.heading) or (
        case.quantity.kind == "count" and (case.memory.heading_is_said or not case.is_bare_value)
    ):
        return None
    weights = {cue.name: load_cues()[cue.name].strength for cue in case.memory.heading}
    reading = case.match(weights, case.cues)
    return Read(reading, "heading") if reading else None


def _labels_another(case: Case, cue: Cue) -> bool:
    """True for the words of a number behind: of `Sở A: 12.045 hồ sơ, quá hạn 5` the first count isn't overdue."""
    behind = case.number.sentence.scopes[case.number.index + 1 :]
    return cue.role == "state" and any(a <= cue.start < b for a, b in (scope.before for scope in behind))


def _clause(case: Case) -> Read | None:
    """From all words of its clause; those of a base (`trong 58 nhiệm vụ, ...`) are about another number."""
    cues = [cue for cue in case.cues if cue.role == "topic"] if case.number.scope.base else case.cues
    sentence = case.number.sentence
    heading = words("item_heading").match(case.folded, sentence.start, sentence.end)
    near = within(cues, *case.number.clause) + (within(cues, *heading.span()) if heading else [])
    near = [cue for cue in near if cue.role != "unit" or cue in case.near]
    if case.quantity.kind == "count" and case.folded[slice(*case.label)].strip():
        near = [cue for cue in near if cue in case.near or not _labels_another(case, cue)]
    if case.quantity.kind == "percent" and not tells(case.cues):
        return None  # nothing in the sentence tells: it goes on about what was said
    reading = case.match(weigh(near, case.number.at, 0.5), cues)
    counted = words("counted_label").search(case.folded, *case.label)
    if (
        reading
        and counted
        and reading.indicator.startswith("dossiers.")
        and not words("dossiers").search(counted.group())
    ):
        return Read(None, "bare")
    if reading and case.quantity.kind == "count" and not case.quantity.unit and not counted:
        return Read(None, "bare")  # a figure, but nothing that stands with it says of what
    return Read(reading, "clause") if reading else None


def _carried_over(case: Case) -> Read | None:
    """A number of the sentence before's thing: with the same noun, or with none."""
    noun = case.quantity.unit if case.quantity.kind == "count" else ""
    again = noun and noun == case.memory.last_unit and not case.reads
    if noun and not again:
        return None
    taken = case.as_said_of(case.memory.last)
    if taken is None and case.quantity.kind == "percent":
        taken = case.as_said_of(case.memory.last_share)
    if taken is None:
        return None
    if taken.indicator.startswith("index.") and case.shares_a_noun:
        return Read(None, "unknown")
    if words("of_the_plan").match(case.folded, case.quantity.end) and any(read.reading for read in case.reads):
        return Read(None, "unknown")  # `kiểm tra 12 đơn vị, đạt 100% kế hoạch`: of what this sentence counts
    if again:
        return Read(taken, "carried_over")
    return Read(taken, "carried_over") if case.quantity.kind != "count" else Read(None, "none")


def _unknown(case: Case) -> Read:
    said = case.quantity.unit or case.quantity.out_of is not None or case.counts_unknown
    return Read(None, "unknown") if said else Read(None, "none")


RULES: tuple[Callable[[Case], Read | None], ...] = (
    _nothing_measured, _compared_with_others, _target_of_last, _component, _parts_of_sum, _counted_share, _enumerated,
    _field_part, _computed, _linked_if_dumb, _pronoun_if_dumb, own_words, _linked, _index, _rest, _of_sentence_before,
    _pronoun, _of_whom, _carried, _under_heading, _clause, _sentence, _carried_over, _unknown,
)  # fmt: skip
