"""What was written wrong in a command, in one sentence."""

from __future__ import annotations

from cyclopts import CycloptsError, MissingArgumentError, UnknownCommandError, UnusedCliTokensError

from forebear.core.errors import InvalidInput

__all__ = ["explained"]


def explained(error: CycloptsError) -> InvalidInput:
    """Return what the library says of a command that it can't read, in our words."""
    words = " ".join(error.command_chain or ())
    if isinstance(error, UnknownCommandError) or not words:
        said = str(error).partition(" Available commands:")[0]
        return InvalidInput(said, hint="`forebear --help` lists the commands and their options.")
    hint = f"`forebear {words} --help` tells what it takes."
    if isinstance(error, UnusedCliTokensError):
        left = ", ".join(f"'{word}'" for word in error.unused_tokens or ())
        return InvalidInput(f"`forebear {words}` has no place for {left}.", hint=hint)
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        return InvalidInput(f"`forebear {words}` needs {_missing(error)}.", hint=hint)
    return InvalidInput(str(error), hint=hint)


def _missing(error: MissingArgumentError) -> str:
    """Return what is missing: an argument by its place, or the value of an option."""
    argument = error.argument
    assert argument is not None
    written = error.keyword or next((token.keyword for token in argument.tokens), None)
    if written is not None:
        return f"a value after {written}"
    if argument.field_info.is_positional:
        return argument.name.lstrip("-").upper()
    return argument.name
