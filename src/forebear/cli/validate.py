"""`forebear validate` and `validations`: how good is a model, and was it good enough before?"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.client import LocalClient
from forebear.client.validation_text import validation_lines, validations_lines
from forebear.core.errors import InvalidInput
from forebear.core.validation import Threshold, parse_threshold
from forebear.ops.table import Target
from forebear.ops.validation import ValidationsRequest

if TYPE_CHECKING:
    from forebear.capture.validate.validation import How, Validated

__all__ = ["compare", "validate", "validations"]

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
    by: str | None = None,
    slice: list[str] | None = None,
    find_slices: bool = False,
    baseline: str | None = None,
    against: str | None = None,
    margin: float | None = None,
    threshold: list[str] | None = None,
    threshold_file: Path | None = None,
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
    by
        Columns whose values are groups, sex,race: figures and fairness by group.
    slice
        Rows to look at apart: 'age<30', 'sex=Female and age>=65'. (repeatable)
    find_slices
        Look for rows on which the model is worse than elsewhere.
    baseline
        Compare with majority, mean, or another model.
    against
        Compare with the model in use, on the same rows: churn@champion.
    margin
        Two models whose difference is surely below this are equivalent.
    threshold
        What a figure must reach: recall>=0.8, or 'recall[age<30]>=0.7'. (repeatable)
    threshold_file
        A TOML file with [[threshold]] tables: metric, op, value, slice, sure.
    main
        The figure by which slices and comparisons are judged (default: accuracy, mae, ndcg@10).
    """
    from forebear.capture.validate.validation import How

    how = How(
        target=target,
        task=None if task == "auto" else task,
        positive=positive,
        query=query,
        features=_listed(features),
        by=_listed(by),
        slices=slice or [],
        find_slices=find_slices,
        baseline=baseline,
        against=against,
        margin=margin,
        thresholds=[*map(parse_threshold, threshold or []), *_in_file(threshold_file)],
        main=main,
    )
    return _validated(model, on, how, common)[0]


@command(ASK)
def compare(
    champion: str,
    challenger: str,
    *,
    on: str,
    target: str | None = None,
    main: str | None = None,
    margin: float | None = None,
    by: str | None = None,
    common: Common = COMMON,
) -> int:
    """Is the challenger better than the champion on the same rows? Leaves with 1 if it is worse.

    The verdict is better, worse, equivalent or not distinguishable, by a paired test. It is
    recorded as a validation of the challenger.

    Parameters
    ----------
    champion
        The model that is in use.
    challenger
        The model that shall take its place.
    on
        The test data: data:adult-test, a digest or a file.
    target
        The column to be predicted (default: what the challenger learned to predict).
    main
        The figure by which they are judged (default: accuracy, mae, ndcg@10).
    margin
        Two models whose difference is surely below this are equivalent.
    by
        Columns whose values are groups, sex,race: figures by group of the challenger.
    """
    from forebear.capture.validate.validation import How

    how = How(target=target, main=main, margin=margin, against=champion, by=_listed(by))
    code, found = _validated(challenger, on, how, common, comparing=True)
    worse = found.validation.comparisons[0].verdict == "worse"
    return 1 if worse else code


def _validated(
    model: str, on: str, how: How, common: Common, *, comparing: bool = False
) -> tuple[int, Validated]:
    from forebear.capture.validate.validation import validate as ask_model

    with common.connect() as client, _stages(quiet=common.json) as say:
        if not isinstance(client, LocalClient):
            raise InvalidInput("A model is validated where its bytes are, not behind a server.")
        found = ask_model(client, model, on, how, command=["forebear", *sys.argv[1:]], say=say)
    if common.json:
        print_json(found)
    else:
        lines = validation_lines(
            found.verdict, found.validation, found.unknown, found.title, comparing=comparing
        )
        print_lines(lines)
    return found.exit_code, found


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


def _in_file(path: Path | None) -> list[Threshold]:
    """Return the thresholds in a TOML file."""
    import msgspec

    if path is None:
        return []
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Thresholds).threshold
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f"'{path}' holds no thresholds: {error}.",
            hint="[[threshold]] with metric, op, value, and perhaps slice and sure.",
        ) from error


class _Thresholds(Struct, forbid_unknown_fields=True):
    threshold: list[Threshold]


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
