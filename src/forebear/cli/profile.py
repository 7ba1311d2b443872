"""`forebear profile`: what is in this data?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.formats import safe
from forebear.client.lines import line
from forebear.client.locate import locate
from forebear.client.looking_after import profile_new
from forebear.client.profile_text import profile_lines
from forebear.client.profiling import Wish, profile_of
from forebear.core.errors import InvalidInput, NoStore
from forebear.ops.profiles import ProfileAnswer, ProfileRequest
from forebear.ops.table import Target

if TYPE_CHECKING:
    from forebear.client.asking import Asking
    from forebear.engines.profile import Progress

__all__ = ["profile"]


@command(DATA)
def profile(
    *refs: str,
    columns: str | None = None,
    correlations: bool = False,
    engine: str = "local",
    digest: bool = False,
    kept: bool = False,
    new: bool = False,
    common: Common = COMMON,
) -> None:
    """Say what the columns of data hold, and keep it (`forebear profile data:adult`).

    Parameters
    ----------
    refs
        Data: a name (data:adult), a version (data:adult:3), a digest, a file, a folder of parts,
        or a pattern in quotes ('part-*.parquet').
    columns
        Only these: age,income.
    correlations
        Also how numeric columns vary together.
    engine
        local, or a Dask scheduler whose workers see the same files: dask://host:8786.
    digest
        Also the digest of the rows: the same whatever files, parts or frame hold them.
    kept
        Only show what is kept, and read no data.
    new
        Profile all recorded versions that have no profile yet, as the store's settings say.
    """
    if new:
        _profile_new(common)
        return
    if not refs:
        raise InvalidInput("Say what to profile.", hint="forebear profile data:adult")
    names = [name.strip() for name in columns.split(",") if name.strip()] if columns else None
    wishes = [
        Wish(ref=ref, columns=names, correlations=correlations, engine=engine, digest=digest)
        for ref in refs
    ]
    with _client(common, needed=kept) as client:
        answers = [_answer(client, wish, kept) for wish in wishes]
    if common.json:
        print_json(answers[0] if len(answers) == 1 else answers)
        return
    for place, answer in enumerate(answers):
        if place:
            print()
        print_lines(profile_lines(answer))


def _profile_new(common: Common) -> None:
    """Profile what has no profile yet; what cannot be read is told, and stops nothing."""
    done = []
    with common.connect() as client:
        for said in profile_new(client, locate(common.store)):
            if isinstance(said, str):
                note(said)
            else:
                done.append(said)
    if common.json:
        print_json(done)
    else:
        print_lines([line(answer.verdict) for answer in done])


def _answer(client: Asking | None, wish: Wish, kept: bool) -> ProfileAnswer:
    if kept and client is not None:
        return client.call(ProfileRequest(target=Target(ref=wish.ref), columns=wish.columns))
    with _progress(wish.ref) as progress:
        return profile_of(client, wish, progress)


@contextmanager
def _client(common: Common, *, needed: bool) -> Iterator[Asking | None]:
    """Give the store, or None where there is none and files can be profiled without."""
    try:
        client = common.connect()
    except NoStore:
        if needed or common.store is not None:
            raise
        yield None
        return
    with client:
        for text in client.notes:
            note(text)
        yield client


@contextmanager
def _progress(title: str) -> Iterator[Progress | None]:
    """Show how far it is, on a terminal's error output, where it is in nobody's way."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Shown

    err = Console(stderr=True, highlight=False)
    if not err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
    )
    with Shown(*columns, console=err, transient=True) as shown:
        task = shown.add_task(safe(title), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
