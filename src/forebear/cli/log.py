"""`forebear log` and `forebear runs`: what happened."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, note, print_json, print_table
from forebear.client.formats import duration, id_of_run, when
from forebear.ops.runs import RunEntry, RunsRequest

__all__ = ["log", "runs"]


@command(ASK)
def log(
    *,
    limit: int = 20,
    before: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List the recorded programs, newest first, with what they left behind.

    Parameters
    ----------
    limit
        How many.
    before
        Only those before the run with this id: the next page.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    _list(RunsRequest(limit=limit, before=before, as_of=as_of), common)


@command(ASK)
def runs(
    *,
    limit: int = 50,
    before: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List all activities, newest first: programs and the steps inside them.

    Parameters
    ----------
    limit
        How many.
    before
        Only those before the run with this id: the next page.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    _list(RunsRequest(steps=True, limit=limit, before=before, as_of=as_of), common)


def _list(request: RunsRequest, common: Common) -> None:
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    if not answer.runs:
        note("no runs are recorded here; `forebear run train.py` records one")
        return
    last = "where" if request.steps else "made"
    heads = ["run", "what", "kind", "status", "started", ">took", last]
    tell = _where if request.steps else _made
    print_table(heads, [[*_row(run), tell(run)] for run in answer.runs])
    if answer.next:
        note(f"there are more: --before {answer.next}")


def _row(run: RunEntry) -> list[str]:
    return [
        id_of_run(run.id) if run.parent is None else run.id[:18],
        _what(run),
        run.kind if run.kind != "run" else "",
        run.status,
        when(run.started),
        duration(run.started, run.ended),
    ]


def _made(run: RunEntry) -> str:
    made = [one.title for one in run.made]
    return ", ".join(made[:3]) + (f" and {len(made) - 3} more" if len(made) > 3 else "")


def _where(run: RunEntry) -> str:
    return run.where or ""


def _what(run: RunEntry) -> str:
    for place, word in enumerate(run.command):
        if word.rsplit("/", 1)[-1] == run.name:
            text = " ".join([run.name, *run.command[place + 1 :]])
            return text if len(text) <= 36 else text[:35] + "…"
    return run.name
