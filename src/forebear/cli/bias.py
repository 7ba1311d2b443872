"""`forebear bias`: where did groups lose their share, and how does the model treat them?"""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.bias_text import bias_lines
from forebear.ops.bias import BiasRequest
from forebear.ops.table import Target

__all__ = ["bias"]


@command(ASK)
def bias(
    ref: str,
    *,
    group: list[str],
    threshold: float = 0.3,
    positive: str | None = None,
    data: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """Where did groups lose their share on the way to a model? Leaves with 1 if some did.

    Parameters
    ----------
    ref
        A model: a name, a version, an alias, a digest or a file.
    group
        Columns of the source that tell the groups: sex,race. (repeatable)
    threshold
        By how much of itself a share may fall in one step.
    positive
        The class that counts as selected; the greater of two where it is not given.
    data
        A file with the content of the source, where no copy was kept.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = BiasRequest(
        target=Target(ref=ref),
        groups=[name.strip() for text in group for name in text.split(",") if name.strip()],
        threshold=threshold,
        positive=positive,
        data=Target(ref=data) if data else None,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(bias_lines(answer))
    return {True: 1, False: 0, None: 2}[answer.biased]
