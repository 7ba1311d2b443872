"""Every error forebear raises on purpose, in one tree.

```
ForebearError                  a sentence for people: what, where, what to do
├── InvalidInput        400    the request itself is wrong
│   ├── BadRef                 a reference nobody could mean
│   └── CycleRefused           a declared edge that would make a thing its own ancestor
├── Unauthenticated     401    nobody knows who asks
├── Forbidden           403    who asks may not do this
├── NotFound            404    the request is fine, the thing is not there
│   ├── UnknownRef
│   └── NoStore                no store here or above
├── Conflict            409    the state has moved on
│   ├── EventConflict          same event id, other content
│   └── Overtaken              news came while a decision was made
├── Unreadable          422    a file, table or object that cannot be read or digested
├── ModelFailed         422    a model that cannot be asked, or whose answer is none
├── TooMany             429    who asks does so more often than they may
└── StoreError          503    the store cannot do its work now
    ├── CorruptStore           stored bytes are not what was written
    ├── NewerStore             written by a newer forebear
    └── StoreUnwritable        read-only, full, or locked by something that will not let go
```

`code` is stable and goes on the wire, `hint` says what to do next, `status` is the HTTP status.
The command prints `message` and `hint` and leaves with `exit_code`.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BadRef",
    "Conflict",
    "CorruptStore",
    "CycleRefused",
    "EventConflict",
    "Forbidden",
    "ForebearError",
    "InvalidInput",
    "ModelFailed",
    "NewerStore",
    "NoStore",
    "NotFound",
    "Overtaken",
    "StoreError",
    "StoreUnwritable",
    "TooMany",
    "Unauthenticated",
    "UnknownRef",
    "Unreadable",
]


class ForebearError(Exception):
    """Base of all errors meant for people; `str(error)` is one clear sentence."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(ForebearError):
    """The request itself is wrong."""

    code = "invalid-input"
    status = 400


class BadRef(InvalidInput):
    """A reference that has no meaning in the grammar of refs."""

    code = "bad-ref"


class CycleRefused(InvalidInput):
    """A declared edge that would make an artifact its own ancestor."""

    code = "cycle-refused"


class Unauthenticated(ForebearError):
    """It is not known who asks."""

    code = "unauthenticated"
    status = 401


class Forbidden(ForebearError):
    """Who asks may not do this."""

    code = "forbidden"
    status = 403


class NotFound(ForebearError):
    """The thing asked for is not recorded."""

    code = "not-found"
    status = 404


class UnknownRef(NotFound):
    """A well-formed reference to something that was never recorded."""

    code = "unknown-ref"


class NoStore(NotFound):
    """There is no store here or in any folder above."""

    code = "no-store"


class Conflict(ForebearError):
    """The state has moved on since the request was made."""

    code = "conflict"
    status = 409


class EventConflict(Conflict):
    """An event id arrived twice with different content."""

    code = "event-conflict"


class Overtaken(Conflict):
    """What a decision rests on may have changed while it was made."""

    code = "overtaken"


class Unreadable(ForebearError):
    """A file, table or object that cannot be read or digested."""

    code = "unreadable"
    status = 422


class ModelFailed(ForebearError):
    """A model that cannot be loaded or asked, or whose predictions are none."""

    code = "model-failed"
    status = 422


class TooMany(ForebearError):
    """Who asks does so more often than they may; in `after` seconds it would be answered."""

    code = "too-many"
    status = 429

    def __init__(self, message: str, *, hint: str | None = None, after: float = 1.0) -> None:
        super().__init__(message, hint=hint)
        self.after = after


class StoreError(ForebearError):
    """The store cannot do its work now."""

    code = "store-error"
    status = 503

    @property
    def plain(self) -> str:
        """What is wrong, for strangers: it does not say where the store is."""
        return (type(self).__doc__ or "").partition("\n")[0]


class CorruptStore(StoreError):
    """Stored bytes are not what was written."""

    code = "corrupt-store"


class NewerStore(StoreError):
    """The store was written by a newer forebear than this one."""

    code = "newer-store"


class StoreUnwritable(StoreError):
    """The store is read-only, full, or held by another program."""

    code = "store-unwritable"
