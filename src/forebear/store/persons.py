"""Persons: what the account that we run under says of who uses it."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import pwd
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from forebear.core.ordinary_words import is_distinctive

__all__ = ["Person", "this_person"]

_LARGEST: Final = 64 << 10
_SECTION: Final = re.compile(r"\[(\w+)[^\]]*\]([^\[]*)")
_SETTING: Final = re.compile(
    r"^\s*(?:name|email|user|username)\s*=\s*\"?([^\"\n;#]+)", re.MULTILINE
)
_SECTIONS: Final = frozenset(("user", "author", "committer", "github", "gitlab", "credential"))
_VARIABLES: Final = tuple(
    f"{who}_{what}" for who in ("GIT_AUTHOR", "GIT_COMMITTER") for what in ("NAME", "EMAIL")
)


class Person(NamedTuple):
    """Names that are distinctive enough to be looked for in texts, and home folders."""

    names: frozenset[str]
    homes: frozenset[str]


def this_person() -> Person:
    """Return what this account's user is called: login, full name, git's names, home folders."""
    said: set[str] = set()
    with contextlib.suppress(KeyError, OSError):
        said.add(getpass.getuser())
    with contextlib.suppress(KeyError, OSError):
        account = pwd.getpwuid(os.getuid())
        said |= {account.pw_name, account.pw_gecos.partition(",")[0]}
    said |= {os.environ.get(variable, "") for variable in _VARIABLES}
    said.update(_told_to_git())
    names = {one.partition("@")[0].strip() for one in said}
    names = {name for name in names if is_distinctive(name)}
    host = platform.node().partition(".")[0]
    if any(name.lower() in host.lower() for name in names):
        names.add(host)
    return Person(frozenset(names), frozenset(map(str, _homes())))


def _told_to_git() -> Iterator[str]:
    """Yield names and addresses from git's settings; git itself is not asked, it takes too long."""
    for path in _git_settings():
        try:
            with path.open(errors="replace") as file:
                text = file.read(_LARGEST)
        except OSError:
            continue
        for section, settings in _SECTION.findall(text):
            if section.lower() in _SECTIONS:
                yield from _SETTING.findall(settings)


def _git_settings() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        here = Path.cwd()
        yield from (at / ".git" / "config" for at in (here, *here.parents))
    with contextlib.suppress(RuntimeError, OSError):
        home = Path.home()
        yield Path(os.environ.get("GIT_CONFIG_GLOBAL") or home / ".gitconfig")
        yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git" / "config"


def _homes() -> set[Path]:
    """Return the home folder as it is named and as it is, where its path names a person."""
    try:
        home = Path.home()
        return {path for path in (home, home.resolve()) if len(path.parts) > len(("/", "home"))}
    except (RuntimeError, OSError):
        return set()
