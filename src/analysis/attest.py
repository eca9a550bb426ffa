"""Whether sentences are read as they say: each attestation of the vocabulary, through the whole extraction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.catalogue import Attestation, load_attestations, load_indicators
from analysis.errors import Text
from analysis.extract import extract_document
from analysis.messages import both, explain
from analysis.model import Block, Document, Observation

_PUBLISHED = date(2023, 10, 4)
"""Some days after the period of the title that the sentences are read under."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What became of one number in brackets; `found` is None where it gave no observation."""

    code: str
    attestation: Attestation
    quote: str
    found: Observation | None

    @property
    def holds(self) -> bool:
        """True where it is read as the indicator, and of the kind, that the sentence attests."""
        kind = self.attestation.kind or load_indicators()[self.code].kind
        return self.found is not None and (self.found.indicator, self.found.kind) == (self.code, kind)


def read_attestations(known: Mapping[str, Iterable[Attestation]] | None = None) -> Iterator[Attested]:
    """Each number in brackets in these sentences, by default in all of the vocabulary in force, as it is read."""
    for code, attestations in (load_attestations() if known is None else known).items():
        for attestation in attestations:
            yield from read_attestation(code, attestation)


def tell_unread(each: Attested, where: str) -> tuple[Text, Text]:
    """What is wrong with a sentence that isn't read as it says, and what to do; `where` is its file and line."""
    told = {
        "where": where or "attestations.yaml",
        "code": each.code,
        "text": each.attestation.text,
        "quote": each.quote,
    }
    if each.found is None:
        return explain("attestation.unread", **told)
    known = load_indicators()[each.found.indicator]
    got, unit = Text(known.label_vi, known.label_en), each.found.unit
    return both("attestation.wrong", got=got, **told), both("attestation.wrong.remedy", unit=unit)


def read_attestation(code: str, attestation: Attestation) -> Iterator[Attested]:
    """The numbers in brackets of one sentence.

    >>> sentence = Attestation(phrase="quá hạn", text="Còn để [12] hồ sơ quá hạn.")
    >>> [(each.quote, each.holds) for each in read_attestation("dossiers.overdue", sentence)]
    [('12', True)]
    """
    text, spans = without_brackets(attestation.text)
    document = Document(
        "attestation", "attestation.txt", "", "txt", text, both("attestation.title"), _PUBLISHED,
        blocks=(Block("paragraph", 0, len(text)),),
    )  # fmt: skip
    found = {(o.start, o.end): o for o in extract_document(document).observations}
    for span in spans:
        yield Attested(code, attestation, text[slice(*span)], found.get(span))


def without_brackets(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A sentence without its square brackets, and the stretches that stood in them.

    >>> without_brackets("Nhận [45] hồ sơ.")
    ('Nhận 45 hồ sơ.', [(5, 7)])
    """
    spans, plain, behind = [], "", 0
    for match in re.finditer(r"\[([^\[\]]+)\]", text):
        plain += text[behind : match.start()]
        spans.append((len(plain), len(plain) + len(match[1])))
        plain += match[1]
        behind = match.end()
    return plain + text[behind:], spans
