"""`forebear name`, `alias` and `derive`: what people say about models and data."""

from __future__ import annotations

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.lines import line
from forebear.core.entities import Relation
from forebear.core.errors import InvalidInput
from forebear.core.refs import NameKind
from forebear.ops.registry import AliasRequest, DeriveRequest, NameRequest
from forebear.ops.table import Target

__all__ = ["alias", "derive", "name"]


@command(MODELS)
def name(ref: str, name: str, *, kind: NameKind | None = None, common: Common = COMMON) -> None:
    """Give a name: the thing becomes the next version of it, or is it by decision from now on.

    Parameters
    ----------
    ref
        What to name: a file, a version of another name, or a digest.
    name
        The name: letters, digits, '.', '_' and '-'.
    kind
        Whether it is a model or data (default: what it was recorded as).
    """
    answer = ask(common, NameRequest(target=Target(ref=ref), name=name, kind=kind))
    if common.json:
        print_json(answer)
        return
    words = f"{ref} is {answer.name}:{answer.version}"
    if answer.decided:
        words += " by decision now; it had become that by itself"
    print_lines([line(words + ("." if answer.new or answer.decided else " already."))])


@command(MODELS)
def alias(
    name: str,
    alias: str,
    version: int | None = None,
    *,
    why: str | None = None,
    remove: bool = False,
    expect: int | None = None,
    kind: NameKind | None = None,
    common: Common = COMMON,
) -> None:
    """Point an alias to a version (`forebear alias churn champion 3`); every move is kept.

    Parameters
    ----------
    name
        The name of the model or data.
    alias
        The alias: champion, production, …
    version
        The version it shall point to.
    why
        The reason, kept with the move.
    remove
        Take the alias away.
    expect
        Move it only if it points to this version now (0: if it points nowhere).
    kind
        Model or data, where both have that name.
    """
    if remove == (version is not None):
        raise InvalidInput(
            "Say either which version the alias shall point to, or --remove.",
            hint=f"For example: `forebear alias {name} {alias} 3`.",
        )
    request = AliasRequest(
        name=name, alias=alias, version=version, kind=kind, why=why, expect=expect
    )
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    before = f" (before: {answer.before})" if answer.before not in {None, answer.version} else ""
    after = f"points to version {answer.version}" if answer.version else "points nowhere now"
    print_lines([line(f"{answer.name}@{answer.alias} {after}{before}.")])


@command(MODELS)
def derive(parent: str, child: str, *, relation: Relation, common: Common = COMMON) -> None:
    """Declare that one thing comes from another, where no run was recorded.

    Parameters
    ----------
    parent
        What it comes from.
    child
        What comes from it.
    relation
        How: finetune, adapter, merge, quantize, distil, prune, copy, subset, export.
    """
    answer = ask(
        common,
        DeriveRequest(parent=Target(ref=parent), child=Target(ref=child), relation=relation),
    )
    if common.json:
        print_json(answer)
        return
    print_lines([line(f"{child} is declared to come from {parent} ({answer.relation}).")])
