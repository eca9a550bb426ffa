"""Quantities: every family of the specs, the vocabulary's patterns, claims left alone."""

from __future__ import annotations

from typing import Any

import pytest
from made_documents import cases, marked

from analysis.claims import Claim
from analysis.quantities import find_quantities

SECTIONS = ["qualifiers", "across", "changes", "ranks", "ranges", "zero", "amounts", "units"]
PLAIN = {"value_high": None, "kind": "count", "unit": "", "qualifier": "exact", "out_of": None, "change": "none"}


@pytest.mark.parametrize("spec", [case for section in SECTIONS for case in cases("quantities.yaml", section)])
def test_spec(spec: dict[str, Any]) -> None:
    text, spans = marked(spec["text"])
    found = {(q.start, q.end): q for q in find_quantities(text)}
    read = [found[span] for span in spans]
    for quantity, expected in zip(read, spec["expect"], strict=True):
        told = {"value": quantity.value} | {name: getattr(quantity, name) for name in PLAIN}
        assert told == PLAIN | expected
        assert text[quantity.start : quantity.end] == quantity.quote


def test_what_is_claimed_is_no_quantity() -> None:
    text = "Ngày 15/9, xã nhận 45 hồ sơ"
    claim = Claim(0, 9, "Ngày 15/9", "date")
    assert [q.quote for q in find_quantities(text, [claim])] == ["45"]


def test_quantities_are_in_order_and_never_overlap() -> None:
    found = find_quantities(
        "đứng thứ nhất với 45/50 hồ sơ (90%), không có hồ sơ quá hạn, từ 3 đến 5 ngày, hai mươi đơn"
    )
    assert len(found) == 6
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
