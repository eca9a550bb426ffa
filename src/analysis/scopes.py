"""Which words of a sentence belong to which number.

A Vietnamese sentence of figures is a row of numbers with their words around them: `tiếp nhận 4.545 hồ sơ,
giải quyết 4.500; quá hạn 12 hồ sơ (0,3%)`. The words between two numbers are shared out at the strongest
mark between them; what stands in brackets belongs to the number before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

from analysis.catalogue import load_pattern, load_words
from analysis.model import Quantity
from analysis.quantities import noun_pattern
from analysis.searches import Match, Searches

Stretch = tuple[int, int]
LONGEST = 1500
"""Characters up to which a sentence is read as one."""
_BRACKETS = re.compile(r"\([^()]*\)")
_words = partial(load_pattern, "scopes.yaml")
_near = Searches(
    "scopes.yaml", "breaks.strong", "breaks.comma", "breaks.weak", "clause", "label_starts", "base", "led"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """The words around one number of a sentence, as spans of the text.

    `parent` is the index, among the sentence's numbers, of the one before the brackets that hold this number.
    `linked` is true where nothing but link words (`bằng`, `đạt`, `tức`, a bracket) stands between it and the
    number before: `4.157, bằng 99,71%`.
    """

    before: Stretch
    after: Stretch
    reach: int
    """How far `after` may be stretched, where the nearest words tell nothing."""
    parent: int | None
    linked: bool
    base: bool
    """True for the whole that the next number is a part of: `trong 58 nhiệm vụ, đã hoàn thành 29`."""
    led: bool
    """True where a link verb stands right before the number, so that its label comes first: `tỷ lệ ... đạt 98%`."""


@dataclass(frozen=True)
class Sentence:
    """A sentence and the numbers in it. `folded` is the matching form of the whole text, which offsets point into.

    >>> from analysis.quantities import find_quantities
    >>> text = "tiếp nhận 500 hồ sơ, quá hạn 12 hồ sơ (2,4%)"
    >>> sentence = Sentence(text, 0, len(text), tuple(find_quantities(text)))
    >>> [text[slice(*scope.before)] for scope in sentence.scopes]
    ['tiếp nhận ', ' quá hạn ', '']
    """

    folded: str
    start: int
    end: int
    quantities: tuple[Quantity, ...]

    @property
    def words(self) -> str:
        """The sentence itself, in its matching form."""
        return self.folded[self.start : self.end]

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """One scope per number."""
        return tuple(_scope(self, i) for i in range(len(self.quantities)))

    @cached_property
    def brackets(self) -> tuple[Stretch, ...]:
        """The stretches in round brackets, but for one around the first number alone: `Toàn bộ (100%) cán bộ`."""
        first = self.quantities[0] if self.quantities else None
        found = (match.span() for match in _BRACKETS.finditer(self.folded, self.start, self.end))
        return tuple(b for b in found if not (first and b == (first.start - 1, first.end + 1)))

    @cached_property
    def holders(self) -> tuple[Stretch | None, ...]:
        """For each number the brackets that it stands in."""
        brackets = self.brackets
        return tuple(
            next((bracket for bracket in brackets if bracket[0] <= q.start and q.end <= bracket[1]), None)
            for q in self.quantities
        )

    @cached_property
    def _numbers(self) -> tuple[Situated, ...]:
        return tuple(Situated(self, i) for i in range(len(self.quantities)))

    def numbers(self) -> tuple[Situated, ...]:
        """The numbers, each where it stands."""
        return self._numbers


@dataclass(frozen=True)
class Situated:
    """One number of a sentence, where it stands."""

    sentence: Sentence
    index: int

    @cached_property
    def quantity(self) -> Quantity:
        """The number."""
        return self.sentence.quantities[self.index]

    @cached_property
    def scope(self) -> Scope:
        """The words around it."""
        return self.sentence.scopes[self.index]

    @cached_property
    def at(self) -> Stretch:
        """Its span, with the noun that it counts."""
        noun = noun_pattern().match(self.sentence.folded, self.quantity.end)
        return self.quantity.start, noun.end() if noun and self.quantity.unit else self.quantity.end

    def is_held_by(self, offset: int) -> bool:
        """True where it stands in the same brackets as what stands at an offset of the text."""
        holder = self.sentence.holders[self.index]
        return holder is not None and holder[0] <= offset < holder[1]

    def is_outside_brackets_of(self, offset: int) -> bool:
        """True where brackets hold what stands at an offset of the text, but not the number."""
        around = [(a, b) for a, b in self.sentence.brackets if a <= offset < b]
        told = [b for b in around if b in self.sentence.holders]  # brackets without figures tell of what stands around
        return any(bracket != self.sentence.holders[self.index] for bracket in told)

    @cached_property
    def clause_start(self) -> int:
        """Where its clause begins: at the sentence's start, or behind a semicolon."""
        found = _near.find_all("clause", self.sentence.folded, self.sentence.start, self.quantity.start)
        marks = [mark for mark in found if not any(a <= mark.start() < b for a, b in self.sentence.brackets)]
        return marks[-1].end() if marks else self.sentence.start

    @cached_property
    def clause(self) -> Stretch:
        """Its clause, up to the next semicolon."""
        mark = _near.search("clause", self.sentence.folded, self.quantity.end, self.sentence.end)
        return self.clause_start, mark.start() if mark else self.sentence.end

    @property
    def next_start(self) -> int:
        """Where the next number begins, or the sentence ends."""
        following = self.sentence.quantities[self.index + 1 :]
        return following[0].start if following else self.sentence.end

    @cached_property
    def ahead(self) -> str:
        """The words of its clause before it."""
        return self.sentence.folded[self.clause_start : self.quantity.start]

    @property
    def behind(self) -> str:
        """Its own words behind it."""
        return self.sentence.folded[self.quantity.end : self.scope.after[1]]


def readable_pieces(folded: str, start: int, end: int) -> Iterator[Stretch]:
    """A sentence as one stretch; one far too long for a sentence (a table in one line) in pieces, cut at its marks.

    >>> text = "tiếp nhận 45 hồ sơ; " * 200
    >>> max(b - a for a, b in readable_pieces(text, 0, len(text))) <= LONGEST
    True
    """
    while end - start > LONGEST:
        window = folded[start : start + LONGEST]
        marks = (list(_words("cuts", name).finditer(window)) for name in load_words("scopes.yaml")["cuts"])
        last = next((found[-1].end() for found in marks if found), LONGEST)
        yield start, start + last
        start += last
    yield start, end


def as_listed(folded: str, quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Decimals of a list whose unit stands at its end only: `Sở A 80,16, Sở B 79,93 và Sở C 78,24 điểm`."""
    told = list(quantities)
    for i in range(len(told) - 2, -1, -1):
        this, following = told[i], told[i + 1]
        if this.kind == following.kind == "count" and following.unit and not this.unit and this.change == "none":
            if _words("one_noun").fullmatch(folded, this.end, following.start):
                told[i] = replace(this, unit=following.unit)
        if _is_bare_decimal(this) and following.kind in ("score", "percent"):
            if _words("listed_on").fullmatch(folded, this.end, following.start):
                told[i] = replace(this, kind=following.kind, unit=following.unit)
    for i in range(1, len(told)):
        previous, this = told[i - 1], told[i]
        if previous.change != "none" and this.change == "none" and {this.unit, previous.unit} == {"point", "position"}:
            if _words("changes_go_on").fullmatch(folded, previous.end, this.start):
                this = told[i] = replace(this, change=previous.change)
        if previous.kind == "rank" and this.kind == "count" and not this.unit and this.change == "none":
            if _words("ranks_go_on").fullmatch(folded, previous.end, this.start):
                told[i] = replace(this, kind="rank", unit=previous.unit)
        elif _is_bare_decimal(this) and previous.kind in ("score", "percent"):
            if _words("bracketed").fullmatch(folded, previous.end, this.start):
                told[i] = replace(this, kind=previous.kind, unit=previous.unit)
    return tuple(told)


def _is_bare_decimal(quantity: Quantity) -> bool:
    return quantity.kind == "count" and not quantity.unit and quantity.out_of is None and bool(quantity.value % 1)


@cache
def _links_only() -> re.Pattern[str]:
    links = "|".join(load_words("scopes.yaml")["links"])
    return re.compile(rf"[\s,;:.–()\-=]*(?:(?:{links})[\s,;:()=\-]*)*$")


def _scope(sentence: Sentence, i: int) -> Scope:
    folded, quantity = sentence.folded, sentence.quantities[i]
    after, reach = _after(sentence, i)
    parent = _parent(sentence, i)
    return Scope(
        before=_before(sentence, i),
        after=after,
        reach=reach,
        parent=parent,
        linked=i > 0 and _is_linked(sentence, i, parent),
        base=bool(_near.search("base", folded, max(sentence.start, quantity.start - 20), quantity.start)),
        led=bool(_near.search("led", folded, max(sentence.start, quantity.start - 40), quantity.start)),
    )


def _is_linked(sentence: Sentence, i: int, parent: int | None) -> bool:
    """True where only link words, or the counted noun, stand between a number and the one before it."""
    start, bracket = sentence.quantities[i].start, sentence.holders[i]
    gap = sentence.folded[sentence.quantities[i - 1].end : start]
    if ";" in gap and not _words("link_behind").search(gap):
        return False  # a semicolon begins anew: `giảm 12 đơn; 6/7 vụ việc`
    if _links_only().match(_words("counted_noun").sub("", gap)):
        return True
    return parent == i - 1 and bracket is not None and bool(_links_only().match(sentence.folded[bracket[0] : start]))


def _parent(sentence: Sentence, i: int) -> int | None:
    holder = sentence.holders[i]
    if holder is None:
        return None
    outer = [j for j in range(i) if sentence.holders[j] != holder and sentence.quantities[j].end <= holder[0]]
    return outer[-1] if outer and not _label_of_brackets(sentence, i) else None


def _label_of_brackets(sentence: Sentence, i: int) -> Stretch | None:
    """`đúng hạn (kế hoạch 95%, đạt 97%) và trực tuyến (kế hoạch 45%)`: of the second brackets the words before them.

    None where they are said of a number before them, or hold nothing but one: `cư trú (21), kế đến tạm trú (19)`.
    """
    holder = sentence.holders[i]
    ahead = [j for j in range(i) if sentence.holders[j] != holder]
    last = sentence.holders[ahead[-1]] if ahead else None
    if holder is None or last is None or not sentence.folded[holder[0] + 1 : sentence.quantities[i].start].strip():
        return None
    start = _second_starts(sentence, last[1], holder[0], None)
    return (start, holder[0]) if len(sentence.folded[start : holder[0]].split()) > 1 else None


def _neighbour(sentence: Sentence, i: int, among: range) -> Quantity | None:
    """The first of some numbers that stands in the same brackets as one, or like it in none."""
    holders = sentence.holders
    return next((sentence.quantities[j] for j in among if holders[j] == holders[i]), None)


def _before(sentence: Sentence, i: int) -> Stretch:
    start, holder = sentence.quantities[i].start, sentence.holders[i]
    previous = _neighbour(sentence, i, range(i - 1, -1, -1))
    if previous:
        return _second_starts(sentence, previous.end, start, holder), start
    if holder:
        label = _label_of_brackets(sentence, i)
        return (label[0] if label else holder[0] + 1), start
    inner = [b for a, b in sentence.brackets if b <= start and (a, b) in sentence.holders[:i]]
    if inner:
        return _second_starts(sentence, inner[-1], start, holder), start
    marks = _marks("label_starts", sentence, sentence.start, start, holder)
    marks = marks or _marks("breaks.strong", sentence, sentence.start, start, holder)
    return marks[-1].end() if marks else sentence.start, start


def _after(sentence: Sentence, i: int) -> tuple[Stretch, int]:
    quantity, holder = sentence.quantities[i], sentence.holders[i]
    following = _neighbour(sentence, i, range(i + 1, len(sentence.quantities)))
    stop = following.start if following else holder[1] - 1 if holder else sentence.end
    strong = _marks("breaks.strong", sentence, quantity.end, stop, holder)
    stop = strong[0].start() if strong else stop
    commas = _marks("breaks.comma", sentence, quantity.end, stop, holder)
    if following:
        weak = commas or _marks("breaks.weak", sentence, quantity.end, stop, holder)
        mark = weak[-1 if commas and _heads_clause(sentence, quantity, stop) else 0] if weak else None
    else:
        mark = commas[0] if commas and quantity.kind != "percent" else None
    return (quantity.end, mark.start() if mark else stop), stop


def _marks(name: str, sentence: Sentence, start: int, end: int, holder: Stretch | None) -> list[Match]:
    """Marks between two offsets; for what stands outside brackets those within don't count."""
    marks = _near.find_all(name, sentence.folded, start, end)
    if holder or not sentence.brackets:
        return marks
    return [mark for mark in marks if not any(a <= mark.start() < b for a, b in sentence.brackets)]


def _heads_clause(sentence: Sentence, quantity: Quantity, stop: int) -> bool:
    """`100% cán bộ, công chức, viên chức ký cam kết`: commas part the subject, not the clauses."""
    return quantity.kind == "percent" and bool(_words("subject_follows").match(sentence.folded, quantity.end, stop))


def _second_starts(sentence: Sentence, start: int, end: int, holder: Stretch | None) -> int:
    """Where the words between two numbers part: at the strongest mark, where those of the second begin."""
    if strong := _marks("breaks.strong", sentence, start, end, holder):
        mark = strong[-1]
        return mark.end() if sentence.folded[mark.start()] in ";." else mark.start()
    weaker = _marks("breaks.comma", sentence, start, end, holder) or _marks("breaks.weak", sentence, start, end, holder)
    return weaker[0].end() if weaker else start
