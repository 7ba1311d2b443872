"""`forebear recall`: take a thing back, and follow what becomes of all that it reaches."""

from __future__ import annotations

from typing import Final

from forebear.cli.app import COMMON, USE, Common, commands
from forebear.cli.output import ask, more, print_json, print_lines
from forebear.client.recall_text import recall_lines, recalled_lines, recalls_lines
from forebear.core.errors import InvalidInput
from forebear.core.recalls import Cause, Happening, RemedyStatus, Severity
from forebear.ops.recall import RecallRequest, RecallsRequest, RecallStatusRequest
from forebear.ops.recall_view import RecallView
from forebear.ops.recalled import RecalledRequest
from forebear.ops.remedy import CloseRecallRequest, RemedyRequest
from forebear.ops.table import Target

__all__ = ["check", "close", "recall", "remedy", "status"]

_family: Final = commands(USE, "recall", "Recall data, a model or a package.")


@_family.default
def recall(
    ref: str,
    *,
    reason: str,
    severity: Severity = "high",
    cause: Cause | None = None,
    versions: str | None = None,
    key: str | None = None,
    column: str | None = None,
    common: Common = COMMON,
) -> None:
    """Recall a thing: what it reaches is listed, and cannot be promoted from now on.

    Parameters
    ----------
    ref
        What is recalled: data (data:adult:3, a file), a model, a whole name (data:adult), or a
        package (package:pillow).
    reason
        Why.
    severity
        low, medium, high or critical.
    cause
        data, licence, consent, base-model, package or other (default: what the thing is).
    versions
        Of a package, as in requirements: "<10.3".
    key
        One record of the data only: id=4711. The value is kept where it can be erased.
    column
        One column of the data only.
    """
    keys = [] if key is None else [_key(key)]
    request = RecallRequest(
        target=Target(ref=ref),
        reason=reason,
        severity=severity,
        cause=cause,
        versions=versions,
        keys=keys,
        column=column,
    )
    view = ask(common, request)
    _show(common, view)
    _announce(common, view.id, "opened")


@_family.command
def status(
    id: str | None = None,
    *,
    closed: bool = False,
    limit: int | None = None,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """What is left to do: about one recall, or how much about each.

    Parameters
    ----------
    id
        The recall, or the start of its id.
    closed
        List closed recalls too.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if id is not None:
        _show(common, ask(common, RecallStatusRequest(id=id, as_of=as_of)))
        return
    request = RecallsRequest(closed=closed, limit=limit, after=after, as_of=as_of)
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    print_lines(recalls_lines(answer))
    more(answer.next)


@_family.command
def remedy(
    id: str,
    ref: str,
    *,
    done: bool = False,
    accepted: bool = False,
    open: bool = False,
    by_version: str | None = None,
    note: str | None = None,
    common: Common = COMMON,
) -> None:
    """Say what has become of one thing; that it is done is checked.

    Parameters
    ----------
    id
        The recall, or the start of its id.
    ref
        The model, the deployment (run:…), or how the recall's answer calls it.
    done
        Its verdict was carried out.
    accepted
        It stays as it is, for the reason in the note.
    open
        It is not done after all.
    by_version
        The version that takes its place: the recalled thing must not be in it.
    note
        What was done, or why it stays.
    """
    said: dict[RemedyStatus, bool] = {"done": done, "accepted": accepted, "open": open}
    chosen = [word for word, meant in said.items() if meant]
    if len(chosen) != 1:
        raise InvalidInput("Say one of --done, --accepted and --open.")
    request = RemedyRequest(
        id=id,
        target=Target(ref=ref),
        status=chosen[0],
        by_version=Target(ref=by_version) if by_version else None,
        note=note,
    )
    _show(common, ask(common, request))


@_family.command
def close(id: str, *, force: bool = False, why: str | None = None, common: Common = COMMON) -> None:
    """Close a recall, once nothing is left to do about what it reaches.

    Parameters
    ----------
    id
        The recall, or the start of its id.
    force
        Close it though something is left.
    why
        The reason; needed with --force.
    """
    view = ask(common, CloseRecallRequest(id=id, force=force, why=why))
    _show(common, view)
    _announce(common, view.id, "closed")


@_family.command
def check(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> int:
    """Is a thing recalled, or made of something that is? Exit code 1 says yes.

    Parameters
    ----------
    ref
        A model, data, a file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, RecalledRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(recalled_lines(answer))
    return 1 if answer.recalls else 0


def _announce(common: Common, id: str, happening: Happening) -> None:
    from forebear.cli.notify import announce  # what speaks HTTP and SMTP is seldom needed

    announce(common, id, happening)


def _show(common: Common, view: RecallView) -> None:
    print_json(view) if common.json else print_lines(recall_lines(view))


def _key(text: str) -> dict[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise InvalidInput(f"'{text}' is no key.", hint="Write column=value, as in --key id=4711.")
    return {name: value}
