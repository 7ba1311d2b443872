"""`forebear leaks`: did anything of the test data reach a fit?"""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.leaks_text import leaks_lines
from forebear.ops.leaks import LeaksRequest
from forebear.ops.table import Target

__all__ = ["leaks"]


@command(ASK)
def leaks(
    ref: str,
    *,
    time: str | None = None,
    data: str | None = None,
    most_tested: int = 1,
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """Did a test row, or the answer, reach a fit? Leaves with 1 if so, with 2 if nobody can say.

    Parameters
    ----------
    ref
        A model: a name, a version, an alias, a digest or a file.
    time
        A column of the source that tells the time of a row: training rows must be earlier.
    data
        A file with the content of a source, where no copy was kept.
    most_tested
        How many models may be scored on the same test rows before one is chosen.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = LeaksRequest(
        target=Target(ref=ref),
        time=time,
        data=Target(ref=data) if data else None,
        most_tested=most_tested,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(leaks_lines(answer))
    return {True: 1, False: 0, None: 2}[answer.leaks]
