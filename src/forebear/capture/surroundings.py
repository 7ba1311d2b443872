"""The surroundings of a run: who started what, where, from which commit, in which environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forebear.capture.session import Session
from forebear.client.host import host_id
from forebear.core import redaction
from forebear.core.events import EdgesRecorded, Link, RunStarted

if TYPE_CHECKING:
    from forebear.capture.environment import Environment

__all__ = ["describe_here", "record_environment", "run_started", "who"]


def who() -> str:
    """Return the user's name on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def run_started(
    session: Session,
    *,
    name: str,
    command: Sequence[str],
    cwd: Path,
    kind: str = "run",
    git: bool = True,
) -> RunStarted:
    """Return the first event of a root run; its command line is free of secrets."""
    attrs: dict[str, Any] = {
        "host": host_id(),
        "pid": os.getpid(),
        "by": who(),
        "script": session.script,
    }
    clean = redaction.argv(list(command))
    if clean.rules:
        attrs["redacted"] = len(clean.rules)
    if "OPENLINEAGE_CONTEXT" in os.environ or "OPENLINEAGE_PARENT_ID" in os.environ:
        from forebear.capture.started_by import started_by  # most programs have no need of it

        if (above := started_by(os.environ)) is not None:
            attrs["openlineage_parent"] = above
    if git and (facts := _git(cwd, session)):
        attrs["git"] = facts
    return RunStarted(
        run=session.run, kind=kind, name=name, command=clean.value, cwd=str(cwd), attrs=attrs
    )


def describe_here(session: Session) -> dict[str, Any]:
    """Record the environment of this very process; see `record_environment`."""
    return record_environment(session, environment_here(session.folder))


def record_environment(session: Session, described: Environment) -> dict[str, Any]:
    """Record an environment as an artifact that the run and all its steps used.

    Returns what is true of this run only (the machine, some variables), for the run itself.
    """
    from forebear.capture import environment  # a recorded program itself needs it seldom

    body = environment.environment_bytes(described)
    digest = session.keep(body)
    _, problems = environment.installable(described)
    session.artifact(
        "environment",
        digest,
        label=f"Python {described.python.version}, {len(described.packages)} packages",
        format="forebear-environment",
        size=len(body),
        kept=True,
        attrs={
            "python": described.python.version,
            "pylock": session.keep(environment.pylock(described).encode()),
            "problems": problems,
        },
    )
    link = Link(artifact=digest, role="environment")
    session.emit(EdgesRecorded(run=session.run, used=[link], context=True))
    return environment.occasion(described)


def _git(folder: Path, session: Session) -> dict[str, Any]:
    """Return the git state as a run carries it; uncommitted changes are kept as an artifact."""
    if not any((at / ".git").exists() for at in (folder.resolve(), *folder.resolve().parents)):
        return {}
    from forebear.capture.git import git_state, untracked

    state = git_state(folder)
    if state is None:
        return {}
    facts: dict[str, Any] = {
        "commit": state.commit,
        "branch": state.branch,
        "dirty": state.dirty,
        "remote": state.remote,
    }
    if session.script and (name := untracked(Path(state.root), Path(session.script))):
        facts["untracked"] = redaction.text(name).value
    if state.problems:
        facts["problems"] = list(state.problems)
    if state.diff:
        body = state.diff.encode()
        digest = session.keep(body)
        session.artifact(
            "code", digest, label="uncommitted changes", format="diff", size=len(body), kept=True
        )
        link = Link(artifact=digest, role="diff")
        session.emit(EdgesRecorded(run=session.run, used=[link]))
        facts["diff"] = digest
    return facts


@lru_cache(maxsize=1)
def environment_here(folder: Path) -> Environment:
    """Return the environment of this process; the store at `folder` remembers the packages."""
    from forebear.capture.environment import describe

    return describe(folder / "cache")
