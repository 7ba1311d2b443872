"""`forebear validate` and `validations`: how good is a model, and was it good enough before?"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, more, print_json, print_lines
from forebear.client.validation_text import validation_lines, validations_lines
from forebear.core.errors import InvalidInput
from forebear.core.validation import Threshold, parse_threshold
from forebear.ops.table import Target
from forebear.ops.validations import ValidationsRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forebear.analysis.validation import Function
    from forebear.capture.validate.settings import How
    from forebear.capture.validate.validation import Validated
    from forebear.client.asking import Asking

__all__ = ["compare", "validate", "validations"]

TaskWord = Literal["classification", "regression", "ranking", "auto"]


@command(MODELS)
def validate(
    model: str,
    *,
    on: str,
    part: Literal["test", "validation", "train"] | None = None,
    target: str | None = None,
    task: TaskWord = "auto",
    positive: str | None = None,
    query: str | None = None,
    weight: str | None = None,
    features: str | None = None,
    by: str | None = None,
    slice: list[str] | None = None,
    find_slices: bool = False,
    baseline: str | None = None,
    against: str | None = None,
    margin: float | None = None,
    threshold: list[str] | None = None,
    threshold_file: Path | None = None,
    metric: list[str] | None = None,
    main: str | None = None,
    probe: str | None = None,
    callable: str | None = None,
    command: str | None = None,
    send: Literal["csv", "jsonl"] = "csv",
    endpoint: str | None = None,
    header: list[str] | None = None,
    predictions: str | None = None,
    timeout: float | None = None,
    trust: bool = False,
    charts: Path | None = None,
    common: Common = COMMON,
) -> int:
    """How good is a model on some data? Leaves with 1 if a threshold fails, with 2 if it can't say.

    The thresholds are recorded before the model is asked; figures, verdict and charts afterwards.
    Loading a saved model runs code of its maker: validate what you trust.

    Parameters
    ----------
    model
        A model: a name, version, alias, digest, file or folder, module:function, or a URL.
    on
        The test data: data:adult-test, a digest or a file.
    part
        Only the rows that the model's own run used as test, validation or train.
    target
        The column to be predicted (default: what the model learned to predict, where recorded).
    task
        classification, regression or ranking (default: what model and data look like).
    positive
        The positive one of two classes (default: the later in order).
    query
        The column that tells which query a row belongs to, for rankings.
    weight
        The column that tells how much each row counts; nothing is predicted from it.
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
    metric
        A figure of your own: module:function, given true and predicted. (repeatable)
    main
        The figure by which slices and comparisons are judged (default: accuracy, mae, ndcg@10).
    probe
        Disturb the data and see what becomes of it: noise,missing,shift,categories,duplicates,
        order,rounding,letters, or all.
    callable
        Predict by this function, given a frame: module:function.
    command
        Predict by this command: rows go in as CSV, predictions come out, one a line.
    send
        How the command is given rows: csv or jsonl.
    endpoint
        Predict by this service: rows go as {"instances": …}.
    header
        What the service is told beside the rows: 'Authorization: Bearer $TOKEN', with $NAME taken
        from the environment; never recorded. (repeatable)
    predictions
        A file with predictions that were made elsewhere, in the order of the data.
    timeout
        Seconds that the model may take to answer (default: 60 for a command or a service, no limit
        for what runs in this process).
    trust
        Load what runs code of its maker (pickled PyTorch modules, Keras files with a Lambda layer).
    charts
        A folder to write the charts to, as SVG; they are kept in the store in any case.
    """
    from forebear.capture.validate.importing import imported
    from forebear.capture.validate.probes import chosen
    from forebear.capture.validate.settings import How

    functions = {text.rpartition(":")[2]: imported(text) for text in metric or []}
    how = How(
        part=part,
        target=target,
        task=None if task == "auto" else task,
        positive=positive,
        query=query,
        weight=weight,
        features=_listed(features),
        by=_listed(by),
        slices=slice or [],
        find_slices=find_slices,
        baseline=baseline,
        against=against,
        margin=margin,
        thresholds=[*map(parse_threshold, threshold or []), *_in_file(threshold_file)],
        main=main,
        probes=chosen(probe),
        callable=callable,
        command=command,
        send=send,
        endpoint=endpoint,
        headers=dict(map(_header, header or [])),
        predictions=predictions,
        timeout=timeout,
        trust=trust,
    )
    return _validated(model, on, how, common, functions=functions, charts=charts, unsaid=header)[0]


@command(MODELS)
def compare(
    champion: str,
    challenger: str,
    *,
    on: str,
    target: str | None = None,
    task: TaskWord = "auto",
    positive: str | None = None,
    query: str | None = None,
    weight: str | None = None,
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
    task
        classification, regression or ranking (default: what model and data look like).
    positive
        The positive one of two classes (default: the later in order).
    query
        The column that tells which query a row belongs to, for rankings.
    weight
        The column that tells how much each row counts; nothing is predicted from it.
    main
        The figure by which they are judged (default: accuracy, mae, ndcg@10).
    margin
        Two models whose difference is surely below this are equivalent.
    by
        Columns whose values are groups, sex,race: figures by group of the challenger.
    """
    from forebear.capture.validate.settings import How

    how = How(
        target=target,
        task=None if task == "auto" else task,
        positive=positive,
        query=query,
        weight=weight,
        main=main,
        margin=margin,
        against=champion,
        by=_listed(by),
    )
    code, found = _validated(challenger, on, how, common, comparing=True)
    worse = found.validation.comparisons[0].verdict == "worse"
    return 1 if worse else code


def _validated(
    model: str,
    on: str,
    how: How,
    common: Common,
    *,
    functions: Mapping[str, Function] | None = None,
    comparing: bool = False,
    charts: Path | None = None,
    unsaid: Sequence[str] | None = None,
) -> tuple[int, Validated]:
    from forebear.capture.validate.validation import validate as ask_model

    with common.connect() as client, _stages(quiet=common.json) as say:
        words = ["forebear", *sys.argv[1:]]
        told = _without(unsaid or (), words)
        found = ask_model(client, model, on, how, functions=functions, command=told, say=say)
        if charts is not None:
            _write(client, found.validation.charts, charts)
    if common.json:
        print_json(found)
    else:
        lines = validation_lines(
            found.verdict, found.validation, found.unknown, found.title, comparing=comparing
        )
        print_lines(lines)
    return found.exit_code, found


@command(MODELS)
def validations(
    ref: str,
    *,
    limit: int = 100,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """How was a model validated, on what, and with what result?

    Parameters
    ----------
    ref
        A model: a name (all its versions), a version, an alias, a digest or a file.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = ValidationsRequest(target=Target(ref=ref), limit=limit, after=after, as_of=as_of)
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    print_lines(validations_lines(answer))
    more(answer.next)


def _write(client: Asking, charts: Mapping[str, str], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, digest in charts.items():
            (folder / f"{name}.svg").write_bytes(client.blobs.get(digest))
    except OSError as error:
        raise InvalidInput(f"'{folder}' cannot be written: {error.strerror}.") from error


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


def _header(text: str) -> tuple[str, str]:
    """Return the name and the value of a header, with what the environment holds for $NAME."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise InvalidInput(
            f"'{name}' is no header.", hint="Write it like 'Authorization: Bearer $TOKEN'."
        )
    try:
        return name.strip(), Template(value.strip()).substitute(os.environ)
    except (KeyError, ValueError) as error:
        raise InvalidInput(
            f"Header {name.strip()} needs {error}, which the environment does not have."
            if isinstance(error, KeyError)
            else f"Header {name.strip()} has a $ without a name; $$ is a dollar."
        ) from None


def _without(headers: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return the words of the command without the values of headers."""
    kept = list(words)
    for one in headers:
        kept = [word.replace(one, f"{one.partition(':')[0]}: …") for word in kept]
    return kept


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
