"""Cells: where in a notebook something happened, and which cells ran in which order."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from forebear.capture.finish import settle_closed
from forebear.capture.session import Session, active, guarded
from forebear.core import redaction
from forebear.core.clock import now
from forebear.core.events import StepRecorded
from forebear.core.ids import new_id

__all__ = ["attach", "detach"]

_notebook: _Notebook | None = None


class _Cell(Struct, kw_only=True):
    """A cell of a notebook: it is called by the number under which it ran first."""

    number: int | None = None
    executions: int = 0


class _Notebook:
    """The cells of one session of IPython."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._cells: dict[str, _Cell] = {}
        self._names: dict[int, str] = {}
        """What an execution is called, by its number."""
        self._last = 0
        """The number of the last execution that is over."""
        self._running: _Cell | None = None
        self._started = now()

    def begin(self, info: Any) -> None:
        """A cell is about to run; its number is not told yet."""
        self._running = None
        if not info.store_history or info.silent:
            return  # not a cell of the notebook, but something a tool asks
        # Tools that don't say which cell it is have at least its text.
        key = getattr(info, "cell_id", None) or (info.raw_cell or "").strip()
        self._running = self._cells.setdefault(key, _Cell())
        self._running.executions += 1
        self._started = now()

    def end(self, result: Any) -> None:
        """A cell has run: record it with its source, and the files that it has written."""
        session, number = active(), result.execution_count
        if session is not None and self._running is not None and number is not None:
            with session.own_work():
                settle_closed(session)
                self._record(session, number, result)
        self._running = None
        self._last = max(self._last, number or 0)

    def _record(self, session: Session, number: int, result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        facts: dict[str, Any] = {"execution": number}
        if session.config.capture.keep_code:
            source = redaction.text(result.info.raw_cell or "").value
            facts["source"] = session.keep(source.encode())
        if error is not None:
            facts["error"] = redaction.text(f"{type(error).__name__}: {error}"[:2000]).value
        session.emit(
            StepRecorded(
                run=new_id(),
                parent=session.run,
                kind="cell",
                name=self._name(number),
                started=self._started,
                ended=now(),
                status="failed" if error is not None else "finished",
                attrs=facts,
            )
        )

    def place(self, file: str) -> str | None:
        """Return which cell a file is that IPython has made of it; None for real files."""
        numbers: dict[str, int] = getattr(self.shell.compile, "_filename_map", {})
        number = numbers.get(file)
        return None if number is None else self._name(number)

    def _name(self, number: int) -> str:
        """Return what an execution is called; a number beyond the last is what runs now."""
        cell = self._running
        if number not in self._names and number > self._last and cell is not None:
            cell.number = cell.number or number
            self._names[number] = _called(cell.number, cell.executions)
        return self._names.get(number, f"cell {number}")


def attach(session: Session) -> None:
    """Record the cells of the notebook that this process runs, if it runs one."""
    global _notebook
    shell = _shell()
    if shell is None:
        return
    if _notebook is None:
        _notebook = _Notebook(shell)
        shell.events.register("pre_run_cell", _before)
        shell.events.register("post_run_cell", _after)
    session.place = _notebook.place


def detach() -> None:
    """Leave the notebook alone from now on."""
    global _notebook
    if _notebook is not None:
        _notebook.shell.events.unregister("pre_run_cell", _before)
        _notebook.shell.events.unregister("post_run_cell", _after)
        _notebook = None


def _shell() -> Any:
    import sys

    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


@guarded
def _before(info: Any) -> None:
    if _notebook is not None:
        _notebook.begin(info)


@guarded
def _after(result: Any) -> None:
    if _notebook is not None:
        _notebook.end(result)


def _called(number: int, execution: int) -> str:
    """Return what an execution of a cell is called.

    >>> _called(7, 1), _called(7, 2), _called(7, 11)
    ('cell 7', 'cell 7 (2nd execution)', 'cell 7 (11th execution)')
    """
    if execution == 1:
        return f"cell {number}"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(execution % 10, "th")
    ending = "th" if execution % 100 in (11, 12, 13) else ending
    return f"cell {number} ({execution}{ending} execution)"
