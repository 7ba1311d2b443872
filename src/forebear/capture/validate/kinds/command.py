"""Commands: rows go in as CSV or JSON lines, predictions come out."""

from __future__ import annotations

import shlex
import signal
import subprocess
from typing import Any

from forebear.capture.validate.answers import from_text
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 40


def claims(source: Source) -> bool:
    """Tell whether the caller gives a command."""
    return source.command is not None


def open(source: Source) -> Predictor:
    """Return what starts the command for each set of rows.

    Raises:
        ModelFailed: the command is empty.
    """
    try:
        words = shlex.split(source.command or "")
    except ValueError as error:
        raise ModelFailed(f"The command cannot be read: {str(error).lower()}.") from None
    if not words:
        raise ModelFailed("The command is empty.", hint="For example --command './predict'.")

    def predict(frame: Any) -> Answer:
        lines = source.send == "jsonl"
        text = frame.to_json(orient="records", lines=True) if lines else frame.to_csv(index=False)
        return from_text(_run(words, text, source.timeout), len(frame), f"`{words[0]}`")

    return Predictor(predict=predict, kind="command", features=source.features or None)


def _run(words: list[str], text: str, timeout: float) -> str:
    title = f"`{words[0]}`"
    try:
        done = subprocess.run(
            words, input=text, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise ModelFailed(
            f"{title} did not answer within {timeout:g} s.", hint="`--timeout` gives it longer."
        ) from None
    except OSError as error:
        raise ModelFailed(f"{title} cannot be started: {error.strerror}.") from error
    except UnicodeError:
        raise ModelFailed(f"What {title} said is no text.") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        why = f": {said[-1][:200]}" if said else ""
        how = f"ended with exit code {done.returncode}"
        if done.returncode < 0:
            how = f"was ended by {signal.Signals(-done.returncode).name}"
        raise ModelFailed(f"{title} {how}{why}.")
    return done.stdout
