"""The table of operations: whoever serves them (SDK, command, HTTP) reads it."""

from __future__ import annotations

import logging
import typing
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct, structs

from forebear.core.access import Permission, Principal
from forebear.core.errors import InvalidInput
from forebear.core.notes import Signer
from forebear.core.policies import RulesFile
from forebear.core.ports import Store
from forebear.core.statements import leaving_out
from forebear.plugins import load_folder

__all__ = [
    "Context",
    "Operation",
    "Permission",
    "Request",
    "Target",
    "find",
    "operation",
    "operations",
]

Answer = TypeVar("Answer")
Asked = TypeVar("Asked", bound="Request[Any]")


class Request(
    Struct,
    Generic[Answer],
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Base of all requests; its parameter is the response that belongs to it."""


class Target(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A thing that the caller means, in the caller's words.

    `ref` is what was written (see `core.refs`). Where it names a file or folder on the caller's
    machine, the client adds its absolute `path` and the `digest` of its present content.
    """

    ref: str
    digest: str | None = None
    path: str | None = None


class Context(Struct, frozen=True, kw_only=True):
    """What every operation is given beside its request."""

    store: Store
    by: str
    """Who asks."""
    signer: Signer | None = None
    """What signs in the store's name; None where its key is elsewhere."""
    own_rules: Callable[[], RulesFile | None] | None = None
    """Where requests come from elsewhere, what gives the rules in place of the callers'."""
    who: Principal | None = None
    """Who asks, where there are accounts; None for whoever has the store itself, who may all."""

    @property
    def author(self) -> str:
        """What events say of who asks: a commitment, so that the name can be erased."""
        return self.store.identities.commitment(self.by)


class Operation(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    permission: Permission
    reads: bool
    """It changes nothing."""
    request: type[Request[Any]]
    response: type[Any]
    decides: bool
    """Something is let through by its answer, so it needs all that was ever said."""
    run: Callable[[Context, Any], Any]
    doc: str

    def answer(self, context: Context, request: Request[Any]) -> Any:
        """Answer a request.

        A question is answered without the statements that cannot be read: the answer says so where
        it has gaps, else the log.

        Raises:
            NewerStore: there is such a statement, and more than a question depends on it.
        """
        if self.decides or not self.reads:
            return self.run(context, request)
        with leaving_out() as left:
            answer = self.run(context, request)
        if left and "gaps" in getattr(answer, "__struct_fields__", ()):
            return structs.replace(answer, gaps=[*answer.gaps, *left])
        for sentence in left:
            _log.warning("%s", sentence)
        return answer


_log = logging.getLogger(__name__)
_table: Final[dict[str, Operation]] = {}


def operation(
    *, name: str, permission: Permission, reads: bool | None = None, decides: bool = False
) -> Callable[[Callable[[Context, Asked], Answer]], Callable[[Context, Asked], Answer]]:
    """Enter the function below into the table; its annotations name request and response.

    What needs no more than the permission to read changes nothing; of others `reads` says so.
    """

    def enter(function: Callable[[Context, Asked], Answer]) -> Callable[[Context, Asked], Answer]:
        if name in _table:
            raise ValueError(f"There are two operations called {name}.")
        hints = typing.get_type_hints(function)
        _table[name] = Operation(
            name=name,
            permission=permission,
            reads=permission == "read" if reads is None else reads,
            decides=decides,
            request=hints["request"],
            response=hints["return"],
            run=function,
            doc=function.__doc__ or "",
        )
        return function

    return enter


def operations() -> dict[str, Operation]:
    """Return all operations by name, those of plugins too."""
    load_folder("forebear.ops")
    return dict(_table)


def find(request: Request[Any]) -> Operation:
    """Return the operation that answers this kind of request.

    Raises:
        InvalidInput: none does.
    """
    # Who has a request at hand has imported its file, where the operation nearly always is.
    found = _answering(request)
    if found is None:
        load_folder("forebear.ops")
        found = _answering(request)
    if found is None:
        raise InvalidInput(f"No operation answers a {type(request).__name__}.")
    return found


def _answering(request: Request[Any]) -> Operation | None:
    return next((known for known in _table.values() if known.request is type(request)), None)
