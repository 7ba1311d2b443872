"""`forebear quality`: checks of data, inferred, done, and what became of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from forebear.cli.app import COMMON, DATA, Common, commands
from forebear.cli.output import ask, note, print_json, print_lines
from forebear.client.lines import paragraph
from forebear.client.quality_text import (
    check_lines,
    cleansing_lines,
    import_lines,
    quality_lines,
)
from forebear.client.quality_watch import check_new
from forebear.client.rules import RULES
from forebear.client.suites import WrittenSuite, add_section, import_request, suite_for
from forebear.core.errors import InvalidInput
from forebear.ops.cleansing import CleansingRequest
from forebear.ops.quality import QualityCheckRequest, QualityCheckResponse
from forebear.ops.quality_history import QualityShowRequest
from forebear.ops.quality_suggest import QualitySuggestRequest
from forebear.ops.table import Target

__all__ = ["check", "cleansing", "import_", "show", "suggest", "watch"]

quality: Final = commands(DATA, "quality", "Is data as it should be: checks, incidents, history.")


@quality.command
def suggest(
    ref: str,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    force: bool = False,
    file: str | None = None,
    common: Common = COMMON,
) -> None:
    """Infer checks from a version that you trust, with bounds that leave room for chance.

    Parameters
    ----------
    ref
        A version of data: data:adult:3.
    output
        The file for the suite, such as quality/adult.toml, or forebear.toml, to which a section
        is added; without it, it is printed.
    force
        Write over a file that is there.
    file
        A file with the content of that version, where no copy was kept.
    """
    added = output is not None and output.name == RULES
    if output is not None and output.exists() and not (force or added):
        raise InvalidInput(
            f"'{output}' is there already, and may hold what somebody has decided.",
            hint="Name another file, or write over it with --force.",
        )
    request = QualitySuggestRequest(target=Target(ref=ref), file=_target(file))
    answer = ask(common, request)
    if output is not None:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            if added:
                add_section(output, answer.data, answer.text)
            else:
                output.write_text(answer.text, encoding="utf-8")
        except OSError as error:
            raise InvalidInput(f"'{output}' cannot be written: {error.strerror}.") from None
    if common.json:
        print_json(answer)
    elif output is None:
        print(answer.text, end="")
    else:
        print_lines(paragraph(f"{answer.verdict} Written to {output}.", style="good"))
        print_lines(paragraph(f"Next: forebear quality check data:{answer.data}", style="dim"))


@quality.command
def check(
    ref: str,
    *,
    suite: Path | None = None,
    on: str | None = None,
    fail_on: Literal["info", "warn", "error"] = "error",
    every: Annotated[bool, Parameter(name="--all")] = False,
    common: Common = COMMON,
) -> int:
    """Is this version as it should be? Leaves with 1 if not, with 2 if that can't be told.

    Parameters
    ----------
    ref
        Data: a name (its newest version), a version, or a file.
    suite
        The checks (default: quality/NAME.toml, else [[quality.NAME.check]] in forebear.toml, else
        those by which it was last checked).
    on
        A file: that version's content, where no copy was kept, or what is to become the next.
    fail_on
        From which severity on a failure counts.
    every
        List the checks that pass too.
    """
    request = _check_request(ref, _suite(ref, common, suite), on)
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(check_lines(answer, every=every))
    return _code(answer, fail_on)


@quality.command
def show(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """How was it over its versions: results, trend, open incidents.

    Parameters
    ----------
    ref
        Data: a name, for all its versions, or one version.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, QualityShowRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(quality_lines(answer))


@quality.command
def cleansing(
    ref: str, *, suite: Path | None = None, as_of: str | None = None, common: Common = COMMON
) -> None:
    """What did the steps that made it change: its checks before and after, and rows lost.

    Parameters
    ----------
    ref
        Data that was made of other data.
    suite
        The checks (default: quality/NAME.toml, else [[quality.NAME.check]] in forebear.toml, else
        those by which it was last checked).
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    written = _suite(ref, common, suite)
    request = CleansingRequest(
        target=Target(ref=ref), suite=written.text if written else None, as_of=as_of
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(cleansing_lines(answer))


@quality.command(name="import")
def import_(file: Path, *, data: str | None = None, common: Common = COMMON) -> int:
    """Take over results of Great Expectations, pandera, dbt or Soda; again, it adds nothing.

    It leaves with 1 where of no result it is known which data is meant.

    Parameters
    ----------
    file
        The file with results, JSON; dbt's manifest.json is looked for beside it.
    data
        The data that all of it is about, where the file does not say so.
    """
    answer = ask(common, import_request(file, data))
    print_json(answer) if common.json else print_lines(import_lines(answer))
    return 0 if answer.matched else 1


@quality.command
def watch(
    *,
    every: int = 60,
    once: bool = False,
    background: Annotated[bool, Parameter(show=False)] = False,
    common: Common = COMMON,
) -> int:
    """Check each new version of data that has a suite, as long as you let it.

    `forebear run` does it once, in the background, where there are suites.

    Parameters
    ----------
    every
        Look again after so many seconds.
    once
        Look once, and leave with 1 if something fails.
    background
        Do what is left to do when a run has ended.
    """
    if background:
        from forebear.client.looking_after import look_after

        look_after(common.store)
        return 0
    while True:
        failing = _look(common)
        if once:
            return 1 if failing else 0
        time.sleep(max(every, 1))


def _look(common: Common) -> bool:
    """Check what is new and tell what was found; the store is not held in between."""
    failing = False
    with common.connect() as client:
        for found in check_new(client, common.store):
            if isinstance(found, str):
                note(found)
                continue
            failing |= found.worst == "error"
            print_json(found) if common.json else print_lines(check_lines(found))
    return failing


def _suite(ref: str, common: Common, said: Path | None) -> WrittenSuite | None:
    """Return the suite that is written for the data, and tell of another that does not count."""
    written = suite_for(ref, common.store, said)
    if written is not None and written.unused is not None:
        note(f"{written.source} holds for {written.data}, and {written.unused} does not count")
    return written


def _check_request(ref: str, suite: WrittenSuite | None, on: str | None) -> QualityCheckRequest:
    return QualityCheckRequest(
        target=Target(ref=ref),
        suite=suite.text if suite else None,
        source=suite.source if suite else None,
        file=_target(on),
    )


def _target(file: str | None) -> Target | None:
    """Return a file as a target: a plain word is one too, since nothing else can be meant."""
    if file is None:
        return None
    if not Path(file).exists():
        raise InvalidInput(f"There is no file '{file}'.")
    return Target(ref=str(Path(file).absolute()))


def _code(answer: QualityCheckResponse, fail_on: str) -> int:
    counting = {"info": ("info", "warn", "error"), "warn": ("warn", "error"), "error": ("error",)}
    if answer.worst in counting[fail_on]:
        return 1
    if answer.unusable:
        note("some checks could not be done")
        return 2
    return 0
