"""`forebear reproduce`: from a ref to a graded, recorded verdict."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.reproduction import Attempt, Judgement, judge
from forebear.capture import environment
from forebear.capture.launch import Finished, Program, launch
from forebear.capture.reproduce import environments
from forebear.capture.reproduce.compare import attempt
from forebear.capture.reproduce.workshop import Workshop
from forebear.client.asking import Asking
from forebear.client.client import connect
from forebear.client.locate import init_store
from forebear.core import redaction
from forebear.core.errors import InvalidInput
from forebear.ops.recipe import RecipeRequest, RecipeResponse, ReproducedRequest
from forebear.ops.table import Target

__all__ = ["Reproduced", "reproduce"]

_ERROR: Final = re.compile(r"[\w.]*(?:Error|Exception|Exit|Interrupt)\b")
_LONGEST: Final = 300


class Reproduced(Struct, frozen=True, kw_only=True):
    """What came of it."""

    ref: str
    artifact: str
    run: str
    """The recorded run that was run again."""
    verdict: Literal["bitwise", "numerical", "decision", "refuted"]
    reason: str
    environment: Literal["rebuilt", "current"]
    details: dict[str, object]
    workshop: str | None = None
    """The folder in which it ran, when it was asked to be kept."""


def reproduce(
    client: Asking,
    ref: str,
    *,
    env: Literal["rebuilt", "current"] = "rebuilt",
    keep: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Reproduced:
    """Build what `ref` was made with, run it again, compare, and record the verdict.

    Nothing outside a folder of its own is written. `say` is told each stage in a few words.

    Raises:
        UnknownRef, InvalidInput: there is nothing that could be run again.
        KeyboardInterrupt: this process was asked to end, which is no verdict.
    """
    recipe = client.call(RecipeRequest(target=Target(ref=ref)))
    folder = Path(tempfile.mkdtemp(prefix="forebear-reproduce-")).resolve()
    workshop = Workshop(folder, client.blobs)
    try:
        judgement = judge(_attempt(client, recipe, workshop, env, say))
    finally:
        if not keep:
            _remove(folder)
    _record(client, recipe, judgement, env)
    return Reproduced(
        ref=ref,
        artifact=recipe.target.id,
        run=recipe.run.id,
        verdict=judgement.verdict,
        reason=judgement.reason,
        environment=env,
        details=judgement.details,
        workshop=str(folder) if keep else None,
    )


def _attempt(
    client: Asking,
    recipe: RecipeResponse,
    workshop: Workshop,
    env: Literal["rebuilt", "current"],
    say: Callable[[str], None],
) -> Attempt:
    say("Laying out code and data")
    workshop.lay_out_code(recipe)
    workshop.make_room_for(recipe.outputs, recipe.run.cwd or "/")
    obstacles = workshop.lay_out_inputs(recipe.inputs)
    if obstacles:
        return _nothing(obstacles, [])
    python, differences, obstacles = _interpreter(recipe, workshop, env, say)
    if python is None:
        return _nothing(obstacles, differences)
    say("Running it again")
    finished = _run(recipe, workshop, python)
    if finished.interrupted:
        raise KeyboardInterrupt
    with connect(str(workshop.store)) as second:
        again = second.call(RecipeRequest(target=Target(ref=f"run:{finished.run}")))
        say("Comparing")
        return attempt(
            recipe,
            again,
            kept_then=client.blobs,
            kept_now=second.blobs,
            recorded_path=workshop.recorded,
            obstacles=_failure(recipe, again, finished, workshop.output),
            differences=differences,
        )


def _interpreter(
    recipe: RecipeResponse,
    workshop: Workshop,
    env: Literal["rebuilt", "current"],
    say: Callable[[str], None],
) -> tuple[Path | None, list[str], list[str]]:
    recorded = workshop.environment(recipe)
    if env == "current":
        differences = (
            environments.differences(recorded, environment.describe())
            if recorded is not None
            else ["The environment was not recorded; the present one was used."]
        )
        return Path(sys.executable), differences, []
    if recorded is None:
        return None, [], ["The environment of the run was not recorded; try `--env current`."]
    rebuilt = environments.rebuild(recorded, workshop.folder / "environment", say)
    return rebuilt.python, rebuilt.notes, rebuilt.obstacles


def _run(recipe: RecipeResponse, workshop: Workshop, python: Path) -> Finished:
    command = workshop.command(recipe, python)
    script = recipe.run.attrs.get("script")
    program = Program(
        command=command,
        name=recipe.run.name,
        script=str(workshop.place(script)) if script else None,
    )
    return launch(
        program,
        init_store(workshop.store),
        sandbox=workshop.folder,
        cwd=workshop.place(recipe.run.cwd or "/"),
        extra_environment={
            "TMPDIR": str(workshop.scratch),
            "PYTHONPYCACHEPREFIX": str(workshop.scratch),
            # What make or a shell starts as `python` has to be of that environment, too.
            "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)]),
            **recipe.run.attrs.get("variables", {}),
        },
        describe=False,
        output=workshop.output,
    )


def _failure(
    recipe: RecipeResponse, again: RecipeResponse, finished: Finished, output: Path
) -> list[str]:
    if finished.exit_code == (recipe.run.exit_code or 0):
        return []
    error = again.run.error or _last_words(output) or "no reason was given"
    return [f"The second run ended with exit code {finished.exit_code} ({error})."]


def _last_words(output: Path) -> str | None:
    """Return the error that a program printed last, or its last line."""
    lines = [line.strip() for line in output.read_text(errors="replace").splitlines()]
    errors = [line for line in lines if _ERROR.match(line)] or [line for line in lines if line]
    # What is cut first may hold a secret that is no longer known for one.
    return redaction.text(errors[-1]).value[:_LONGEST] if errors else None


def _nothing(obstacles: list[str], differences: list[str]) -> Attempt:
    return Attempt(
        target=None,
        others=[],
        predictions=[],
        obstacles=obstacles,
        differences=differences,
        unseeded=[],
        metrics={},
    )


def _record(
    client: Asking,
    recipe: RecipeResponse,
    judgement: Judgement,
    env: Literal["rebuilt", "current"],
) -> None:
    if recipe.target.type != "artifact":
        raise InvalidInput(f"run:{recipe.run.id} has made nothing that could be compared.")
    client.call(
        ReproducedRequest(
            artifact=recipe.target.id,
            run=recipe.run.id,
            verdict=judgement.verdict,
            reason=judgement.reason,
            environment=env,
            matched=judgement.matched,
            details=judgement.details,
        )
    )


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
