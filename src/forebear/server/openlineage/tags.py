"""Tags as Marquez' pages give them, take them away and describe them.

A tag of a data set is one of the catalog's, as `forebear tag` gives it: whoever looks from
either side sees the same. Jobs are not in the catalog; their tags are statements like these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs

from forebear.core import redaction
from forebear.core.catalog import TAG, Tag
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.core.statements import Topic
from forebear.exchange.openlineage.naming import JobKey, dataset_key
from forebear.exchange.openlineage.states import DatasetState, JobState
from forebear.exchange.openlineage.view import View
from forebear.ops.describing import check_tag
from forebear.server.openlineage.shapes import Shapes

__all__ = ["describe", "described", "give", "take"]


class TagNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a tag means."""

    description: str | None = None


NOTE = Topic("openlineage.tag", TagNote)
"""About a tag, whether anything has it or not."""
_LONGEST = 20_000


class Tagged(Struct, frozen=True):
    """What an address means: a data set or a job, perhaps one field of it, and a tag."""

    thing: DatasetState | JobState
    field: str | None
    tag: str


def described(view: View) -> list[dict[str, Any]]:
    """Return all tags that something has or that were described, by name."""
    names = {name for tags in Shapes(view).tags.values() for name in tags}
    notes = {one.row.key: one.value.description for one in NOTE.latest(view.store.statements)}
    return [{"name": name, "description": notes.get(name)} for name in sorted(names | set(notes))]


def describe(store: Store, name: str, description: Any, author: str) -> dict[str, Any]:
    """Say what a tag means, whether it was there or not."""
    if not isinstance(description, str | None) or len(description or "") > _LONGEST:
        raise InvalidInput(f"A description is a text of at most {_LONGEST} characters.")
    tag, text = check_tag(name), description and redaction.text(description).value
    store.append([NOTE.say("openlineage:tags", TagNote(description=text), key=tag, by=author)])
    return {"name": tag, "description": text}


def give(view: View, store: Store, path: Sequence[str], author: str) -> dict[str, Any]:
    """Give what an address means its tag, and return the thing."""
    meant = _meant(view, path)
    tag = check_tag(meant.tag)
    held = Shapes(view).tags_of(meant.thing).get(tag)
    columns = [] if held is None else held.columns
    if meant.field is None:
        said = structs.replace(held, columns=[]) if held else Tag()
    elif held is not None and not columns:
        said = held  # the whole has it already
    else:
        said = structs.replace(held or Tag(), columns=sorted({*columns, meant.field}))
    return _said(view, store, meant.thing, (tag, said), author)


def take(view: View, store: Store, path: Sequence[str], author: str) -> dict[str, Any]:
    """Take the tag away from what an address means, and return the thing."""
    meant = _meant(view, path)
    tag = check_tag(meant.tag)
    held = Shapes(view).tags_of(meant.thing).get(tag)
    if held is None or (meant.field is not None and meant.field not in held.columns):
        of = meant.thing.key.name if meant.field is None else f"the field {meant.field}"
        raise NotFound(f"There is no tag '{tag}' of {of[:120]} itself.")
    left = [one for one in held.columns if one != meant.field]
    said = structs.replace(held, columns=left) if meant.field is not None and left else None
    return _said(view, store, meant.thing, (tag, said), author)


def _said(
    view: View,
    store: Store,
    thing: DatasetState | JobState,
    told: tuple[str, Tag | None],
    author: str,
) -> dict[str, Any]:
    tag, said = told
    store.append([TAG.say(Shapes(view).about(thing), said, key=tag, by=author)])
    shapes = Shapes(view)
    return shapes.job(thing) if isinstance(thing, JobState) else shapes.dataset(thing)


def _meant(view: View, path: Sequence[str]) -> Tagged:
    """Return what an address means.

    Marquez' pages write names as they are: a slash in one is a slash in the address.
    """
    if len(path) < 6 or path[0] != "namespaces" or path[-2] != "tags":
        raise NotFound("There is nothing at this address.")
    namespace, kind, rest, tag = path[1], path[2], path[3:-2], path[-1]
    if kind == "jobs":
        job = view.jobs.get(JobKey(namespace, "/".join(rest)))
        if job is not None:
            return Tagged(job, None, tag)
    elif kind == "datasets":
        for name, field in _splits(rest):
            dataset = view.dataset(dataset_key(namespace, name))
            if dataset is not None:
                return Tagged(dataset, field, tag)
    raise NotFound(
        f"There is no {'job' if kind == 'jobs' else 'data set'} '{'/'.join(rest)[:120]}'."
    )


def _splits(rest: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield what may be a data set's name, and a field of it."""
    if len(rest) > 2 and rest[-2] == "fields":
        yield "/".join(rest[:-2]), rest[-1]
    yield "/".join(rest), None
