"""The command `cchc`: its arguments, its exit codes, and the sentences it ends with. The work is elsewhere.

Exit codes: 0 all done; 1 done, but for the files or areas that are named; 2 wrong usage. What can be told from the
command alone is told before anything is done; whether an area or a range has figures shows after `run` has extracted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis import __version__
from analysis.console import TranslatedCommand, TranslatedGroup, fill_help, language_asked, speak_utf8, usage_message
from analysis.errors import AnalysisError, UsageError, join_texts
from analysis.messages import LANGUAGES, Messages
from analysis.workspace import Workspace

if TYPE_CHECKING:
    from analysis.batch import ReportResult
    from analysis.corpus import RunResult
    from analysis.model import Failure
    from analysis.roster import Attendance

_MOST_TOLD = 10
"""How many units of the roster are named on the screen."""
DONE, DONE_WITH_FAILURES, WRONG_USAGE, STOPPED = 0, 1, 2, 130


app = typer.Typer(cls=TranslatedGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None)

# Help texts and metavars are filled in by language when the command starts; see console.fill_help.
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", metavar="dir")]
LangOption = Annotated[str, typer.Option("--lang", metavar="lang", show_default=False)]
RawOption = Annotated[Path | None, typer.Option("--raw", metavar="dir")]
ProcessedOption = Annotated[Path | None, typer.Option("--processed", metavar="dir")]
SiteOption = Annotated[Path | None, typer.Option("--site", metavar="dir")]
AreaOption = Annotated[list[str] | None, typer.Option("--area", metavar="name")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="date")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="date")]
OcrOption = Annotated[bool, typer.Option("--ocr")]
JobsOption = Annotated[int | None, typer.Option("--jobs", "-j", metavar="number", min=1)]
FreshOption = Annotated[bool, typer.Option("--fresh")]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cchc {__version__}")
        raise typer.Exit


@app.callback()
def _global_options(
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Options that stand before the command, or after it."""


@app.command(cls=TranslatedCommand)
def extract(
    ctx: typer.Context,
    raw: RawOption = None,
    processed: ProcessedOption = None,
    ocr: OcrOption = False,
    jobs: JobsOption = None,
    fresh: FreshOption = False,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Reports to tables."""
    place = _place(ctx, workspace, raw=raw, processed=processed)
    return _finish(ctx.obj, _extract(ctx.obj, place, ocr=ocr, jobs=jobs, fresh=fresh).failures)


@app.command(cls=TranslatedCommand)
def run(
    ctx: typer.Context,
    raw: RawOption = None,
    processed: ProcessedOption = None,
    site: SiteOption = None,
    area: AreaOption = None,
    period_from: FromOption = None,
    period_to: ToOption = None,
    ocr: OcrOption = False,
    jobs: JobsOption = None,
    fresh: FreshOption = False,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Reports to tables to pages."""
    period = _period(ctx.obj, period_from, period_to)
    place = _place(ctx, workspace, raw=raw, processed=processed, site=site)
    _demand_reports(ctx.obj, place)
    _demand_notebooks(ctx.obj, place)
    extracted = _extract(ctx.obj, place, ocr=ocr, jobs=jobs, fresh=fresh)
    try:
        published = _report(ctx.obj, place, area or [], period, jobs)
    except AnalysisError:
        _finish(ctx.obj, extracted.failures)
        raise
    return _finish(ctx.obj, (*extracted.failures, *published.failures))


@app.command(cls=TranslatedCommand)
def report(
    ctx: typer.Context,
    processed: ProcessedOption = None,
    site: SiteOption = None,
    area: AreaOption = None,
    period_from: FromOption = None,
    period_to: ToOption = None,
    jobs: JobsOption = None,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Tables to pages."""
    period = _period(ctx.obj, period_from, period_to)
    place = _place(ctx, workspace, processed=processed, site=site)
    _demand_notebooks(ctx.obj, place)
    return _finish(ctx.obj, _report(ctx.obj, place, area or [], period, jobs).failures)


@app.command(cls=TranslatedCommand)
def evaluate(
    ctx: typer.Context,
    gold_dir: Annotated[Path, typer.Argument(metavar="dir")],
    errors: Annotated[bool, typer.Option("--errors")] = False,
    calibration: Annotated[bool, typer.Option("--calibration")] = False,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Annotated reports to precision, recall and F1."""
    _demand_folder(ctx.obj, ctx.obj("metavar.dir"), gold_dir)
    if calibration:
        from analysis.calibration import format_calibration, judge_folder

        typer.echo(format_calibration(judge_folder(gold_dir), ctx.obj.lang))
        return DONE
    from analysis.evaluate import evaluate as evaluate_reports

    typer.echo(evaluate_reports(gold_dir).format(ctx.obj.lang, errors))
    return DONE


@app.command(cls=TranslatedCommand)
def catalogue(
    ctx: typer.Context,
    write: Annotated[Path | None, typer.Option("--write", metavar="file")] = None,
    check: Annotated[bool, typer.Option("--check")] = False,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """The catalogue as a page, or whether its sentences are read as they say."""
    from analysis.codebook import codebook, save_codebook
    from analysis.doctor import check_vocabulary, format_checks
    from analysis.overlay import vocabulary_of

    place = _place(ctx, workspace)
    if check:
        checks = list(check_vocabulary(place, ctx.obj, common=True))
        typer.echo(format_checks(checks, ctx.obj, verdict=False))
        return DONE_WITH_FAILURES if any(each.state == "problem" for each in checks) else DONE
    with vocabulary_of(place.vocabulary):
        if write is None:
            typer.echo(codebook(), nl=False)
        else:
            save_codebook(write)
    return DONE


@app.command(cls=TranslatedCommand)
def explain(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(metavar="document")],
    offset: Annotated[int | None, typer.Argument(metavar="offset", min=0)] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    raw: RawOption = None,
    ocr: OcrOption = False,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Why each number of a report was read as it was."""
    place = _place(ctx, workspace, raw=raw)
    from analysis.explain import explain_asked, format_explanation, json_of
    from analysis.overlay import vocabulary_of

    with vocabulary_of(place.vocabulary):
        found = explain_asked(place, document, offset, ocr=ocr)
        if as_json:
            typer.echo(json_of(found))
        elif sys.stdout.isatty():
            typer.echo(format_explanation(found, ctx.obj.lang, partial(typer.style, bold=True, reverse=True)))
        else:
            typer.echo(format_explanation(found, ctx.obj.lang))
    return DONE


@app.command(cls=TranslatedCommand)
def lab(
    ctx: typer.Context,
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    port: Annotated[int | None, typer.Option("--port", metavar="number", min=1, max=65535)] = None,
    workspace: WorkspaceOption = None,
    lang: LangOption = "vi",
) -> int:
    """Notebooks in JupyterLab."""
    from analysis.lab import start_lab

    start_lab(_place(ctx, workspace), ctx.obj, browser=not no_browser, port=port)
    return DONE


@app.command(cls=TranslatedCommand)
def doctor(ctx: typer.Context, workspace: WorkspaceOption = None, lang: LangOption = "vi") -> int:
    """The state of this machine and the workspace."""
    from analysis.doctor import examine, format_checks

    checks = examine(_place(ctx, workspace), ctx.obj)
    typer.echo(format_checks(checks, ctx.obj))
    return DONE_WITH_FAILURES if any(check.state == "problem" for check in checks) else DONE


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with `argv`, by default that of the process; returns its exit code."""
    speak_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = language_asked(arguments)
    say = Messages("en" if name == "en" else "vi")
    command = typer.main.get_command(app)
    fill_help(command, say)
    try:
        if name not in LANGUAGES:
            raise UsageError(say("usage.bad_language", name=name))
        code = command.main(args=arguments, prog_name="cchc", standalone_mode=False, obj=say) or DONE
    except typer.TyperException as error:
        typer.echo(usage_message(say, error), err=True)
        return WRONG_USAGE
    except AnalysisError as error:
        typer.echo(error.said.in_language(say.lang), err=True)
        return WRONG_USAGE
    except OSError as error:
        reason = error.strerror or str(error)
        typer.echo(say("failed.file", path=error.filename or "", reason=reason), err=True)
        return DONE_WITH_FAILURES
    if code == STOPPED:
        typer.echo(say("stopped"), err=True)
    return code


def parse_date(text: str) -> date | None:
    """A date written as 2022-09-30 or, as people here write it, 30/9/2022; None for anything else.

    >>> parse_date("30/9/2022")
    datetime.date(2022, 9, 30)
    >>> parse_date("31/9/2022")
    """
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip()):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text.strip()):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _period(say: Messages, period_from: str | None, period_to: str | None) -> tuple[date | None, date | None]:
    ends = []
    for option, text in (("--from", period_from), ("--to", period_to)):
        day = parse_date(text) if text is not None else None
        if text is not None and day is None:
            raise UsageError(say("usage.bad_date", text=text, option=option))
        ends.append(day)
    start, end = ends
    if start and end and start > end:
        raise UsageError(say("usage.dates_reversed", start=start, end=end))
    return start, end


def _place(ctx: typer.Context, workspace: Path | None, **parts: Path | None) -> Workspace:
    """The workspace asked for; `--workspace` after the command goes before one that stands ahead of it."""
    outer = ctx.parent.params.get("workspace") if ctx.parent else None
    root = Path(workspace or outer or Path.cwd())
    _demand_folder(ctx.obj, "--workspace", root)
    return Workspace(root, **{f"{name}_dir": folder for name, folder in parts.items()})


def _demand_folder(say: Messages, option: str, path: Path) -> None:
    if not path.is_dir():
        raise UsageError(say("usage.no_folder", path=path, option=option))


def _demand_reports(say: Messages, place: Workspace) -> None:
    if not place.raw.is_dir():
        raise UsageError(say("usage.no_reports_folder", path=place.raw))


def _demand_notebooks(say: Messages, place: Workspace) -> None:
    if not any(place.notebooks.glob("*.ipynb")):
        raise UsageError(say("lab.no_notebooks", path=place.notebooks))


def _extract(say: Messages, place: Workspace, **how: Any) -> RunResult:
    _demand_reports(say, place)
    from analysis.corpus import extract_corpus
    from analysis.numerals import format_number

    done = extract_corpus(place, lang=say.lang, **how)
    counted = {
        name: format_number(getattr(done, name), lang=say.lang)
        for name in ("documents", "observations", "unresolved", "findings")
    }
    typer.echo(say("done.extract", folder=place.processed, **counted))
    told = {"fresh": done.documents - done.unchanged, "unchanged": done.unchanged}
    typer.echo(say("done.read", **{name: format_number(number, lang=say.lang) for name, number in told.items()}))
    _tell_attendance(say, done.attendance)
    return done


def _tell_attendance(say: Messages, attendance: Attendance | None) -> None:
    """Who hasn't reported and who wasn't expected, by the roster: a short list; run.json has all."""
    if attendance is None:
        return
    missing = [f"{line.area.name} ({line.written})" if line.written else line.area.name for line in attendance.missing]
    typer.echo(say("done.missing", count=len(missing), expected=attendance.expected))
    _tell_some(say, missing)
    if attendance.unexpected:
        typer.echo(say("done.unexpected", count=len(attendance.unexpected)))
        _tell_some(say, [f"{report.area}: {report.document_id}" for report in attendance.unexpected])


def _tell_some(say: Messages, lines: Sequence[str]) -> None:
    for line in lines[:_MOST_TOLD]:
        typer.echo(f"- {line}")
    if len(lines) > _MOST_TOLD:
        typer.echo(say("done.and_more", count=len(lines) - _MOST_TOLD))


def _report(
    say: Messages, place: Workspace, areas: list[str], period: tuple[date | None, date | None], jobs: int | None
) -> ReportResult:
    from analysis.batch import run_reports

    done = run_reports(
        place,
        areas=areas,
        period_from=period[0],
        period_to=period[1],
        lang=say.lang,
        jobs=jobs,
    )
    typer.echo(say("done.report", pages=done.pages, index=done.index.resolve()))
    return done


def _finish(say: Messages, failures: Sequence[Failure]) -> int:
    if not failures:
        return DONE
    typer.echo(say("done.failures", count=len(failures)), err=True)
    for failure in failures:
        told = join_texts(failure.reason, failure.remedy).in_language(say.lang)
        typer.echo(f"- {failure.what}: {told}", err=True)
    return DONE_WITH_FAILURES


if __name__ == "__main__":
    sys.exit(main())
