"""Which words of a sentence belong to which number.

A Vietnamese sentence of figures is a row of numbers with their words around them: `tiếp nhận 4.545 hồ sơ,
giải quyết 4.500; quá hạn 12 hồ sơ (0,3%)`. The words between two numbers are shared out at the strongest
mark between them; what stands in brackets belongs to the number before them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.model import Quantity

LINK = r"(?:bằng|=|chiếm|đạt|được|là|có|gồm|tương đương|tương ứng|ứng với|tức( là)?|với|còn|và|mới(?= đạt| chỉ| được| có| là)|chỉ|cũng|đã|trên|hơn|gần|khoảng|khoảng chừng|t[ỷỉ] lệ|mức|:|thì|ở|tới|đến|lên|tính|đều|về|trong đó|trong số này|số này|con số này|t[ỷỉ] lệ này|này|lần lượt)"
_LINKS_ONLY = re.compile(rf"[\s,;:.–()\-=]*(?:{LINK}[\s,;:()=\-]*)*$")
_LINK_BEFORE = re.compile(
    r"(?:bằng|=|chiếm|đạt|là|tương đương|tương ứng|t[ỷỉ] lệ|mức|:)\s*(?:t[ỷỉ] lệ\s*)?(?:trên|hơn|gần|khoảng)?\s*$"
)
_WEAK_BREAK = re.compile(r"\s(?:có|là|đạt|chiếm|bằng|gồm|tương đương|tức|với|còn|và|trừ|ngoài|thì|trong khi)\s|\s?=\s?")
_STRONG = re.compile(r"[;]|\.\s|\s–\s|\s-\s|,\s(?:còn|riêng|ngoài ra)\s|,?\strong khi(?: đó)?\s")
_COMMA = re.compile(r"[,:](?=\s|$)|\s(?:trong đó)\s")


@dataclass(frozen=True, slots=True)
class Scope:
    """The words around one number of a sentence, as spans of the text.

    `parent` is the index, among the sentence's numbers, of the one before the brackets that hold this number.
    `linked` is true where nothing but link words (`bằng`, `đạt`, `tức`, a bracket) stands between it and the
    number before: `4.157, bằng 99,71%`.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    reach: int
    """How far `after` may be stretched, where the nearest words tell nothing."""
    parent: int | None
    linked: bool
    base: bool
    """True for the whole that the next number is a part of: `trong 58 nhiệm vụ, đã hoàn thành 29`."""
    led: bool
    """True where a link verb stands right before the number, so that its label comes first: `tỷ lệ ... đạt 98%`."""


def find_scopes(folded: str, sentence: tuple[int, int], quantities: Sequence[Quantity]) -> list[Scope]:
    """One scope per quantity of a sentence. `folded` is the matching form of the whole text.

    >>> text = "tiếp nhận 500 hồ sơ, quá hạn 12 hồ sơ (2,4%)"
    >>> from analysis.quantities import find_quantities
    >>> [text[slice(*s.before)] for s in find_scopes(text, (0, len(text)), find_quantities(text))]
    ['tiếp nhận ', ' quá hạn ', '']
    """
    brackets = [m.span() for m in re.finditer(r"\([^()]*\)", folded[sentence[0] : sentence[1]])]
    brackets = [(a + sentence[0], b + sentence[0]) for a, b in brackets]
    holder = [next(((a, b) for a, b in brackets if a <= q.start and q.end <= b), None) for q in quantities]
    scopes = []
    for i, quantity in enumerate(quantities):
        before = _before(folded, sentence, quantities, holder, brackets, i)
        after, reach = _after(folded, sentence, quantities, holder, brackets, i)
        parent = _parent(quantities, holder, i)
        gap = folded[quantities[i - 1].end : quantity.start] if i else "x"
        linked = bool(
            i and (_LINKS_ONLY.match(_without_noun(gap)) or (parent == i - 1 and _opens(folded, holder[i], quantity)))
        )
        base = bool(
            re.search(
                r"(?:^|[\s,;.(])trong(?: tổng)?(?: số)?\s*$",
                folded[max(sentence[0] - 1, quantity.start - 20) : quantity.start],
            )
        )
        led = bool(_LINK_BEFORE.search(folded[max(sentence[0], quantity.start - 40) : quantity.start]))
        scopes.append(Scope(before, after, reach, parent, linked, base, led))
    return scopes


def _without_noun(gap: str) -> str:
    """`4.157 hồ sơ, bằng`: the counted noun doesn't part a number from its share."""
    return re.sub(
        r"^\s*(?:bộ )?(?:hồ sơ|hs|tthc|thủ tục|nhiệm vụ|bộ|trường hợp|đơn|vụ việc|văn bản|phiếu|người|lượt)(?: (?:tthc|hành chính|thủ tục hành chính))*(?=\W|$)",
        "",
        gap,
    )


def _opens(folded: str, bracket: tuple[int, int] | None, quantity: Quantity) -> bool:
    """True where a number stands first in its bracket, but for link words."""
    return bool(bracket and _LINKS_ONLY.match(folded[bracket[0] : quantity.start]))


def _parent(quantities: Sequence[Quantity], holder: list[tuple[int, int] | None], i: int) -> int | None:
    if holder[i] is None:
        return None
    outer = [j for j in range(i) if holder[j] != holder[i] and quantities[j].end <= holder[i][0]]
    return outer[-1] if outer else None


def _stretch(folded: str, start: int, end: int, brackets: list[tuple[int, int]]) -> str:
    """The text from start to end with brackets blanked, so that marks in them don't count."""
    piece = list(folded[start:end])
    for a, b in brackets:
        for k in range(max(a, start), min(b, end)):
            piece[k - start] = "\x00"
    return "".join(piece)


def _before(folded, sentence, quantities, holder, brackets, i) -> tuple[int, int]:
    quantity = quantities[i]
    if holder[i]:
        previous = [q.end for j, q in enumerate(quantities[:i]) if holder[j] == holder[i]]
        if not previous:
            return (holder[i][0] + 1, quantity.start)
        return (previous[-1] + _break(folded[previous[-1] : quantity.start], last=True), quantity.start)
    outer = [q.end for j, q in enumerate(quantities[:i]) if holder[j] is None]
    if not outer:
        marks = list(_STRONG.finditer(_stretch(folded, sentence[0], quantity.start, brackets)))
        return (sentence[0] + (marks[-1].end() if marks else 0), quantity.start)
    gap = _stretch(folded, outer[-1], quantity.start, brackets)
    return (outer[-1] + _break(gap, last=True), quantity.start)


def _after(folded, sentence, quantities, holder, brackets, i) -> tuple[tuple[int, int], int]:
    quantity = quantities[i]
    if holder[i]:
        following = [q.start for j, q in enumerate(quantities) if j > i and holder[j] == holder[i]]
        stop, brackets = (following[0] if following else holder[i][1] - 1), []
    else:
        following = [q.start for j, q in enumerate(quantities) if j > i and holder[j] is None]
        stop = following[0] if following else sentence[1]
    gap = _stretch(folded, quantity.end, stop, brackets)
    strong = _STRONG.search(gap)
    gap = gap[: strong.start()] if strong else gap
    if following:
        near = _break(gap, last=False, far=_heads_clause(gap, quantity))
    else:
        comma = _COMMA.search(gap)
        near = comma.start() if comma and quantity.kind != "percent" else len(gap)
    return (quantity.end, quantity.end + near), quantity.end + len(gap)


def _heads_clause(gap: str, quantity: Quantity) -> bool:
    """`100% cán bộ, công chức, viên chức ký cam kết`: commas part the subject, not the clauses."""
    return quantity.kind == "percent" and bool(
        re.match(r"\s(?!so với|trên|trong|của|và|với|còn|kế hoạch|vào)[^\W\d]", gap)
    )


def _break(gap: str, *, last: bool, far: bool = False) -> int:
    """Where the words between two numbers part: the start of the second's (`last`), or the end of the first's."""
    for pattern in (_STRONG, _COMMA, _WEAK_BREAK):
        marks = list(pattern.finditer(gap))
        if marks:
            if pattern is _STRONG and last:
                return marks[-1].start() if not gap[marks[-1].start()] in ";." else marks[-1].end()
            return marks[0].end() if last else marks[-1 if far and pattern is _COMMA else 0].start()
    return 0 if last else len(gap)
