"""Who may do what: permissions, the roles that give them, and the scopes that narrow them.

A role is held in a workspace, or everywhere. What somebody may do in a workspace is what their
roles there and everywhere give, as far as the token they came with reaches. What is not given
is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from msgspec import Struct

from forebear.core.errors import Forbidden, InvalidInput

__all__ = [
    "ALL",
    "DEFAULT",
    "EVERYWHERE",
    "ROLES",
    "SCOPES",
    "Grant",
    "Permission",
    "Principal",
    "Role",
    "Scope",
    "anybody",
    "check_workspace",
    "permissions_of",
    "single_user",
]

Permission = Literal["self", "read", "write", "approve", "audit", "admin"]
"""`self` is what everybody may do about their own account, `audit` to read who did what."""
Role = Literal["viewer", "contributor", "approver", "auditor", "admin"]
Scope = Literal["read", "record", "approve", "admin"]

ALL: Final[frozenset[Permission]] = frozenset(get_args(Permission))
ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    "viewer": frozenset(("read",)),
    "contributor": frozenset(("read", "write")),
    "approver": frozenset(("read", "approve")),
    "auditor": frozenset(("read", "audit")),
    "admin": ALL - {"self"},
}
SCOPES: Final[Mapping[Scope, frozenset[Permission]]] = {
    "read": frozenset(("read",)),
    "record": frozenset(("write",)),
    "approve": frozenset(("approve",)),
    "admin": frozenset(("audit", "admin")),
}

DEFAULT: Final = "default"
"""The workspace of what nobody has put into another one."""
EVERYWHERE: Final = "*"
"""In place of a workspace: all there are and will be."""

_HINT: Final = (
    "`forebear account whoami` says what you may do where; FOREBEAR_WORKSPACE says where to do it."
)
_WORKSPACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,59}")


class Grant(Struct, frozen=True, kw_only=True, order=True):
    """A role that somebody has in a workspace, or everywhere."""

    workspace: str
    role: Role


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who asks, with what they may do in which workspaces."""

    name: str
    permissions: Mapping[str, frozenset[Permission]]
    """What they may do, by workspace."""
    account: str | None = None
    """The id of their account; None where there are no accounts."""
    token: str | None = None
    """The id of the token that they came with."""
    scopes: tuple[Scope, ...] = get_args(Scope)
    bound: str | None = None
    """The only workspace that this token is good for."""
    workspace: str = DEFAULT
    """Where they do what they do."""

    def may(self, permission: Permission, workspace: str | None = None) -> bool:
        """Tell whether they may do something in a workspace; default: in the one they work in."""
        return any(
            permission in self.permissions.get(one, ())
            for one in (EVERYWHERE, self.workspace if workspace is None else workspace)
        )

    def must(self, permission: Permission | Literal["anybody"]) -> None:
        """Return when they may somewhere; what they see and write is looked at where it is.

        Raises:
            Forbidden: they may not.
        """
        if permission == "self" and (self.permissions or self.account):
            return
        if permission != "anybody" and not self.where(permission):
            raise Forbidden(
                f"{self.name} may not do this: it needs the permission '{permission}'.", hint=_HINT
            )

    def must_here(self, permission: Permission) -> None:
        """Return when they may in the workspace that they work in.

        Raises:
            Forbidden: they may not.
        """
        if not self.may(permission):
            raise Forbidden(
                f"{self.name} may not do this in the workspace {self.workspace}: it needs the"
                f" permission '{permission}' there.",
                hint=_HINT,
            )

    def where(self, permission: Permission) -> frozenset[str]:
        """Return the workspaces in which they may do something; `*` among them is all."""
        return frozenset(one for one, given in self.permissions.items() if permission in given)

    @property
    def sees(self) -> frozenset[str] | None:
        """The workspaces that they may read; None for all."""
        found = self.where("read")
        return None if EVERYWHERE in found else found


def permissions_of(
    grants: Iterable[Grant], scopes: Iterable[Scope], within: str | None = None
) -> dict[str, frozenset[Permission]]:
    """Return what roles give, narrowed by the scopes of a token and to the workspace it is for.

    >>> held = [Grant(workspace="*", role="admin")]
    >>> permissions_of(held, ["read"], "team")
    {'team': frozenset({'read'})}
    """
    reach = frozenset[Permission]().union(*(SCOPES[one] for one in scopes))
    found: dict[str, frozenset[Permission]] = {}
    for grant in grants:
        place = grant.workspace
        if within is not None and place != within:
            if place != EVERYWHERE:
                continue
            place = within
        given = found.get(place, frozenset()) | (ROLES[grant.role] & reach)
        if given:
            found[place] = given
    return found


def check_workspace(name: str) -> str:
    """Return the name of a workspace if it can be one.

    Raises:
        InvalidInput: it cannot.

    >>> check_workspace("team-a")
    'team-a'
    """
    if _WORKSPACE.fullmatch(name) is None:
        raise InvalidInput(
            f"'{name[:60]}' cannot be the name of a workspace.",
            hint="It has letters, digits, '-' and '_', and 60 of them at most.",
        )
    return name


def single_user(name: str) -> Principal:
    """Return somebody who may do everything, where there are no accounts."""
    return Principal(name=name, permissions={EVERYWHERE: ALL})


def anybody() -> Principal:
    """Return somebody of whom nothing is known, and who sees nothing."""
    return Principal(name="nobody", permissions={}, account="")
