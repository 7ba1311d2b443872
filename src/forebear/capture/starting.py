"""What a recorded program starts: it is let record itself, or said not to be seen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from forebear.capture import processes
from forebear.capture.finish import checkpoint
from forebear.capture.session import Session, guarded

__all__ = ["note_start"]


@guarded
def note_start(session: Session, event: str, args: tuple[Any, ...]) -> None:
    """Prepare for a program that is started now, as the interpreter's audit event tells it."""
    with session.own_work():
        session.shared = True
        processes.pass_on(session)
        if event == "os.exec":
            checkpoint(session)  # this program ends here, without another word
        if session.watched or session.opened_inside is not None:
            return
        words = _words(args[0] if event == "os.system" else args[1])
        if not processes.records_itself(words):
            session.gap_once(processes.unseen(Path(words[0]).name if words else "a program"))


def _words(command: Any) -> list[str]:
    if isinstance(command, str | bytes | os.PathLike):
        return os.fsdecode(command).split()
    return [os.fsdecode(word) for word in command]
