"""Names of observations that stay the same from run to run."""

from __future__ import annotations

import hashlib


def observation_id(document_id: str, start: int, end: int, quote: str) -> str:
    """Twelve hex digits that depend on the document, the span and the quoted number alone.

    Better rules may change an observation's indicator or period; links and corrections to it still hold.

    >>> observation_id("phuong-a-2022", 12, 17, "4.545")
    '8735bd778623'
    """
    stated = "\x1f".join((document_id, str(start), str(end), quote))
    return hashlib.sha256(stated.encode("utf-8")).hexdigest()[:12]
