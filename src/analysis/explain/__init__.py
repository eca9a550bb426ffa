"""Why each number of a document was read as it was: the work of extract.py once more, with someone watching."""

from analysis.explain.asking import explain_asked
from analysis.explain.showing import format_explanation, json_of
from analysis.explain.tracing import Cited, Explanation, NumberExplained, SentenceExplained, explain_document

__all__ = [
    "Cited",
    "Explanation",
    "NumberExplained",
    "SentenceExplained",
    "explain_asked",
    "explain_document",
    "format_explanation",
    "json_of",
]
