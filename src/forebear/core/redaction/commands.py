"""Command lines: the values of secret flags and settings, and secrets inside arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.free_text import clean_text
from forebear.core.redaction.names import grade, words
from forebear.core.redaction.patterns import mark
from forebear.core.redaction.values import OPAQUE_WORD, is_blank, is_secret

__all__ = ["clean_arguments"]

_FLAG: Final = pattern(r"-{1,2}[A-Za-z][\w.\-]*+(?:=.*)?\Z", re.DOTALL)
_SETTING: Final = pattern(r"([-+~]*+[A-Za-z_][\w.\-/@]*+)=(.*)\Z", re.DOTALL)
_SHORT: Final = {
    "-p": words("sshpass twine login"),
    "-a": words("redis-cli"),
    "-u": words("curl"),
    "--user": words("curl"),
}
_ATTACHED: Final = {
    "-p": words("mysql mysqldump mysqladmin mariadb sshpass"),
    "-u": words("curl"),
}


def clean_arguments(arguments: Iterable[str], rules: list[str]) -> list[str]:
    """Return a command line without its secrets, and add the rules that took them out."""
    cleaned: list[str] = []
    seen: set[str] = set()
    awaiting: str | None = None
    for argument in arguments:
        flag = _FLAG.match(argument)
        if awaiting and not flag:
            cleaned.append(_flag_value(awaiting, argument, rules))
        elif "wandb" in seen and "login" in seen and OPAQUE_WORD.match(argument):
            cleaned.append(mark("flag", rules))
        else:
            cleaned.append(_argument(argument, seen, rules))
        awaiting = _awaits(argument, seen) if flag else None
        seen.add(PurePath(argument).name)
    return cleaned


def _awaits(argument: str, seen: set[str]) -> str | None:
    """Return the flag whose secret value is the next argument, if that is what comes."""
    if "=" in argument:
        return None
    if argument in _SHORT:
        return argument if _SHORT[argument] & seen else None
    return argument if grade(argument) != "ordinary" or argument == "--key" else None


def _flag_value(flag: str, value: str, rules: list[str]) -> str:
    if flag in _SHORT:
        user, colon, password = value.partition(":")
        if flag in ("-u", "--user"):
            return f"{user}:{mark('flag', rules)}" if colon and not is_blank(password) else value
        return value if is_blank(value) else mark("flag", rules)
    if is_secret(flag, value) or (flag == "--key" and OPAQUE_WORD.match(value)):
        return mark("flag", rules)
    return clean_text(value, rules)


def _argument(argument: str, seen: set[str], rules: list[str]) -> str:
    short = argument[:2]
    if short in _ATTACHED and _ATTACHED[short] & seen and len(argument) > 2:
        return short + _flag_value(short, argument[2:], rules)
    setting = _SETTING.match(argument)
    if setting is None:
        return clean_text(argument, rules)
    name, value = setting.groups()
    if is_secret(name, value):
        return f"{name}={mark('flag' if name.startswith('-') else 'assignment', rules)}"
    return f"{name}={_argument(value, set(), rules)}"
