"""The environment of a run: interpreter, platform, packages, and the machine it ran on.

Facts that matter when the environment is built again (`environment_bytes`: interpreter, platform,
packages) are kept apart from those that only describe one occasion (`occasion`: machine,
variables), so that the same environment has the same digest every day.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from forebear.capture import interpreter
from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.errors import Unreadable
from forebear.core.patterns import pattern

__all__ = [
    "Environment",
    "Interpreter",
    "Machine",
    "Package",
    "Platform",
    "describe",
    "describe_interpreter",
    "environment_bytes",
    "environment_digest",
    "installable",
    "occasion",
    "pylock",
    "read_environment",
]

_PATIENCE: Final = 60.0
_ROOM_FOR_ERROR: Final = 300
_SETTLED: Final = 2_000_000_000


class Interpreter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The Python that ran: `build` is its build tag and date."""

    version: str
    implementation: str
    build: str = ""
    compiler: str = ""


class Platform(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What packages are built for: operating system, architecture, C library."""

    system: str
    distribution: str = ""
    architecture: str
    tag: str
    libc: str = ""
    byte_order: str
    conda: bool = False


class Package(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One installed package; `name` is in the normal form of PEP 503.

    `content` is the SHA-256 over the sorted RECORD lines of the files that came with the wheel
    (what an installer adds is left out): two builds of one version differ in it.
    """

    name: str
    version: str
    origin: Literal["index", "editable", "local", "vcs", "archive"] = "index"
    url: str | None = None
    vcs: str | None = None
    commit: str | None = None
    revision: str | None = None
    subdirectory: str | None = None
    hashes: dict[str, str] = {}
    tag: str | None = None
    content: str | None = None


class Machine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The computer: `memory` is in bytes, `cores` are those this process may use."""

    cpu: str = ""
    cores: int | None = None
    memory: int | None = None
    kernel: str = ""
    gpus: list[str] = []


class Environment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything known of the environment of a run."""

    python: Interpreter
    platform: Platform
    packages: list[Package]
    machine: Machine = Machine()
    variables: dict[str, str] = {}


def describe(memory: Path | None = None) -> Environment:
    """Describe the environment of this process.

    Looking through all packages takes longest. With a folder `memory` the list is kept there, and
    read from there until something is installed or removed.

    >>> describe().python.implementation
    'CPython'
    """
    if memory is None:
        return _environment(interpreter.facts())
    key, changed = interpreter.stamp()
    place = memory / f"packages-{key}.json"
    try:
        known = json.loads(place.read_bytes())
    except (OSError, ValueError):
        known = None
    found = _environment(interpreter.facts(known))
    # A folder that is changing just now may change again within the resolution of its time.
    if known is None and time.time_ns() - changed > _SETTLED:
        with contextlib.suppress(OSError):
            memory.mkdir(exist_ok=True)
            fresh = place.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(msgspec.json.encode(found.packages))
            fresh.replace(place)
    return found


def describe_interpreter(python: Path) -> Environment:
    """Describe the environment of another interpreter, in which forebear need not be installed.

    Raises:
        Unreadable: it cannot be started, takes more than a minute, or is older than Python 3.8.
    """
    found = Path(shutil.which(python) or python).absolute()  # a link into a venv stays a link
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                [found, "-c", Path(interpreter.__file__).read_text(encoding="utf-8")],
                cwd=empty,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=True,
            )
            facts = json.loads(done.stdout.splitlines()[-1])
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip()[-_ROOM_FOR_ERROR:]
            shown = redaction.text(reason).value
            raise Unreadable(
                f"The interpreter {python} failed to describe itself: {shown}"
            ) from None
        except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
            raise Unreadable(f"The interpreter {python} cannot be asked: {error}") from None
    return _environment(facts)


def _environment(facts: dict[str, Any]) -> Environment:
    """Make the description of raw facts; nothing secret passes here."""
    for package in facts["packages"]:
        if package.get("url"):
            package["url"] = redaction.url(package["url"]).value
    facts["variables"] = redaction.mapping(facts["variables"]).value
    environment = msgspec.convert(facts, Environment)
    environment.packages.sort(key=lambda package: package.name)
    return environment


def environment_bytes(environment: Environment) -> bytes:
    """Return the canonical JSON of what matters for building the environment again.

    These are the bytes of the environment artifact: their digest is its identity.
    """
    stable = Environment(
        python=environment.python, platform=environment.platform, packages=environment.packages
    )
    return msgspec.json.encode(stable, order="sorted")


def environment_digest(environment: Environment) -> str:
    """Return the digest of `environment_bytes`."""
    return of_bytes(environment_bytes(environment))


def read_environment(data: bytes) -> Environment:
    """Read `environment_bytes` back; machine and variables are not in it.

    Raises:
        Unreadable: the bytes are not the description of an environment.
    """
    try:
        return msgspec.json.decode(data, type=Environment)
    except msgspec.DecodeError as error:
        raise Unreadable(f"These bytes do not describe an environment: {error}.") from None


def occasion(environment: Environment) -> dict[str, Any]:
    """Return what is true of one run only, as plain values: machine and variables."""
    return {
        "machine": msgspec.to_builtins(environment.machine),
        "variables": dict(environment.variables),
    }


# Building it again -----------------------------------------------------------------------------

_VERSION: Final = pattern(
    r"(?:\d+!)?\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?(?:\.dev\d+)?(?:\+[a-z0-9.]+)?"
)
_REDACTED: Final = "[REDACTED:"


def installable(environment: Environment) -> tuple[list[str], list[str]]:
    """Return exact requirements for an installer, and in words what they cannot bring back.

    Index packages become `name==version`, version control and archives a direct reference.
    """
    requirements: list[str] = []
    problems: list[str] = []
    for package in environment.packages:
        requirement, problem = _requirement(package)
        if requirement:
            requirements.append(requirement)
        if problem:
            problems.append(problem)
    if environment.platform.conda:
        problems.append(
            "This was a conda environment: libraries outside Python packages are not in the list."
        )
    return requirements, problems


def _requirement(package: Package) -> tuple[str | None, str | None]:
    """Return the requirement of one package, if it has one, and what is wrong with it."""
    named, url = f"{package.name} {package.version}", package.url or ""
    if package.origin in ("editable", "local"):
        how = "in editable mode " if package.origin == "editable" else ""
        return None, f"{named} was installed {how}from the folder {_path(url)}: install it by hand."
    if package.origin == "archive" and url.startswith("file:"):
        return None, f"{named} was installed from the file {_path(url)}: install it by hand."
    if _REDACTED in url:
        return None, f"{named} came from an address with a secret, which was not kept: {url}"
    inside = f"subdirectory={package.subdirectory}" if package.subdirectory else ""
    if package.origin == "vcs":
        fragment = f"#{inside}" if inside else ""
        return f"{package.name} @ {package.vcs}+{url}@{package.commit}{fragment}", None
    if package.origin == "archive":
        sums = [f"{kind}={value}" for kind, value in sorted(package.hashes.items())]
        fragment = "&".join(filter(None, (*sums, inside)))
        return f"{package.name} @ {url}{'#' if fragment else ''}{fragment}", None
    pin = f"{package.name}=={package.version}"
    if not _VERSION.fullmatch(package.version):
        return None, f"{named} has a version that no installer reads."
    if "+" in package.version:
        return pin, f"{named} is a special build: it needs the index it came from."
    return pin, None


def _path(url: str) -> str:
    return unquote(urlsplit(url).path) or "(unknown)"


def pylock(environment: Environment) -> str:
    """Return the environment as a `pylock.toml` (PEP 751); the same environment, the same text.

    An installed package does not know the hash of the wheel file it came from. Its wheel entry
    has the file's name and, as `forebear-record-sha256`, the digest of the RECORD of its contents.
    Packages of which not even that is known are listed under `tool.forebear.unlocked`.
    """
    series = ".".join(environment.python.version.split(".")[:2])
    where = environment.platform
    marker = f"platform_system == '{where.system}' and platform_machine == '{where.architecture}'"
    lines = [
        'lock-version = "1.0"',
        f"environments = [{_toml(marker)}]",
        f'requires-python = "=={series}.*"',
        'created-by = "forebear"',
    ]
    unlocked = []
    for package in environment.packages:
        source = _source(package)
        pin = f"{package.name}=={package.version}"
        if source is None or not _VERSION.fullmatch(package.version):
            unlocked.append(pin)
        else:
            lines += ["", "[[packages]]", f"name = {_toml(package.name)}"]
            if package.origin != "editable":
                lines.append(f"version = {_toml(package.version)}")
            lines.append(source)
    if unlocked:
        lines += ["", "[tool.forebear]", f"unlocked = [{', '.join(map(_toml, unlocked))}]"]
    return "\n".join(lines) + "\n"


def _source(package: Package) -> str | None:
    """Return the line that says where a package comes from; None where that is not known."""
    if package.origin == "index":
        if not (package.tag and package.content):
            return None
        wheel = f"{package.name.replace('-', '_')}-{package.version}-{package.tag}.whl"
        hashes = {"forebear-record-sha256": package.content}
        return f"wheels = [{_table({'path': wheel, 'hashes': hashes})}]"
    url = package.url or ""
    if package.origin in ("editable", "local"):
        editable = package.origin == "editable"
        fields = {"path": _path(url), "editable": editable, "subdirectory": package.subdirectory}
        return f"directory = {_table(fields)}"
    if package.origin == "vcs":
        return "vcs = " + _table(
            {
                "type": package.vcs,
                "url": url,
                "requested-revision": package.revision,
                "commit-id": package.commit,
                "subdirectory": package.subdirectory,
            }
        )
    if not package.hashes:
        return None
    place = {"path": _path(url)} if url.startswith("file:") else {"url": url}
    return "archive = " + _table(
        {**place, "hashes": package.hashes, "subdirectory": package.subdirectory}
    )


def _table(fields: dict[str, Any]) -> str:
    inside = ", ".join(f"{key} = {_toml(value)}" for key, value in fields.items() if value)
    return f"{{ {inside} }}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return _table(dict(sorted(value.items())))
    if isinstance(value, bool):
        return str(value).lower()
    clean = str(value).encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
