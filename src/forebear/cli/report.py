"""`forebear report`: one file about a thing, to be sent to people and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.lines import line, paragraph
from forebear.client.report import asked_about, page
from forebear.client.rules import find_rules
from forebear.core.clock import now, parse_when
from forebear.core.errors import InvalidInput

__all__ = ["report"]


@command(ASK)
def report(
    ref: str,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Write one page about a thing: where it came from, drawn and in words, its standing, its life.

    The page needs no server and loads nothing: it can be sent and kept.

    Parameters
    ----------
    ref
        What it is about: a name, a version, an alias, data, a run, a digest or a file.
    output
        The file to write: r.html.
    as_of
        As things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if output.suffix != ".html":
        raise InvalidInput(f"'{output}' does not end in .html.", hint="For example: -o report.html")
    with common.connect() as client:
        for text in client.notes:
            note(text)
        answers = asked_about(client, ref, rules=find_rules(common.store), as_of=as_of)
    at = now() if as_of is None else parse_when(as_of)
    body = page(answers, made=f"As of {at:%Y-%m-%d %H:%M} UTC. Made by forebear.")
    try:
        output.write_text(body, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidInput(f"'{output}' cannot be written: {error.strerror or error}.") from error
    if common.json:
        print_json(answers)
    else:
        said = paragraph(answers.trace.verdict)
        print_lines([*said, line("The report is ", (str(output), "name"))])
