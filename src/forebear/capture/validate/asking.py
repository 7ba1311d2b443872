"""Asking a model about rows: what it is given, and what came out beside what is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forebear.analysis.conditions import column_of
from forebear.analysis.outcome import Outcome
from forebear.analysis.verdict import counted
from forebear.capture.validate.frames import bytes_of, place_of
from forebear.capture.validate.functions import function_of
from forebear.capture.validate.outcomes import Truth, outcome_of, task_of
from forebear.capture.validate.predictor import Predictor, Source
from forebear.capture.validate.settings import How
from forebear.client.asking import Asking
from forebear.core.errors import InvalidInput
from forebear.ops.validation import PartsResponse, Piece

__all__ = ["asked", "features_of", "source_of", "target_of", "truth_of", "weights_in"]


def target_of(frame: Any, parts: PartsResponse, how: How) -> str:
    """Return the column that is to be predicted.

    Raises:
        InvalidInput: nobody says which it is, or the data have none of that name.
    """
    name = how.target or parts.model.target
    names = [str(one) for one in frame.columns]
    if name is None:
        raise InvalidInput(
            f"Which column of {parts.data.title} {parts.model.title} predicts was not recorded.",
            hint=f"Say it: `--target`. The columns are {', '.join(names[:12])}.",
        )
    if name not in names:
        raise InvalidInput(
            f"{parts.data.title} has no column '{name}' to compare predictions with.",
            hint=f"Say which it is: `--target`. The columns are {', '.join(names[:12])}.",
        )
    return name


def source_of(client: Asking, piece: Piece, how: How, model: Any = None) -> Source:
    """Return where a model is; `model` is the object where the caller has it in memory.

    Raises:
        NotFound: its bytes are neither kept nor where they were, and nothing else was said.
    """
    path = None if model is not None else place_of(piece)
    places = [uri for uris in piece.paths.values() for uri in uris]
    endpoint = how.endpoint or next((one for one in places if one.startswith("http")), None)
    content = None
    function = how.callable or (function_of(piece) if model is None and not path else None)
    told = any(one is not None for one in (model, function, how.command, how.predictions))
    if path is None and endpoint is None and not told:
        content, _ = bytes_of(client, piece)
    return Source(
        title=piece.title,
        path=path,
        content=content,
        format=next((one.format for one in piece.saved if one.format), None),
        object=model,
        callable=function,
        command=how.command,
        endpoint=endpoint,
        predictions=Path(how.predictions) if how.predictions else None,
        features=how.features or piece.features,
        send=how.send,
        headers=how.headers,
        limit=how.timeout,
        trusted=how.trust,
    )


def truth_of(frame: Any, how: How, data: str, rows: Any = None) -> Truth:
    """Return what is to be predicted, with the queries of a ranking.

    `rows` are the numbers of the rows of `frame` among all that the model is asked about.
    """
    import numpy as np

    column, query = how.target or "", None
    if how.query is not None:
        if how.query not in frame.columns:
            raise InvalidInput(f"{data} has no column '{how.query}' of queries.")
        query = np.unique(frame[how.query].astype(str).to_numpy(), return_inverse=True)[1]
    weight = None if how.weight is None else frame[how.weight].to_numpy(dtype=float)
    if weight is not None and query is not None:
        _of_queries(weight, query, how)
    values = frame[column].to_numpy()
    return Truth(values=values, column=column, query=query, weight=weight, rows=rows)


def _of_queries(weight: Any, query: Any, how: How) -> None:
    """Check that all rows of a query have its weight.

    Raises:
        InvalidInput: some have another.
    """
    import numpy as np

    first = np.unique(query, return_index=True)[1]
    if (weight != weight[first][query]).any():
        raise InvalidInput(
            f"In a ranking queries have weights: '{how.weight}' differs within one '{how.query}'."
        )


def weights_in(frame: Any, how: How, data: str, column: str) -> Any:
    """Return how much each row counts; None where all count alike.

    Raises:
        InvalidInput: the column is not there, or what it holds are no weights.
    """
    import numpy as np

    if how.weight is None:
        return None
    values = column_of(frame, how.weight)
    what = f"Column '{how.weight}' of {data}"
    if how.weight == column:
        raise InvalidInput(
            f"{what} is what is to be predicted, so it cannot be the weight of rows."
        )
    try:
        weight = values.to_numpy(dtype=float, na_value=float("nan"))
    except (TypeError, ValueError):
        raise InvalidInput(f"{what} holds what is no number, so no weights.") from None
    for wrong, why in (
        (np.isnan(weight), ""),
        (np.isinf(weight), ", which is infinite"),
        (weight < 0, ", which is negative"),
    ):
        if wrong.any():
            row = int(wrong.argmax())
            told = "no weight" if np.isnan(weight[row]) else f"the weight {weight[row]:g}"
            raise InvalidInput(
                f"{what} has {told} in row {row}{why}.",
                hint="Weights are numbers of 0 or more.",
            )
    if not weight.any():
        raise InvalidInput(f"{what} is 0 in all rows: none would count.")
    return weight


def asked(
    predictor: Predictor, frame: Any, model: Piece, how: How, truth: Truth
) -> tuple[Outcome, list[str]]:
    """Have a model predict all rows, and return what came out beside what is true.

    Raises:
        InvalidInput, ModelFailed: it cannot be asked, or its answer is none.
    """
    title = model.title
    answer = predictor.predict(features_of(predictor, frame, truth.column, title, how))
    if truth.rows is not None and len(answer.predicted) == len(frame):
        answer = answer.take(truth.rows)
    task, why = (how.task, "") if how.task else task_of(predictor, answer, truth)
    if task == "ranking" and truth.query is None:
        raise InvalidInput(
            "A ranking needs to know which rows belong to one query.", hint="Say it: `--query`."
        )
    outcome, notes = outcome_of(answer, truth, task, title, positive=how.positive)
    said = [f"judged as {task}, since {why}"] if why and predictor.task is None else []
    if predictor.nameless and not how.features and not _unnamed(frame):
        said.append("it knows no names of columns, so it was given them in the order of the data")
    return outcome, [*notes, *said]


def _unnamed(frame: Any) -> bool:
    """Tell whether the rows came from an array: all columns but the answer have numbers."""
    return sum(not str(one).isdigit() for one in frame.columns) <= 1


def features_of(predictor: Predictor, frame: Any, column: str, title: str, how: How) -> Any:
    """Return the columns that a model wants, in its order.

    Raises:
        InvalidInput: the data lack some of them.
    """
    wanted = how.features or predictor.features
    others = [one for one in frame.columns if one not in (column, how.query, how.weight)]
    if wanted is None:
        return frame[others]
    names = {str(one): one for one in others}
    if how.weight in wanted:
        raise InvalidInput(
            f"{title} predicts from column '{how.weight}', so it cannot be the weight of rows.",
            hint="Weights are in a column that no model learns from.",
        )
    missing = [one for one in wanted if one not in names]
    if not missing:
        return frame[[names[one] for one in wanted]]
    if not how.features and len(wanted) == len(others) and all(map(str.isdigit, wanted)):
        return frame[others]
    raise InvalidInput(
        f"The data lack {counted(len(missing), 'column')} that {title} was trained on:"
        f" {', '.join(missing[:6])}{' …' if len(missing) > 6 else ''}.",
        hint="Validate on data prepared in the same way, or save the preparation with the model.",
    )
