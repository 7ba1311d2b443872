"""Setting two recorded runs side by side: the first, and the one that followed its recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from forebear.analysis.reproduction import Attempt, Comparison
from forebear.core.blobs import KeptBytes
from forebear.core.digest import short
from forebear.core.entities import Node
from forebear.core.errors import ForebearError
from forebear.engines import predictions
from forebear.ops.recipe import Ingredient, RecipeResponse, StepFacts

__all__ = ["attempt"]


def attempt(
    then: RecipeResponse,
    now: RecipeResponse,
    *,
    kept_then: KeptBytes,
    kept_now: KeptBytes,
    recorded_path: Callable[[str], str],
    obstacles: Sequence[str],
    differences: Sequence[str],
) -> Attempt:
    """Compare what two runs made, step by step and file by file.

    `recorded_path` turns a path of the second run into what it was in the first.
    """
    made = {recorded_path(one.path): one.artifact for one in now.outputs}
    files = [
        _compare(one.path.rpartition("/")[2], one.artifact, made[one.path])
        for one in then.outputs
        if one.path in made
    ]
    pairs = list(_steps_side_by_side(then.steps, now.steps))
    objects = [
        _compare(_spoken(before, one), one, two)
        for before, after in pairs
        for one, two in zip(before.generated, after.generated, strict=False)
        if one.in_memory
    ]
    compared = [
        found
        for before, after in pairs
        if before.kind == "predict"
        for found in _predictions(before, after, kept_then, kept_now)
    ]
    everything = objects + files
    target = next((one for one in everything if one.artifact == then.target.id), None)
    return Attempt(
        target=target,
        others=[one for one in everything if one.artifact != then.target.id],
        predictions=compared,
        obstacles=[*obstacles, *_input_changes(then.inputs, now.inputs, recorded_path)],
        differences=[*differences, *_code_change(then, now)],
        unseeded=[_called(step) for step in then.steps if _draws_unseeded(step)],
        metrics=_metric_changes(pairs),
    )


def _steps_side_by_side(
    then: Sequence[StepFacts], now: Sequence[StepFacts]
) -> Iterator[tuple[StepFacts, StepFacts]]:
    """Pair the n-th step of a name with the n-th of that name in the other run."""
    waiting: dict[tuple[str, str], list[StepFacts]] = {}
    for step in now:
        waiting.setdefault((step.kind, step.name), []).append(step)
    for step in then:
        same = waiting.get((step.kind, step.name))
        if same:
            yield step, same.pop(0)


def _compare(what: str, one: Node, two: Node) -> Comparison:
    same = one.digest is not None and one.digest == two.digest
    state = any(
        one.attrs.get(key) is not None and one.attrs.get(key) == two.attrs.get(key)
        for key in ("table", "weights")
    )
    return Comparison(
        what=what,
        artifact=one.id,
        same_content=same,
        same_state=state and not same,
        columns=[] if same or state else _differing_columns(one, two),
    )


def _differing_columns(one: Node, two: Node) -> list[str]:
    before = {column["name"]: column for column in one.attrs.get("schema", [])}
    after = {column["name"]: column for column in two.attrs.get("schema", [])}
    if not before or not after:
        return []
    return [name for name in before if before[name] != after.get(name)]


def _predictions(
    before: StepFacts, after: StepFacts, kept_then: KeptBytes, kept_now: KeptBytes
) -> Iterator[Comparison]:
    for one, two in zip(before.generated, after.generated, strict=False):
        kept = one.attrs.get("values"), two.attrs.get("values")
        if kept[0] is None or kept[1] is None:
            continue
        try:
            found = predictions.compare(kept_then.get(kept[0]), kept_now.get(kept[1]))
        except ForebearError:
            continue  # not comparable any more: says nothing either way
        yield Comparison(
            what=_called(before),
            artifact=one.id,
            same_content=one.digest == two.digest,
            largest_error=found.largest_error,
            labels=found.count,
            different_labels=found.different,
        )


def _input_changes(
    then: Sequence[Ingredient], now: Sequence[Ingredient], recorded_path: Callable[[str], str]
) -> list[str]:
    read = {recorded_path(one.path): one.artifact.digest for one in now}
    contents = {one.artifact.digest for one in now}
    found = []
    for one in then:
        if one.artifact.digest in contents:
            continue
        other = read.get(one.path)
        if other is None:
            found.append(f"The input {one.path} was not read again.")
        else:
            found.append(
                f"The input {one.path} has changed: it was {short(one.artifact.digest or '')},"
                f" now it is {short(other)}."
            )
    return found


def _code_change(then: RecipeResponse, now: RecipeResponse) -> list[str]:
    if then.code is None or now.code is None or then.code.digest == now.code.digest:
        return []
    before = set(then.code.attrs.get("files", []))
    after = set(now.code.attrs.get("files", []))
    changed = sorted(before ^ after)
    which = f" ({', '.join(changed[:3])})" if changed else ""
    return [f"Other code files ran than the recorded ones{which}."]


def _metric_changes(
    pairs: Sequence[tuple[StepFacts, StepFacts]],
) -> Mapping[str, tuple[Any, Any]]:
    return {
        f"{key} ({_called(before)})": (value, after.metrics[key])
        for before, after in pairs
        for key, value in before.metrics.items()
        if key in after.metrics and after.metrics[key] != value
    }


def _draws_unseeded(step: StepFacts) -> bool:
    """Tell whether a step takes a seed and was given none."""
    return any(
        key.rpartition("__")[2] == "random_state" and value is None
        for key, value in step.params.items()
    )


def _called(step: StepFacts) -> str:
    return f"{step.name} at {step.where}" if step.where else step.name


def _spoken(step: StepFacts, node: Node) -> str:
    return f"{node.label} ({_called(step)})" if node.label else f"the result of {_called(step)}"
