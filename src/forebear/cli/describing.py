"""What people say of data and models: `describe`, `own`, `tag`, `licence`, `column`, …"""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.stated_text import stated_lines
from forebear.core.errors import InvalidInput
from forebear.ops.describing import (
    ColumnRequest,
    DescribeRequest,
    FreshRequest,
    LicenceRequest,
    OwnRequest,
    StatedResponse,
    StopRequest,
    TagRequest,
)
from forebear.ops.table import Request, Target

__all__ = ["column", "describe", "fresh", "licence", "own", "stop", "tag"]


@command(DATA)
def describe(
    ref: str, text: str | None = None, *, remove: bool = False, common: Common = COMMON
) -> None:
    """Say in words what data or a model is.

    Parameters
    ----------
    ref
        What is described: a name as a whole (data:adult), a version (churn:3), a run, a file.
    text
        The description.
    remove
        Take back what was said.
    """
    _either(text, remove, f'forebear describe {ref} "Adults of the 1994 census"')
    _state(common, DescribeRequest(target=Target(ref=ref), text=text))


@command(DATA)
def own(
    ref: str,
    *,
    by: str | None = None,
    role: str = "owner",
    remove: bool = False,
    common: Common = COMMON,
) -> None:
    """Say who answers for data or a model; the name can be erased later.

    Parameters
    ----------
    ref
        A name as a whole (data:adult), a version (churn:3), a run, a file.
    by
        The person or the team.
    role
        In which role: owner, steward, …; each role has one holder.
    remove
        Take the role away.
    """
    _either(by, remove, f"forebear own {ref} --by risk-team")
    _state(common, OwnRequest(target=Target(ref=ref), by=by, role=role))


@command(DATA)
def tag(
    ref: str,
    *tags: str,
    remove: bool = False,
    propagate: Annotated[bool, Parameter(negative="--no-propagate")] = True,
    through_aggregates: bool = False,
    column: list[str] | None = None,
    common: Common = COMMON,
) -> None:
    """Tag data or a model; by default what is made of it has the tag too.

    Parameters
    ----------
    ref
        A name as a whole (data:adult), a version (churn:3), a run, a file.
    tags
        The tags: pii, gold, domain:finance, …
    remove
        Take them away.
    propagate
        Whether they hold for what is made of it too.
    through_aggregates
        Even for what holds only figures over many rows of it.
    column
        They speak of this column (repeatable), and go only where it goes.
    """
    request = TagRequest(
        target=Target(ref=ref),
        tags=list(tags),
        remove=remove,
        propagate=propagate,
        through_aggregates=through_aggregates,
        columns=column or [],
    )
    _state(common, request)


@command(DATA)
def licence(
    ref: str,
    licence: str | None = None,
    *,
    term: list[str] | None = None,
    remove: bool = False,
    common: Common = COMMON,
) -> None:
    """Say under which licence data or a model is; what it asks holds for what is made of it.

    Parameters
    ----------
    ref
        A name as a whole (data:adult), a version (churn:3), a file.
    licence
        An SPDX id (CC-BY-4.0), an expression (MIT OR Apache-2.0), a name of Hugging Face
        (openrail), or LicenseRef-… for a licence of your own.
    term
        What it asks besides what is known of it (repeatable): non-commercial, no-ml, …
    remove
        Take back what was said.
    """
    _either(licence, remove, f"forebear licence {ref} CC-BY-4.0")
    _state(common, LicenceRequest(target=Target(ref=ref), licence=licence, terms=term or []))


@command(DATA)
def column(
    ref: str,
    column: str,
    text: str | None = None,
    *,
    sensitive: str | None = None,
    not_sensitive: bool = False,
    remove: bool = False,
    common: Common = COMMON,
) -> None:
    """Say what a column holds, and whether that is sensitive.

    Parameters
    ----------
    ref
        A name as a whole (data:adult), a version (data:adult:3), a file.
    column
        The column's name.
    text
        What it holds.
    sensitive
        Of which class it is: email, iban, health, …; a wrong word lists them all.
    not_sensitive
        It is not sensitive, whatever a scan finds.
    remove
        Take back all that was said of it.
    """
    if not_sensitive and sensitive is not None:
        raise InvalidInput("Say either --sensitive or --not-sensitive.")
    if remove and (text is not None or sensitive is not None or not_sensitive):
        raise InvalidInput("Say either what the column holds, or --remove.")
    request = ColumnRequest(
        target=Target(ref=ref),
        column=column,
        text=text,
        sensitive="none" if not_sensitive else sensitive,
        remove=remove,
    )
    _state(common, request)


@command(DATA)
def fresh(
    ref: str, *, every: str | None = None, remove: bool = False, common: Common = COMMON
) -> None:
    """Say how often a new version is expected; `forebear data` tells what is overdue.

    Parameters
    ----------
    ref
        A name as a whole (data:adult).
    every
        How often: 1d, 12h, 1w, 2h30m.
    remove
        Take back what was said.
    """
    _either(every, remove, f"forebear fresh {ref} --every 1d")
    _state(common, FreshRequest(target=Target(ref=ref), every=every))


@command(DATA)
def stop(
    ref: str,
    *what: str,
    because: Literal["masked", "aggregated", "declared"] = "declared",
    remove: bool = False,
    common: Common = COMMON,
) -> None:
    """Say that tags, licence terms or incidents that come down to something go no further.

    Parameters
    ----------
    ref
        Where they stop: data (data:masked), a version, or the run that masks (run:0192a4c1).
    what
        `tag:pii` for one tag; `tag`, `licence`, `incident` for all of a kind (default: everything).
    because
        Why: what they speak of was masked, or went into figures over many rows.
    remove
        Take back that they stop here.
    """
    _state(
        common,
        StopRequest(target=Target(ref=ref), what=list(what), because=because, remove=remove),
    )


def _either(said: str | None, remove: bool, example: str) -> None:
    if remove == (said is not None):
        raise InvalidInput("Say either what holds, or --remove.", hint=f"For example: `{example}`.")


def _state(common: Common, request: Request[StatedResponse]) -> None:
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(stated_lines(answer))
