"""YAML that people write by hand: what looks like a day or a number and is none stays as it is written.

YAML's own reader stops with a Python error at `2023-13-01`; as text, the schema names its line and what to do.
"""

from __future__ import annotations

from typing import Any

import yaml


class HandLoader(yaml.SafeLoader):
    """YAML's safe loader, for which an impossible day or number is text."""

    def construct_or_keep(self, node: yaml.ScalarNode) -> Any:
        """The value of a plain scalar, or its text."""
        usual = yaml.SafeLoader.yaml_constructors[node.tag]
        try:
            return usual(self, node)
        except ValueError:
            return node.value


for _kind in ("timestamp", "int", "float"):
    HandLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", HandLoader.construct_or_keep)


def compose(text: str) -> yaml.Node | None:
    """The nodes of a text, which know their lines; YAMLError where it is no YAML."""
    return yaml.compose(text, Loader=HandLoader)


def content_of(node: yaml.Node | None) -> Any:
    """What a node holds.

    >>> content_of(compose("[2023-07-20, 2023-13-01, 4.545]"))
    [datetime.date(2023, 7, 20), '2023-13-01', 4.545]
    """
    if node is None:
        return None
    loader = HandLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
