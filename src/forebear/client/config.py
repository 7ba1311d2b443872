"""The settings of a store: `config.toml` in its folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from forebear.core.errors import InvalidInput
from forebear.core.patterns import pattern

__all__ = [
    "TEMPLATE",
    "CaptureConfig",
    "Config",
    "NotifyConfig",
    "ProfileConfig",
    "PushConfig",
    "ServerConfig",
    "StoreConfig",
    "load_config",
    "parse_size",
]

TEMPLATE: Final = """\
# Settings of this forebear store. What is commented out is the default.

[capture]
# Data files up to this size are kept in the store, so that a run can be reproduced when the
# file is gone; larger ones are remembered by their digest and place. "0" keeps none.
# keep_data_below = "64 MB"

# The same for model files.
# keep_models_below = "64 MB"

# Keep the source files that ran.
# keep_code = true

[push]
# Another store, a folder or postgresql://user@host/database, to which everything recorded here
# is handed when a run ends, in the background. "" is none.
# remote = ""

[notify]
# Who is told of recalls: addresses that get a POST (signed with FOREBEAR_NOTIFY_SECRET), people
# who get a mail, a command that gets the same JSON on its input.
# webhooks = []
# email = []
# command = []

# Private addresses that webhooks may have: networks or hosts, "10.1.0.0/16".
# allow = []

# The mail server, "smtp://user@mail.example.org:587" (its password is FOREBEAR_SMTP_PASSWORD),
# and who the mail is from.
# smtp = ""
# sender = ""

# From which severity on: low, medium, high, critical.
# least = "low"

[profile]
# "auto" profiles new versions of data in the background when a run has ended; "off" leaves it to
# `forebear profile`.
# new = "auto"

# Up to which size of a file.
# below = "64 MB"

[server]
# For how long `forebear serve` keeps the log of who did what, "400 days"; "" is for ever.
# keep_access_log = ""
"""

_SIZE: Final = pattern(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?b?)", re.IGNORECASE)
_UNITS: Final = {"": 0, "b": 0, "k": 1, "kb": 1, "m": 2, "mb": 2, "g": 3, "gb": 3, "t": 4, "tb": 4}


class CaptureConfig(Struct, frozen=True, kw_only=True):
    """What recording keeps; sizes in bytes."""

    keep_data_below: int = 64_000_000
    keep_models_below: int = 64_000_000
    keep_code: bool = True


class PushConfig(Struct, frozen=True, kw_only=True):
    """Where else the events go."""

    remote: str = ""
    """The address of another store; empty for none."""


class ProfileConfig(Struct, frozen=True, kw_only=True):
    """Which new versions of data are profiled without being asked."""

    new: str = "auto"
    """auto or off."""
    below: int = 64_000_000


class ServerConfig(Struct, frozen=True, kw_only=True):
    """What a server does by itself."""

    keep_access_log: str = ""
    """For how long lines of the log are kept; empty for ever."""


class StoreConfig(Struct, frozen=True, kw_only=True):
    """Where the store itself is, when it is not in this folder."""

    url: str = ""
    """The address of the database that this folder is the companion of."""


class NotifyConfig(Struct, frozen=True, kw_only=True):
    """Who is told of recalls, and how."""

    webhooks: list[str] = []
    email: list[str] = []
    command: list[str] = []
    """A program with its arguments; no shell reads them."""
    allow: list[str] = []
    """Networks and hosts that webhooks may have though they are private."""
    smtp: str = ""
    sender: str = ""
    least: str = "low"


class Config(Struct, frozen=True, kw_only=True):
    """All settings of a store."""

    capture: CaptureConfig = CaptureConfig()
    push: PushConfig = PushConfig()
    profile: ProfileConfig = ProfileConfig()
    store: StoreConfig = StoreConfig()
    notify: NotifyConfig = NotifyConfig()
    server: ServerConfig = ServerConfig()


_Section = CaptureConfig | PushConfig | ProfileConfig | StoreConfig | NotifyConfig | ServerConfig
_SECTIONS: Final[dict[str, type[_Section]]] = {
    "capture": CaptureConfig,
    "push": PushConfig,
    "profile": ProfileConfig,
    "store": StoreConfig,
    "notify": NotifyConfig,
    "server": ServerConfig,
}


def parse_size(value: object) -> int:
    """Return a size in bytes: a whole number, or text such as `64 MB` or `1.5 GiB`.

    Raises:
        InvalidInput: it is no size.

    >>> parse_size("64 MB"), parse_size("1 KiB"), parse_size(0)
    (64000000, 1024, 0)
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    unit = found[2].lower() if found else ""
    if found is None or unit.replace("i", "") not in _UNITS or unit in {"i", "ib"}:
        raise InvalidInput(f"{value!r} is not a size.", hint='Write it like "64 MB" or "1 GiB".')
    return int(float(found[1]) * (1024 if "i" in unit else 1000) ** _UNITS[unit.replace("i", "")])


def load_config(folder: Path) -> Config:
    """Return the settings in the store's `config.toml`; a missing file means the defaults.

    Raises:
        InvalidInput: the file is not TOML, or holds an unknown setting or a bad value.
    """
    path = folder / "config.toml"
    try:
        text = path.read_text(encoding="utf-8")
        if text == TEMPLATE:
            return Config()  # as `init` leaves it: few programs need a parser for their settings
        import tomllib

        said = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from error
    _refuse_unknown(said, tuple(_SECTIONS), path, "section")
    return Config(**{name: _section(name, said[name], path) for name in said})


def _section(name: str, said: object, path: Path) -> Any:
    if not isinstance(said, dict):
        raise InvalidInput(f"{path}: `{name}` must be a section, written `[{name}]`.")
    kind = _SECTIONS[name]
    _refuse_unknown(said, kind.__struct_fields__, path, f"setting in [{name}]")
    defaults = kind()
    return kind(**{key: _value(key, said[key], getattr(defaults, key), path) for key in said})


def _value(key: str, value: object, default: object, path: Path) -> Any:
    if key == "new" and value not in ("auto", "off"):
        raise InvalidInput(f'{path}: `new` must be "auto" or "off", not {value!r}.')
    if isinstance(default, bool | str):
        if type(value) is not type(default):
            wanted = "true or false" if isinstance(default, bool) else "text in quotes"
            raise InvalidInput(f"{path}: `{key}` must be {wanted}, not {value!r}.")
        return value
    if isinstance(default, list):
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidInput(f'{path}: `{key}` must be a list of texts, ["…"], not {value!r}.')
        return value
    try:
        return parse_size(value)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: `{key}`: {error.message}", hint=error.hint) from None


def _refuse_unknown(said: dict[str, Any], known: tuple[str, ...], path: Path, what: str) -> None:
    for key in said:
        if key not in known:
            raise InvalidInput(
                f"{path}: there is no {what} called `{key}`.",
                hint=f"There is: {', '.join(known)}.",
            )
