"""Identities: who did something, and the right to be forgotten."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from msgspec import Struct

from forebear.core.clock import now
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import decode
from forebear.ops.accounts import keep_an_admin, must_be_admin
from forebear.ops.table import Context, Request, operation

__all__ = ["EraseRequest", "EraseResponse", "erase"]


_LONGEST: Final = 500
"""Characters of a name: every text that is recorded is searched for it."""


class EraseResponse(Struct, frozen=True, kw_only=True):
    """What was erased, and what cannot be."""

    name: str
    erased: list[str]
    """The commitments that nobody can open any more."""
    remaining: dict[str, int]
    """Events that hold the name in the clear, by type: they are for ever."""


class EraseRequest(Request[EraseResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Erase somebody's name."""

    name: str


@operation(name="erase-identity", permission="admin")
def erase(context: Context, request: EraseRequest) -> EraseResponse:
    """Erase a name, and every value that has it in it as a word; events and proofs stay valid.

    An account of that name is closed, and is called by its id from then on.
    """
    must_be_admin(context)
    store, name = context.store, request.name
    if not name.strip():
        raise InvalidInput("Say whose name shall be erased.")
    if len(name) > _LONGEST:
        raise InvalidInput(f"A name has at most {_LONGEST} characters.")
    account = store.accounts.account(name)
    commitments = store.identities.matching(name)
    remaining = _in_the_clear(context, name)
    if not commitments and not remaining and account is None:
        raise UnknownRef(f"Nobody called '{name}' is recorded here.")
    if account is not None:
        keep_an_admin(context, account)
        store.accounts.close_account(account.id, now())
        store.accounts.rename(account.id, f"erased-{account.id}")
    if commitments or account is not None:
        store.erase_identity(commitments)
    return EraseResponse(name=name, erased=commitments, remaining=remaining)


def _in_the_clear(context: Context, name: str) -> dict[str, int]:
    word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
    found = (
        str(decode(stored.body).__struct_config__.tag)
        for stored in context.store.events()
        if word.search(stored.body)
    )
    return dict(sorted(Counter(found).items()))
