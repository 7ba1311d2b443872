"""`forebear kpi`: what a version is worth to the business, beside its technical figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.promote_text import kpi_lines
from forebear.core.errors import InvalidInput
from forebear.ops.kpis import KpiRequest
from forebear.ops.table import Target

__all__ = ["kpi"]


@command(MODELS)
def kpi(
    ref: str,
    figures: Annotated[list[str] | None, Parameter(negative=())] = None,
    /,
    *,
    unit: str | None = None,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: Annotated[str | None, Parameter(name="--to")] = None,
    source: str | None = None,
    why: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Record business figures of a version (`forebear kpi churn:7 revenue_uplift=0.031`).

    With no figure it shows those that are recorded, beside the technical ones.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    figures
        NAME=VALUE, one or more.
    unit
        The unit: EUR, %, …
    since
        The first day that the figure is about.
    until
        The last day that the figure is about.
    source
        Where it comes from: a report, a dashboard, an experiment.
    why
        What else to know about it.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = KpiRequest(
        target=Target(ref=ref),
        figures=_read(figures or []),
        unit=unit,
        since=since,
        until=until,
        source=source,
        why=why,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(kpi_lines(answer))


def _read(figures: Sequence[str]) -> dict[str, float]:
    read = {}
    for text in figures:
        name, equals, value = text.partition("=")
        try:
            read[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise InvalidInput(
                f"'{text}' is no figure.", hint="Write it like revenue_uplift=0.031"
            ) from None
    return read
