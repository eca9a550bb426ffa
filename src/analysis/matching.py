"""Many patterns over one text in one pass: the matches that each pattern's own `finditer` would give.

A vocabulary has hundreds of patterns, nearly all of which begin with one of a few words. The text is split at its
white space once. For every distinct chunk (digits counting as one) an automaton tells which patterns could begin in
it, and then which still could with the chunk that follows; only there are they tried. Both answers are remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from threading import Lock
from typing import Any

_STANDS_FOR = {"0": "0123456789", " ": " \t\n"}
"""What a character of a chunk's shape may be in the text."""
_LONGEST = 30
"""Chunks with more characters (web addresses) are all different, and not worth remembering."""
_REMEMBERED = 200_000
_COPIES = 3
"""So often a repeated part is told apart from one that is repeated without end."""


class PatternSet:
    """Patterns that are looked for together; they must not match the empty text.

    >>> found = PatternSet([re.compile(r"năm (?P<year>20[0-9]{2})"), re.compile(r"[0-9]+ hồ sơ")])
    >>> [(k, match.group()) for k, match in found.matches("năm 2021 nhận 45 hồ sơ, năm 2022 nhận 51 hồ sơ")]
    [(0, 'năm 2021'), (0, 'năm 2022'), (1, '45 hồ sơ'), (1, '51 hồ sơ')]
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._match = [pattern.match for pattern in patterns]
        self._automaton = _Automaton([_parser.parse(p.pattern, p.flags) for p in patterns])
        self._followers: list[_Followers | None] = [_Followers([])]
        """By the number of a shape what may begin in it; None for nothing."""

    def starts(self, text: str) -> list[tuple[int, int]]:
        """The places at which a pattern may match, in order, each with its index: no others can."""
        chunks, numbers, lengths = _split(text)
        self._note_shapes()
        found = []
        for i, follower in enumerate(map(self._followers.__getitem__, numbers[:-1])):
            if follower is not None and not numbers[i]:
                follower = self._automaton.followers(chunks[i])
            if follower is None:
                continue
            at, following = lengths[i] + i, numbers[i + 1]
            for offset, k in follower[following] if following else follower.before(chunks[i + 1]):
                found.append((at + offset, k))
        return found

    def _note_shapes(self) -> None:
        known = _SHAPES.known
        if len(self._followers) < len(known):
            with _LOCK:
                while len(self._followers) < len(known):
                    self._followers.append(self._automaton.followers(known[len(self._followers)]))

    def matches(self, text: str) -> list[tuple[int, re.Match[str]]]:
        """The matches of each pattern, with its index: by pattern, then in order."""
        behind, found = [0] * len(self._match), []
        for at, k in self.starts(text):
            if at >= behind[k] and (match := self._match[k](text, at)):
                behind[k] = match.end()
                found.append((k, match))
        found.sort(key=_index)
        return found


def _index(found: tuple[int, re.Match[str]]) -> int:
    return found[0]


_LOCK = Lock()


class _Shapes(dict[str, int]):
    """Shapes of chunks met so far, numbered from 1; 0 for one that isn't remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.known = [""]

    def __missing__(self, shape: str) -> int:
        with _LOCK:
            if len(shape) > _LONGEST or len(self.known) >= _REMEMBERED:
                return 0
            if shape not in self:
                self.known.append(shape)
                self[shape] = len(self.known) - 1
            return self[shape]


_SHAPES = _Shapes()


@lru_cache(maxsize=4)
def _split(text: str) -> tuple[list[str], list[int], list[int]]:
    """The shapes of the chunks between single white spaces, and their numbers, with an empty one at the end.

    Also how many characters they have before each. The first chunk of a line has the line feed before it, which
    isn't counted.
    """
    shape = text.replace("\t", " ")
    for digit in "123456789":
        shape = shape.replace(digit, "0")
    chunks = f"\n{shape}".replace("\n", " \n").split(" ")[1:]
    lengths = list(accumulate(map(len, shape.replace("\n", " ").split(" ")), initial=0))
    chunks.append("")
    return chunks, list(map(_SHAPES.__getitem__, chunks)), lengths


class _Followers(dict[int, tuple[tuple[int, int], ...]]):
    """By the number of the next chunk's shape what may begin in this one: offsets and indices of patterns."""

    def __init__(self, starts: Sequence[tuple[int, _State]]) -> None:
        super().__init__()
        self._starts = starts

    def __missing__(self, number: int) -> tuple[tuple[int, int], ...]:
        self[number] = self.before(_SHAPES.known[number])
        return self[number]

    def before(self, following: str) -> tuple[tuple[int, int], ...]:
        """What may begin in this chunk where that one follows."""
        shape = following.removeprefix("\n") + " "
        return tuple((offset, k) for offset, state in self._starts for k in state.after(shape).patterns)


# --- the automaton ------------------------------------------------------------------------------------------------


class _State(dict[str, "_State"]):
    """Places in the patterns that a text may have come to; by the next character the state behind it."""

    def __init__(self, automaton: _Automaton, places: frozenset[int]) -> None:
        super().__init__()
        self._automaton = automaton
        self._places = places
        self.patterns = tuple(sorted({automaton.pattern_of[place] for place in places}))
        """The patterns that may match, or may already have."""

    def __missing__(self, char: str) -> _State:
        self[char] = self._automaton.step(self._places, char)
        return self[char]

    def after(self, shape: str) -> _State:
        """The state behind a stretch."""
        state = self
        for char in shape:
            state = state[char]
            if not state.patterns:
                break
        return state


class _Automaton:
    """The patterns as places joined by characters; what only looks around is taken to hold."""

    def __init__(self, trees: Sequence[Any]) -> None:
        self.pattern_of: list[int] = []
        self._takes: list[_Chars | None] = []
        """By place the characters that lead on from it; None where the pattern has matched, which nothing undoes."""
        self._next: list[frozenset[int]] = []
        self._states: dict[frozenset[int], _State] = {}
        entries = []
        for k, tree in enumerate(trees):
            entries.append(self._sequence(k, tree, frozenset({self._place(k, None, frozenset())})))
        self.at_line_start = self._state(entries)
        """Before the first character of a line."""
        kept = [(entry, tree) for entry, tree in zip(entries, trees, strict=True) if not _begins_line(tree)]
        self.anywhere = self._state(entry for entry, _ in kept)
        """Elsewhere, but not behind a letter or digit."""
        self.in_words = self._state(entry for entry, tree in kept if not _begins_word(tree))

    def _state(self, places: Iterable[frozenset[int]]) -> _State:
        joined = frozenset().union(*places)
        if joined not in self._states:
            self._states[joined] = _State(self, joined)
        return self._states[joined]

    def followers(self, chunk: str) -> _Followers | None:
        """What may begin in a chunk; None for nothing."""
        states = self.at_line_start if chunk[:1] == "\n" else self.anywhere
        shape, starts = chunk.removeprefix("\n") + " ", []
        for offset in range(len(shape)):
            if offset:
                states = self.in_words if _is_word(shape[offset - 1]) else self.anywhere
            state = states.after(shape[offset:])
            if state.patterns:
                starts.append((offset, state))
        return _Followers(starts) if starts else None

    def step(self, places: frozenset[int], char: str) -> _State:
        """The state behind one more character."""
        reached = []
        for place in places:
            takes = self._takes[place]
            if takes is None:
                reached.append(frozenset({place}))
            elif takes[char]:
                reached.append(self._next[place])
        return self._state(reached)

    def _place(self, k: int, takes: _Chars | None, following: frozenset[int]) -> int:
        self.pattern_of.append(k)
        self._takes.append(takes)
        self._next.append(following)
        return len(self._next) - 1

    def _sequence(self, k: int, nodes: Any, following: frozenset[int]) -> frozenset[int]:
        """The places at which a sequence begins that leads to those following it."""
        for kind, argument in reversed(list(nodes)):
            following = self._node(k, kind, argument, following)
        return following

    def _node(self, k: int, kind: Any, argument: Any, following: frozenset[int]) -> frozenset[int]:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return frozenset({self._place(k, _chars(kind, argument), following)})
        if kind in (op.ASSERT, op.ASSERT_NOT, op.AT):
            return following
        if kind is op.BRANCH:
            return frozenset().union(*(self._sequence(k, nodes, following) for nodes in argument[1]))
        if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
            return self._sequence(k, argument[-1] if kind is op.SUBPATTERN else argument, following)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self._repeated(k, *argument, following)
        return frozenset({self._place(k, None, frozenset())})  # it may match anything

    def _repeated(self, k: int, least: int, most: int, nodes: Any, following: frozenset[int]) -> frozenset[int]:
        if most - least > _COPIES:
            following = self._loop(k, nodes, following)
        else:
            for _ in range(most - least):
                following |= self._sequence(k, nodes, following)
        for _ in range(least):
            following = self._sequence(k, nodes, following)
        return following

    def _loop(self, k: int, nodes: Any, following: frozenset[int]) -> frozenset[int]:
        first = len(self._next)
        start = self._sequence(k, nodes, frozenset({-1})) - {-1}
        for place in range(first, len(self._next)):
            if -1 in self._next[place]:
                self._next[place] = self._next[place] - {-1} | start | following
        return start | following


def _begins_word(tree: Any) -> bool:
    """True for a pattern that begins with `(?<!\\w)`."""
    kind, argument = tree[0] if len(tree) else (None, None)
    return kind is op.ASSERT_NOT and argument[0] < 0 and list(argument[1]) == _WORD_CHARACTER


def _begins_line(nodes: Any) -> bool:
    """True for a pattern that begins with `^`, whatever it looks back at first."""
    for kind, argument in nodes:
        if kind is op.AT and argument is op.AT_BEGINNING:
            return True
        if kind is op.SUBPATTERN:
            return _begins_line(argument[-1])
        if kind not in (op.ASSERT, op.ASSERT_NOT):
            return False
    return False


class _Chars(dict[str, bool]):
    """By a character of a shape: whether one place of a pattern takes any that it may stand for."""

    def __init__(self, kind: Any, argument: Any) -> None:
        super().__init__()
        self._kind, self._argument = kind, argument

    def __missing__(self, char: str) -> bool:
        self[char] = any(self._takes(each) for each in _STANDS_FOR.get(char, char))
        return self[char]

    def _takes(self, char: str) -> bool:
        if self._kind is op.IN:
            return _is_in(self._argument, char)
        return self._kind is op.ANY or (ord(char) == self._argument) == (self._kind is op.LITERAL)


_CHARS: dict[tuple[Any, str], _Chars] = {}


def _chars(kind: Any, argument: Any) -> _Chars:
    """Equal places share what is known of them."""
    key = (kind, repr(argument))
    if key not in _CHARS:
        _CHARS[key] = _Chars(kind, argument)
    return _CHARS[key]


def _is_in(members: Any, char: str) -> bool:
    negated = members[0][0] is op.NEGATE
    for kind, argument in members:
        if (
            (kind is op.LITERAL and ord(char) == argument)
            or (kind is op.RANGE and argument[0] <= ord(char) <= argument[1])
            or (kind is op.CATEGORY and _CATEGORIES[argument](char))
        ):
            return not negated
    return negated


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_WORD_CHARACTER = [(op.IN, [(op.CATEGORY, op.CATEGORY_WORD)])]
_CATEGORIES = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    op.CATEGORY_WORD: _is_word,
    op.CATEGORY_NOT_WORD: lambda char: not _is_word(char),
}
