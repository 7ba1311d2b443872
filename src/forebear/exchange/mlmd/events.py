"""What ML Metadata has recorded as events of ours: the same ones whenever it is read again.

An execution is a run below that of its pipeline. It made what it has as outputs, unless it was only
taken from a cache. Artifacts are known by address and number: ML Metadata knows no content. What
lies at an address now is tied to it as a likely copy, and to those who used it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final, Literal, TypeVar
from urllib.parse import unquote

import msgspec

from forebear.core.entities import Metric, RunStatus, finite
from forebear.core.errors import InvalidInput
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Event,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    RunEnded,
    RunStarted,
    VersionNamed,
    encode,
)
from forebear.core.quality import CHECK, CheckResult
from forebear.core.refs import NameKind, check_name
from forebear.exchange.mlmd.found import Found, Thing
from forebear.exchange.openlineage.naming import artifact_id, event_id

__all__ = ["Content", "Telling"]

E = TypeVar("E", bound=Event)
Content = Callable[[str], str | None]
"""Returns the digest of what lies at a path now; None where nothing can be read."""

_COMPLETE, _FAILED, _CACHED, _CANCELED = 3, 4, 5, 6
_DONE: Final[dict[int, RunStatus]] = {
    _COMPLETE: "finished", _CACHED: "finished", _FAILED: "failed", _CANCELED: "failed",
}  # fmt: skip
_PIPELINES: Final = ("pipeline_run", "system.PipelineRun")
_KINDS: Final = {
    "mlmd.Train": "train", "mlmd.Evaluate": "evaluate", "mlmd.Transform": "transform",
    "mlmd.Process": "transform", "Trainer": "train", "Tuner": "train", "Evaluator": "evaluate",
    "Transform": "transform",
}  # fmt: skip
_MODEL: Final = "Model"
"""How types of models end in TFX, in Kubeflow and where people made their own: SavedModel."""
_ROLES: Final = {
    "model": "model", "base_model": "base", "baseline_model": "reference", "schema": "schema",
}  # fmt: skip
_OWN: Final = frozenset(("tfx_version", "is_external", "name", "state", "producer_component"))
"""Properties that say nothing of data or settings."""


class Telling:
    """One database on its way into a store."""

    def __init__(self, found: Found, content: Content) -> None:
        self._found, self._content = found, content
        self._used: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self._made: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self._lies: dict[int, str] = {}
        """The content that lies now where artifacts were made."""
        self.makers: dict[int, int] = {}
        """The execution that made each artifact; who took it from a cache did not."""
        for use in found.uses:
            if use.side == "input":
                self._used[use.execution].append((use.key, use.artifact))
            elif found.executions[use.execution].state != _CACHED:
                self._made[use.execution].append((use.key, use.artifact))
                self.makers.setdefault(use.artifact, use.execution)

    def events(self) -> Iterator[AnyEvent]:
        """Yield all that is told, in the order in which it happened."""
        found = self._found
        for one in sorted(found.artifacts.values(), key=lambda one: (one.created, one.id)):
            yield from self._artifact(one)
        for context in found.contexts.values():
            if context.type in _PIPELINES:
                yield from self._pipeline(context)
        for one in sorted(found.executions.values(), key=lambda one: (one.created, one.id)):
            if one.state != _CACHED:
                yield from self._execution(one)
        yield from self._deployments()

    def _artifact(self, one: Thing) -> Iterator[AnyEvent]:
        artifact, at = self.artifact_id(one), one.created
        told = {key: value for key, value in one.properties.items() if key not in _OWN}
        maker = self.makers.get(one.id)
        run = None if maker is None else self._run_id(self._found.executions[maker])
        label = one.name or self._key_of(one) or PurePosixPath(one.uri).name or one.short
        yield identified(
            ArtifactRecorded(
                time=at,
                artifact=artifact,
                kind=_kind(one),
                digest=artifact,
                run=run,
                label=label,
                by_reference=True,
                attrs={
                    "mlmd": {"id": one.id, "type": one.type, "state": one.state},
                    **told,
                },
            )
        )
        if maker is None:
            named = VersionNamed(
                time=at, kind=_kind(one), name=_outer(one), artifact=artifact, automatic=True
            )
            yield identified(named)
        if one.uri:
            mode: Literal["read", "write"] = "read" if maker is None else "write"
            place = _place(one.uri)
            yield identified(
                LocationSeen(time=at, artifact=artifact, uri=place, mode=mode, run=run)
            )
            yield from self._now(one, place, label)

    def _now(self, one: Thing, place: str, label: str) -> Iterator[AnyEvent]:
        """Yield what lies at an address now: a copy of what was made there, or what was read."""
        content = self._content(place) if place.startswith("/") else None
        if content is None:
            return
        at, artifact, kind = one.created, self.artifact_id(one), _kind(one)
        ends = (artifact, content) if one.id in self.makers else (content, artifact)
        if one.id in self.makers:
            self._lies[one.id] = content
        yield identified(
            ArtifactRecorded(time=at, artifact=content, kind=kind, digest=content, label=label)
        )
        yield identified(LocationSeen(time=at, artifact=content, uri=place, mode="read"))
        yield identified(
            Derived(time=at, source=ends[0], target=ends[1], relation="copy", evidence="inferred")
        )

    def _pipeline(self, context: Thing) -> Iterator[AnyEvent]:
        inside = [
            self._found.executions[id]
            for id, contexts in self._found.members.items()
            if context.id in contexts and id in self._found.executions
        ]
        if not inside:
            return
        run, began = self._run_id(context), min(one.created for one in inside)
        name = self._named(inside[0], "pipeline") or context.name or context.short
        yield identified(
            RunStarted(
                time=began,
                run=run,
                kind="run",
                name=name,
                started=began,
                attrs={"mlmd": {"context": context.id, "name": context.name}},
            )
        )
        if all(one.state in _DONE for one in inside):
            ended = max(one.updated for one in inside)
            failed = [one for one in inside if _DONE[one.state] == "failed"]
            error = f"{self._title(failed[0])} failed." if failed else None
            yield identified(
                RunEnded(
                    time=ended,
                    run=run,
                    status="failed" if failed else "finished",
                    ended=ended,
                    error=error,
                )
            )

    def _execution(self, one: Thing) -> Iterator[AnyEvent]:
        run, at = self._run_id(one), one.created
        above = self._context(one, *_PIPELINES)
        yield identified(
            RunStarted(
                time=at,
                run=run,
                kind=_KINDS.get(one.base or "", _KINDS.get(one.short, self._other_kind(one))),
                name=self._title(one),
                parent=None if above is None else self._run_id(above),
                started=at,
                attrs={"mlmd": {"execution": one.id, "type": one.type}},
            )
        )
        params = {k: v for k, v in one.properties.items() if k not in _OWN}
        if params:
            yield identified(ParamsLogged(time=at, run=run, params=params))
        used = [self._link(one, key, id) for key, id in self._used[one.id]]
        made = [
            Link(
                artifact=self.artifact_id(self._found.artifacts[id]),
                slot=key or None,
                evidence="declared",
            )
            for key, id in self._made[one.id]
        ]
        if used or made:
            yield identified(EdgesRecorded(time=at, run=run, used=used, generated=made))
        # Whoever used what was made there has read what lies there, unless it was changed since.
        likely = [
            msgspec.structs.replace(
                self._link(one, key, id), artifact=self._lies[id], evidence="inferred"
            )
            for key, id in self._used[one.id]
            if id in self._lies
        ]
        if likely:
            yield identified(EdgesRecorded(time=at, run=run, used=likely))
        for key, id in self._made[one.id]:
            yield from self._outcome(one, key, self._found.artifacts[id])
        if one.state in _DONE:
            yield identified(
                RunEnded(
                    time=one.updated,
                    run=run,
                    status=_DONE[one.state],
                    ended=one.updated,
                    error="ML Metadata says that it failed."
                    if one.state == _FAILED
                    else "It was canceled."
                    if one.state == _CANCELED
                    else None,
                )
            )

    def _link(self, execution: Thing, key: str, id: int) -> Link:
        trains = _KINDS.get(execution.base or "", _KINDS.get(execution.short)) == "train"
        role = _ROLES.get(key)
        if role is None:
            is_data = "example" in key.lower() or "dataset" in key.lower()
            role = "train" if trains and is_data else "input"
        artifact = self.artifact_id(self._found.artifacts[id])
        return Link(artifact=artifact, role=role, slot=key or None, evidence="declared")

    def _outcome(self, execution: Thing, key: str, made: Thing) -> Iterator[AnyEvent]:
        """Return what an output says beside being there: its name, a blessing, figures."""
        run, artifact, at = self._run_id(execution), self.artifact_id(made), made.created
        name = _name(self._title(execution), "" if is_model(made) else key or made.short)
        yield identified(
            VersionNamed(
                time=at, kind=_kind(made), name=name, artifact=artifact, run=run, automatic=True
            )
        )
        if made.short == "ModelBlessing" and "blessed" in made.properties:
            yield from self._blessing(execution, made)
        figures = [
            Metric(key=name, value=finite(float(value)))
            for name, value in made.properties.items()
            if made.short.endswith("Metrics")
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and name not in _OWN
        ]
        if figures:
            model = next(
                (self.artifact_id(self._found.artifacts[id]) for k, id in self._used[execution.id]
                 if is_model(self._found.artifacts[id])), None,
            )  # fmt: skip
            yield identified(
                MetricsLogged(time=at, run=run, metrics=figures, model=model, evidence="declared")
            )

    def _blessing(self, execution: Thing, made: Thing) -> Iterator[AnyEvent]:
        by_key = dict(self._used[execution.id])
        baseline = by_key.get("baseline_model")
        against = f"against model {baseline} of ML Metadata" if baseline is not None else ""
        if "model" not in by_key:
            return
        result = CheckResult(
            check="blessing",
            status="passed" if made.properties["blessed"] else "failed",
            message=against,
            tool="tfx",
        )
        said = CHECK.say(
            self.artifact_id(self._found.artifacts[by_key["model"]]),
            result,
            key=f"tfx:{self._title(execution)}",
            run=self._run_id(execution),
        )
        yield identified(msgspec.structs.replace(said, time=made.created))

    def _deployments(self) -> Iterator[AnyEvent]:
        """Yield where models were pushed to, each until the next came to the same place."""
        pushed: dict[str, list[Thing]] = defaultdict(list)
        for one in self._found.artifacts.values():
            if one.short == "PushedModel" and one.properties.get("pushed"):
                pushed[str(one.properties.get("pushed_destination") or one.uri)].append(one)
        for place, models in sorted(pushed.items()):
            models.sort(key=lambda one: (one.created, one.id))
            for one, after in zip(models, [*models[1:], None], strict=True):
                run = event_id(one.created, "mlmd", self._found.identity, "serve", str(one.id))
                env = place.rpartition("/")[2] or place
                yield identified(
                    RunStarted(
                        time=one.created,
                        run=run,
                        kind="serve",
                        name=f"{self._key_of(one) or one.short} in {env}",
                        started=one.created,
                        attrs={"env": env, "endpoint": place},
                    )
                )
                link = Link(artifact=self.artifact_id(one), role="model", evidence="declared")
                yield identified(EdgesRecorded(time=one.created, run=run, used=[link]))
                if after is not None:
                    end = after.created
                    yield identified(RunEnded(time=end, run=run, status="finished", ended=end))

    def artifact_id(self, one: Thing) -> str:
        """Return the id of an artifact: that of its address and its number there."""
        place = _place(one.uri) if one.uri else "mlmd:"
        return artifact_id(place, f"mlmd:{self._found.identity}:{one.id}")

    def _run_id(self, one: Thing) -> str:
        what = "context" if one.type in _PIPELINES else "execution"
        return event_id(one.created, "mlmd", self._found.identity, what, str(one.id))

    def _context(self, execution: Thing, *types: str) -> Thing | None:
        inside = (self._found.contexts[id] for id in self._found.members.get(execution.id, ()))
        return next((one for one in inside if one.type in types), None)

    def _named(self, execution: Thing, type: str) -> str | None:
        found = self._context(execution, type)
        return found.name if found is not None else None

    def _title(self, execution: Thing) -> str:
        shown = execution.properties.get("display_name")
        return str(self._named(execution, "node") or shown or execution.name or execution.short)

    def _key_of(self, artifact: Thing) -> str | None:
        maker = self.makers.get(artifact.id)
        return None if maker is None else self._title(self._found.executions[maker])

    def _other_kind(self, execution: Thing) -> str:
        made, used = self._made[execution.id], self._used[execution.id]
        if any(is_model(self._found.artifacts[id]) for _, id in made):
            return "run" if any(key == "model" for key, _ in used) else "train"
        return "ingest" if made and not used else "transform" if made else "run"


def is_model(one: Thing) -> bool:
    """Tell whether an artifact is a model."""
    return one.base == "mlmd.Model" or one.short.endswith(_MODEL)


def _kind(one: Thing) -> NameKind:
    return "model" if is_model(one) else "data"


def identified(event: E) -> E:
    """Return an event with the id that follows from what it says."""
    blank: Any = msgspec.structs.replace(event, id="")
    return msgspec.structs.replace(event, id=event_id(event.time, "mlmd", encode(blank).decode()))


def _place(uri: str) -> str:
    """Return an address as recording writes it: a file on this machine by its path."""
    return unquote(uri.removeprefix("file://")) if uri.startswith("file:///") else uri


def _outer(one: Thing) -> str:
    """Return a name for what came from outside, which no node of a pipeline names: its file's."""
    name = _name(one.name or PurePosixPath(_place(one.uri)).name.partition(".")[0] or one.short)
    try:
        return check_name(name)
    except InvalidInput:
        return _name(one.short, name)  # `data` is what refs call all data


def _name(*words: str) -> str:
    whole = ".".join(word for word in words if word)
    return re.sub(r"[^\w\-]+", ".", whole).strip(".-")[:110] or "data"
