"""The command line in the user's language: typer's own words in Vietnamese, and its complaints."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from analysis.errors import UsageError
from analysis.messages import Messages, load_messages


class _Help:
    """Puts the words that typer writes itself into the language of the messages."""

    def get_help(self, ctx: typer.Context) -> str:
        """The help page, with typer's own words replaced."""
        text = super().get_help(ctx)  # type: ignore[misc]
        for key, entry in load_messages().items():
            if key.startswith("frame."):
                text = text.replace(entry["en"], ctx.obj(key))
        return text


class TranslatedCommand(_Help, TyperCommand):
    """A command whose help is in the language of the messages."""


class TranslatedGroup(_Help, TyperGroup):
    """The commands together; a mistyped name is answered with the nearest one."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:
        """The command that the arguments name."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            raise UsageError(ctx.obj("usage.no_such_command", name=name), suggest(ctx.obj, name, list(self.commands)))
        return super().resolve_command(ctx, args)


def speak_utf8() -> None:
    """Windows consoles and pipes have code pages that lack Vietnamese letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def language_asked(arguments: Sequence[str]) -> str:
    """The value of the last `--lang`: wanted before parsing, whose own messages depend on it."""
    asked = "vi"
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            asked = arguments[place + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    return asked


def fill_help(command: Any, say: Messages, name: str = "app") -> None:
    """Gives a command, its options and the commands below it their help texts in the user's language."""
    command.help = command.short_help = say(f"help.{name}")
    for param in command.params:
        param.help = say(f"option.{param.name}")
        if param.metavar:
            param.metavar = say(f"metavar.{param.metavar}")
    for name, part in getattr(command, "commands", {}).items():
        fill_help(part, say, name)


def usage_message(say: Messages, error: typer.TyperException) -> str:
    """The parser's complaint in the user's language, told by the kind of error."""
    kind, ctx = type(error).__name__, getattr(error, "ctx", None)
    if kind == "NoArgsIsHelpError":
        return error.format_message()
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or (param.opts[0] if param else "")
    if kind == "NoSuchOption":
        known = [option for part in ctx.command.params for option in part.opts] if ctx else []
        message = f"{say('usage.no_such_option', name=name)} {suggest(say, name, known)}"
    elif kind == "MissingParameter":
        message = say("usage.missing", name=param.metavar if param.param_type_name == "argument" else name)
    elif kind == "BadParameter":
        message = say("usage.bad_port" if name == "--port" else "usage.bad_number", name=name)
    elif kind == "BadOptionUsage":
        message = say("usage.option_value", name=name)
    elif extra := re.search(r"extra argument\S* \((.+)\)", error.format_message()):
        names_areas = ctx and any("--area" in option.opts for option in ctx.command.params)
        message = say("usage.extra_areas" if names_areas else "usage.extra", names=extra[1])
    else:
        message = say("usage.other", detail=error.format_message())
    return f"{message}\n{say('usage.see_help', command=ctx.command_path if ctx else 'cchc')}"


def suggest(say: Messages, word: str, among: list[str]) -> str:
    """A "did you mean", or the names to choose from where none is near."""
    near = get_close_matches(word, among, n=1)
    return say("usage.did_you_mean", name=near[0]) if near else say("usage.one_of", names=", ".join(among))
