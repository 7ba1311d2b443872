"""Rebuilding a recorded environment with uv."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.capture import environment
from forebear.core.errors import ForebearError

__all__ = ["Rebuilt", "differences", "rebuild"]

_OURS: Final = "forebear"
_NEEDED: Final = "msgspec"
_NOT_FOUND: Final = re.compile(
    r"Because ([\w.\-]+) was not found|no version of ([\w.\-]+==[\w.\-+!]+)"
)
_UNREACHED: Final = re.compile("Failed to fetch|network was disabled")


class Rebuilt(Struct, frozen=True, kw_only=True):
    """An interpreter with the recorded packages, or what stood in the way."""

    python: Path | None
    obstacles: list[str] = []
    """Why there is none."""
    notes: list[str] = []
    """What in it is not as recorded."""


def rebuild(recorded: environment.Environment, folder: Path, say: Callable[[str], None]) -> Rebuilt:
    """Build the recorded environment in `folder`, apart from everything else on the machine.

    Exactly the recorded versions are installed, nothing is resolved anew. `say` is told what is
    going on, for a person who waits.

    Raises:
        ForebearError: there is no such Python here, or the packages cannot be fetched now, which
            says nothing of the record.
    """
    version = recorded.python.version
    say(f"Making Python {version}")
    made = _uv("venv", "--quiet", "--no-project", "--python", version, str(folder))
    if made.returncode != 0:
        raise ForebearError(
            f"Python {version} is not available here: {_last(made.stderr)}",
            hint="Nothing was recorded. Install it, or see what `--env current` gives.",
        )
    python = folder / "bin" / "python"
    wanted, problems = environment.installable(recorded)
    wanted = [pin for pin in wanted if pin.partition("==")[0] != _OURS]
    notes = [problem for problem in problems if not problem.startswith(f"{_OURS} ")]
    if not any(pin.startswith(f"{_NEEDED}==") for pin in wanted):
        wanted.append(_NEEDED)
    say(f"Installing {len(wanted)} packages")
    pins = folder / "recorded.txt"
    pins.write_text("\n".join(wanted) + "\n")
    installed = _uv(
        "pip", "install", "--quiet", "--no-deps", "--python", str(python), "-r", str(pins)
    )
    if installed.returncode != 0:
        if _UNREACHED.search(installed.stderr):
            raise ForebearError(
                f"The recorded packages cannot be fetched now: {_last(installed.stderr)}",
                hint="Nothing was recorded. `--env current` uses the packages that are here.",
            )
        return Rebuilt(python=None, obstacles=[_missing(installed.stderr)], notes=notes)
    return Rebuilt(python=python, notes=notes)


def differences(recorded: environment.Environment, present: environment.Environment) -> list[str]:
    """Return how two environments differ, in words, the likeliest culprits first."""
    found = []
    if recorded.python.version != present.python.version:
        found.append(f"Python was {recorded.python.version} and is {present.python.version}.")
    if recorded.platform.tag != present.platform.tag:
        found.append(f"The platform was {recorded.platform.tag} and is {present.platform.tag}.")
    then = {package.name: package.version for package in recorded.packages}
    now = {package.name: package.version for package in present.packages}
    for name, version in then.items():
        if name not in now:
            found.append(f"Package {name} {version} is missing.")
        elif now[name] != version:
            found.append(f"Package {name} was {version} and is {now[name]}.")
    return found


def _uv(*words: str) -> subprocess.CompletedProcess[str]:
    from uv import find_uv_bin

    variables = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    # Interpreters that this machine has are enough; where ours fits it is found first.
    there = variables.get("PATH", os.defpath)
    variables["PATH"] = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), there])
    if _has_certificates():
        variables.setdefault("UV_SYSTEM_CERTS", "true")
    return subprocess.run(
        [find_uv_bin(), *words],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def _has_certificates() -> bool:
    """Tell whether the machine has certificates of its own, a company's among them perhaps.

    pip trusts them; uv trusts a list that it brings along, unless it is told to.
    """
    here = ssl.get_default_verify_paths()
    return bool(here.cafile or here.capath)


def _missing(text: str) -> str:
    found = _NOT_FOUND.search(text)
    if found:
        return f"Package {found[1] or found[2]} cannot be installed any more."
    return f"The recorded packages cannot be installed: {_last(text)}"


def _last(text: str) -> str:
    """Return what uv says last of a reason, without its advice on options that nobody can give."""
    lines = [line.strip() for line in text.partition("\nhint: ")[0].splitlines() if line.strip()]
    if not lines:
        return "uv gave no reason."
    causes = [line.removeprefix("cause: ") for line in lines[1:] if line.startswith("cause: ")]
    said = f"{lines[0]}: {causes[-1]}" if causes else lines[-1]
    return said.removeprefix("error: ")[:300]
