"""`forebear validate` and `validations`: how good is a model, and was it good enough before?"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Literal

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.client import LocalClient
from forebear.client.validation_text import validation_lines, validations_lines
from forebear.core.errors import InvalidInput
from forebear.core.validation import parse_threshold
from forebear.ops.table import Target
from forebear.ops.validation import ValidationsRequest

__all__ = ["validate", "validations"]

TaskWord = Literal["classification", "regression", "ranking", "auto"]


@command(ASK)
def validate(
    model: str,
    *,
    on: str,
    target: str | None = None,
    task: TaskWord = "auto",
    positive: str | None = None,
    query: str | None = None,
    features: str | None = None,
    threshold: list[str] | None = None,
    main: str | None = None,
    common: Common = COMMON,
) -> int:
    """How good is a model on some data? Leaves with 1 if a threshold fails, with 2 if it can't say.

    The thresholds are recorded before the model is asked; figures, verdict and charts afterwards.
    Loading a saved model runs code of its maker: validate what you trust.

    Parameters
    ----------
    model
        A model: a name, a version, an alias, a digest or a file.
    on
        The test data: data:adult-test, a digest or a file.
    target
        The column to be predicted (default: what the model learned to predict, where recorded).
    task
        classification, regression or ranking (default: what model and data look like).
    positive
        The positive one of two classes (default: the later in order).
    query
        The column that tells which query a row belongs to, for rankings.
    features
        The columns to predict from, a,b,c (default: those it was trained on).
    threshold
        What a figure must reach: recall>=0.8, or 'recall[age<30]>=0.7'. (repeatable)
    main
        The figure by which slices and comparisons are judged (default: accuracy, mae, ndcg@10).
    """
    from forebear.capture.validate.validation import How
    from forebear.capture.validate.validation import validate as ask_model

    how = How(
        target=target,
        task=None if task == "auto" else task,
        positive=positive,
        query=query,
        features=_listed(features),
        thresholds=[parse_threshold(one) for one in threshold or []],
        main=main,
    )
    with common.connect() as client, _stages(quiet=common.json) as say:
        if not isinstance(client, LocalClient):
            raise InvalidInput("A model is validated where its bytes are, not behind a server.")
        found = ask_model(client, model, on, how, command=["forebear", *sys.argv[1:]], say=say)
    if common.json:
        print_json(found)
    else:
        print_lines(validation_lines(found.verdict, found.validation, found.unknown))
    return found.exit_code


@command(ASK)
def validations(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """How was a model validated, on what, and with what result?

    Parameters
    ----------
    ref
        A model: a name (all its versions), a version, an alias, a digest or a file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, ValidationsRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(validations_lines(answer))


def _listed(text: str | None) -> list[str]:
    return [one.strip() for one in (text or "").split(",") if one.strip()]


@contextlib.contextmanager
def _stages(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is going on to a person who waits; say nothing into a pipe."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Reading the record") as status:
        yield lambda stage: status.update(Text(f"{stage} …"))
