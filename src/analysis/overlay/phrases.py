"""Plain phrases: their parts, whether a sentence says them, and the pattern that finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.catalogue import Attestation
from analysis.text import match_form


def is_said(entry: Attestation) -> bool:
    """True where a phrase stands in its sentence.

    >>> is_said(Attestation(phrase="cấp ... học bạ số", text="Đã cấp [45] học bạ số."))
    True
    """
    said = match_form(re.sub(r"[\[\]]", "", entry.text))
    return re.search(".*".join(map(phrase_pattern, phrase_parts(entry.phrase))).replace(" ", r"\s+"), said) is not None


def phrase_parts(phrase: str) -> list[str]:
    """The words of a phrase in their matching form, in pieces where `...` stands for words in between.

    >>> phrase_parts("Cấp ... học bạ số")
    ['cấp', 'học bạ số']
    """
    return [part.strip() for part in re.split(r"\.\.\.|…", match_form(phrase)) if part.strip()]


def phrase_pattern(part: str) -> str:
    """A phrase as a cue's pattern: whole words, any white space between them."""
    return r"(?<!\w)" + " ".join(map(re.escape, part.split())) + r"(?!\w)"


def overlapping(one: str, other: str) -> Iterator[str]:
    """How two phrases are said at once, where one ends as the other begins.

    >>> list(overlapping("triển khai học bạ", "học bạ số"))
    ['triển khai học bạ số']
    """
    first, second = one.split(), other.split()
    for shared in range(1, min(len(first), len(second))):
        if first[-shared:] == second[:shared]:
            yield " ".join([*first, *second[shared:]])
