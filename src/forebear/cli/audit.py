"""`forebear audit` and `event`: how models stand, and what a finding rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, note, print_json, print_lines
from forebear.client.audit_report import report
from forebear.client.audit_text import audit_lines
from forebear.client.formats import safe
from forebear.client.lines import Line, line, paragraph
from forebear.client.rules import find_rules
from forebear.core.errors import InvalidInput
from forebear.ops.audit import AuditRequest
from forebear.ops.event import EventRequest
from forebear.ops.table import Target

__all__ = ["audit", "event"]


@command(MODELS)
def audit(
    ref: str | None = None,
    *,
    all_: Annotated[bool, Parameter(name="--all")] = False,
    fail_under: float | None = None,
    report_: Annotated[Path | None, Parameter(name="--report")] = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """How does a model stand to the rules and to good practice, and what is the least to do?

    Parameters
    ----------
    ref
        A version of a model: churn:7, churn@champion.
    all_
        Every model: of each name the newest version, and those that an alias points to.
    fail_under
        Leave with 1 when a score is below this; the actions are those that reach it.
    report_
        Write one page for people to read: x.md or x.html.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if (ref is None) != all_:
        raise InvalidInput(
            "Say which model to audit, or --all.", hint="For example: forebear audit churn@champion"
        )
    if report_ is not None and report_.suffix not in {".md", ".html"}:
        raise InvalidInput(
            f"'{report_}' is neither .md nor .html.", hint="The ending says how it is written."
        )
    request = AuditRequest(
        target=Target(ref=ref) if ref is not None else None,
        rules=find_rules(common.store),
        wanted=100.0 if fail_under is None else fail_under,
        evidence=report_ is not None,
        as_of=as_of,
    )
    answer = ask(common, request)
    if report_ is not None:
        _write(report_, report(answer, html=report_.suffix == ".html"))
    if common.json:
        print_json(answer)
    elif report_ is not None:
        print_lines([*paragraph(answer.verdict), line("The report is ", (str(report_), "name"))])
    else:
        print_lines(audit_lines(answer, fail_under=fail_under))
    below = answer.least is not None and fail_under is not None and answer.least < fail_under
    if below and not common.json:
        note(f"a score is below {fail_under:g}")
    return 1 if below else 0


@command(MODELS)
def event(seq: int, *, common: Common = COMMON) -> None:
    """Show one event of the ledger, by its place in it: what a finding rests on.

    Parameters
    ----------
    seq
        The number of the event, as answers and reports give it.
    """
    answer = ask(common, EventRequest(seq=seq))
    if common.json:
        print_json(answer)
        return
    lines = [line(("event ", "head"), (str(answer.seq), "head"), (f"  {answer.id}", "dim"))]
    lines += [line((f"recorded {answer.at:%Y-%m-%d %H:%M:%S} UTC", "dim"))]
    lines += paragraph(answer.words)
    body = msgspec.json.format(msgspec.json.encode(answer.body, order="sorted"), indent=2)
    print_lines(
        [*lines, line(), *(Line(left=[(safe(one), "plain")]) for one in body.decode().splitlines())]
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.") from error
