"""`forebear emit`: runs go to whoever takes events of other formats."""

from __future__ import annotations

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, commands
from forebear.cli.output import note, print_json, print_lines
from forebear.client.emitting import emit
from forebear.client.lines import paragraph
from forebear.client.locate import locate
from forebear.exchange.openlineage.telling import NAMESPACE

__all__ = ["openlineage"]

_emit = commands(KEEP, "emit", "Send runs to tools that take events of other formats.")


@_emit.command
def openlineage(
    target: str | None = None,
    *,
    to: str | None = None,
    namespace: str = NAMESPACE,
    common: Common = COMMON,
) -> int:
    """Send a run, or all runs that something came out of, as events of OpenLineage.

    What the receiver does not take waits in the store, and is sent by the next emit to it.

    Parameters
    ----------
    target
        `run:ID`, or what came out of runs: `churn:7`, a file (default: only what waits).
    to
        The receiver: the URL of Marquez, DataHub or a forebear server, or a file for NDJSON
        (default: OPENLINEAGE_URL).
    namespace
        The namespace of the jobs.
    """
    place = locate(common.store)
    with common.connect() as client:
        for text in client.notes:
            note(text)
        done = emit(client, place, to, target, namespace)
    if common.json:
        print_json(done)
        return 1 if done.problem else 0
    if done.runs:
        what = f"{counted(len(done.runs), 'run')} in {counted(done.events, 'event')}"
        print_lines(paragraph(f"Sent {what} to {done.to}."))
    elif not done.problem:
        print_lines(paragraph(f"There was nothing to send to {done.to}."))
    if done.omitted:
        text = f"{counted(done.omitted, 'run')} came from OpenLineage, and stayed here."
        print_lines(paragraph(text))
    if done.problem:
        note(f"{done.problem} {counted(len(done.waiting), 'run')} will be sent by the next emit.")
        return 1
    return 0
