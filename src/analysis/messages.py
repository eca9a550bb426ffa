"""What the command says, in Vietnamese or English; the sentences lie in vocabulary/messages.yaml.

Read here without `catalogue` and its validation, which would double the time that `cchc --help` takes.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

from analysis.errors import Text, in_language

Lang = Literal["vi", "en"]
LANGUAGES: tuple[str, ...] = get_args(Lang)


class Messages:
    """The messages in one language: called with a key and the values that its sentence names.

    >>> Messages("vi")("usage.no_such_option", name="--aera")
    'Không có tùy chọn --aera.'
    >>> Messages("en")("usage.no_such_option", name="--aera")
    'There is no option --aera.'
    """

    def __init__(self, lang: Lang = "vi") -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **values: object) -> str:
        spoken = {
            name: in_language(value, self.lang) if isinstance(value, str) else value for name, value in values.items()
        }
        return load_messages()[key][self.lang].format(**spoken)


def both(key: str, **values: object) -> Text:
    """A message in both languages, for an error or a failure that is told later.

    >>> both("usage.no_such_option", name="--aera").in_language("en")
    'There is no option --aera.'
    """
    return Text(Messages("vi")(key, **values), Messages("en")(key, **values))


def explain(key: str, **values: object) -> tuple[Text, Text]:
    """What happened and what to do about it: the message of a key, and that of `key.remedy`."""
    return both(key, **values), both(f"{key}.remedy", **values)


@cache
def load_messages() -> dict[str, dict[str, str]]:
    """All messages by key, each by language."""
    text = (files("analysis") / "vocabulary" / "messages.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
