"""Attribution: area, tier, period, nature, organization and breakdown of each marked number."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from made_documents import SPECS, cases, read_marked

SECTIONS = list(yaml.safe_load((SPECS / "attribution.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("spec", [case for section in SECTIONS for case in cases("attribution.yaml", section)])
def test_spec(spec: dict[str, Any]) -> None:
    found = read_marked(spec)
    assert None not in found
    told = [{k: getattr(o, k) for k in expected} for o, expected in zip(found, spec["expect"], strict=True)]
    assert told == spec["expect"]
