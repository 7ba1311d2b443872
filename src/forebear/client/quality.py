"""Profiles, checks and drift from a program or a notebook: the same commands, as objects.

Nothing heavy is imported before the first call.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forebear.client.quality_answers import Blamed, Checked, Drifted, Profiled
    from forebear.ops.quality_suggest import QualitySuggestResponse
    from forebear.ops.table import Target

__all__ = ["blame", "check_quality", "drift", "profile", "suggest_checks"]

Ref = str | os.PathLike[str]


def profile(
    data: Any,
    *,
    columns: list[str] | None = None,
    correlations: bool = False,
    store: str | None = None,
) -> Profiled:
    """Say what the columns of data hold: of a version, a file, or a frame in memory.

    The profile of what is recorded is kept. A frame may be of pandas, polars or pyarrow.

    Raises:
        Unreadable: there is nothing with that content to be read, or it is no table.
        InvalidInput: it is no data, or a column is not there.
    """
    from msgspec.structs import asdict

    from forebear.client.client import connect
    from forebear.client.profiling import Wish, profile_of
    from forebear.client.quality_answers import Profiled
    from forebear.core.errors import NoStore

    if not isinstance(data, str | os.PathLike):
        return _of_frame(data, correlations=correlations)
    wish = Wish(ref=os.fspath(data), columns=columns, correlations=correlations)
    try:
        client = connect(store)
    except NoStore:
        if store is not None:
            raise
        return Profiled(**asdict(profile_of(None, wish)))
    with client:
        return Profiled(**asdict(profile_of(client, wish)))


def suggest_checks(ref: Ref, *, store: str | None = None) -> QualitySuggestResponse:
    """Infer checks from a version that is trusted; `.text` is the suite, for a file to be kept."""
    from forebear.client.answers import asked
    from forebear.ops.quality_suggest import QualitySuggestRequest

    return asked(QualitySuggestRequest(target=_target(ref)), store)


def check_quality(
    ref: Ref, *, suite: Ref | None = None, on: Ref | None = None, store: str | None = None
) -> Checked:
    """Check a version of data, and remember what was found; `.worst` is None where all is well.

    `suite` is a file with the checks (default: as for `forebear quality check`), `on` a file with
    the content of the version, or with what is to become the next.

    Raises:
        InvalidInput: there are no checks, or they cannot be read.
        Unreadable: the content is not at hand.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.quality_answers import Checked
    from forebear.client.suites import suite_for
    from forebear.ops.quality import QualityCheckRequest

    written = suite_for(os.fspath(ref), store, Path(suite) if suite is not None else None)
    request = QualityCheckRequest(
        target=_target(ref),
        suite=written.text if written else None,
        source=written.source if written else None,
        file=_file(on),
    )
    return Checked(**asdict(asked(request, store)))


def drift(
    before: Ref,
    now: Ref | None = None,
    *,
    deployment: str | None = None,
    on: Ref | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Drifted:
    """Tell how far data is from what it was, or from what a model learned.

    It is compared with other data (`now`), what a deployment was given, or a file (`on`).
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.quality_answers import Drifted
    from forebear.ops.drift import DriftRequest

    request = DriftRequest(
        before=_target(before),
        now=_target(now) if now is not None else None,
        deployment=deployment,
        on=_file(on),
        as_of=as_of,
    )
    return Drifted(**asdict(asked(request, store)))


def blame(
    ref: Ref,
    *,
    column: str | None = None,
    check: str | None = None,
    good: Ref | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Blamed:
    """Name the first thing above data that has its fault, and the way; see `forebear blame`."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.quality_answers import Blamed
    from forebear.ops.blame import BlameRequest

    request = BlameRequest(
        target=_target(ref),
        column=column,
        check=check,
        good=_target(good) if good is not None else None,
        as_of=as_of,
    )
    return Blamed(**asdict(asked(request, store)))


def _of_frame(frame: Any, *, correlations: bool) -> Profiled:
    from msgspec.structs import asdict

    from forebear.client.quality_answers import Profiled
    from forebear.core.errors import Unreadable
    from forebear.core.personal import class_of
    from forebear.core.profiles import seal
    from forebear.engines.profile import profile_frame
    from forebear.ops.profiles import answer_of

    try:
        profile = profile_frame(frame, correlations=correlations)
    except ImportError as error:
        raise Unreadable(
            f"Profiling needs {error.name}, which is not installed.",
            hint="Install it: pip install 'forebear[profile]'.",
        ) from None
    sealed = seal(profile, personal=lambda name: class_of(name, {}))
    return Profiled(**asdict(answer_of(sealed, title="The frame", said=["It was not kept."])))


def _target(ref: Ref) -> Target:
    from forebear.ops.table import Target

    return Target(ref=os.fspath(ref))


def _file(file: Ref | None) -> Target | None:
    return _target(Path(file).absolute()) if file is not None else None
