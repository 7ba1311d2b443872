"""`forebear log` and `forebear runs`: what happened."""

from __future__ import annotations

import re
from typing import Final

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, more, note, print_json, print_table
from forebear.client.formats import duration, figure, id_of_run, when
from forebear.ops.runs import RunEntry, RunsRequest

__all__ = ["log", "runs"]

_ASKED: Final = re.compile(r"\b(metric|param)s?\.([\w.-]+)")


@command(ASK)
def log(
    *,
    where: str | None = None,
    order: str | None = None,
    view: str | None = None,
    limit: int = 20,
    before: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List the recorded programs, newest first, with what they left behind.

    `forebear runs` lists the steps inside them too: what was read, split, trained, scored.

    Parameters
    ----------
    where
        Only those that fit: "metrics.f1 > 0.8 and params.depth = 5 and status = 'finished'".
    order
        By what they are sorted: "metrics.f1 desc", "duration". Default: the newest first.
    view
        A view that was saved with `forebear view save`.
    limit
        How many.
    before
        Only those before the run with this id: the next page.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    _list(
        RunsRequest(
            where=where,
            order=order,
            view=view,
            figures=bool(where or order or view),
            limit=limit,
            before=before,
            as_of=as_of,
        ),
        common,
    )


@command(ASK)
def runs(
    *,
    where: str | None = None,
    order: str | None = None,
    limit: int = 50,
    before: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List programs and each step inside them, newest first; `log` lists the programs alone.

    Parameters
    ----------
    where
        Only those that fit: "metrics.f1 > 0.8 and params.depth = 5 and status = 'finished'".
    order
        By what they are sorted: "metrics.f1 desc", "duration". Default: the newest first.
    limit
        How many.
    before
        Only those before the run with this id: the next page.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    _list(
        RunsRequest(
            steps=True,
            where=where,
            order=order,
            figures=bool(where or order),
            limit=limit,
            before=before,
            as_of=as_of,
        ),
        common,
    )


def _list(request: RunsRequest, common: Common) -> None:
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    if not answer.runs:
        sought = request.where or request.view
        none = "no run fits" if sought else "no runs are recorded here"
        note(none if sought else f"{none}; `forebear run train.py` records one")
        more(answer.next, "before")
        return
    last = "where" if request.steps else "made"
    asked = list(dict.fromkeys(_ASKED.findall(f"{request.where} {request.order}")))
    heads = ["run", "what", "kind", "status", "started", ">took"]
    heads += [f">{key}" for _, key in asked]
    tell = _where if request.steps else _made
    print_table(
        [*heads, last],
        [
            [*_row(run, request), *(_value(run, *one) for one in asked), tell(run)]
            for run in answer.runs
        ],
    )
    more(answer.next, "before")
    if answer.cut:
        note("this is the order of the newest runs only; older ones were not looked at")


def _row(run: RunEntry, request: RunsRequest) -> list[str]:
    plain = "program" if request.steps and run.parent is None else ""
    return [
        id_of_run(run.id) if run.parent is None else run.id[:18],
        _what(run),
        run.kind if run.kind != "run" else plain,
        run.status,
        when(run.started),
        duration(run.started, run.ended),
    ]


def _value(run: RunEntry, kind: str, key: str) -> str:
    """Return a figure or setting that was asked about."""
    value = (run.metrics if kind == "metric" else run.params).get(key)
    return "" if value is None else figure(value) if isinstance(value, float) else str(value)


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
