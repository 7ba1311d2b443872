"""Datasets: tables read from files, followed through what is done to them, and saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import file_read, places_of
from forebear.capture.flow import follow
from forebear.capture.integrations._hf_files import claim_below, from_hub
from forebear.capture.objects import role_in_name
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.tracker import Origin
from forebear.core.events import Link

__all__ = ["MODULES"]

_READERS: Final = ("from_csv", "from_json", "from_parquet", "from_text")
_FOLLOWED: Final = (
    "map", "filter", "select", "shuffle", "sort", "remove_columns", "rename_column", "cast",
    "rename_columns", "select_columns", "add_column", "class_encode_column", "cast_column",
    "with_format", "flatten", "unique", "shard", "take", "skip", "to_pandas", "align_labels",
)  # fmt: skip


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe data sets that are read, changed, split and saved."""
    for name in ("load_dataset", "load_from_disk"):
        patches.observe(module, name, _after_load)
    cls = module.Dataset
    for name in _READERS:
        patches.observe(cls, name, _after_reader)
    for name in ("from_pandas", "from_dict", "from_polars"):
        patches.observe(cls, name, _after_maker)
    for name in _FOLLOWED:
        follow(patches, cls, name)
    patches.observe(cls, "train_test_split", _after_split)
    patches.observe(cls, "save_to_disk", _after_save)


def _after_reader(call: Call, result: Any) -> None:
    source = call.argument(0, "path_or_paths")
    _read(call, [(path, None) for path in places_of(source)], result)


def _after_load(call: Call, result: Any) -> None:
    """Record the files of a data set; one from a hub is known by its name only."""
    given = call.argument(-1, "data_files")
    source = call.argument(0, "path", "dataset_path")
    if given is not None:
        named = given.items() if isinstance(given, Mapping) else [(None, given)]
        _read(call, [(path, key) for key, one in named for path in places_of(one)], result)
    elif isinstance(source, str | Path) and Path(source).exists():
        _read(call, [(Path(source).absolute(), None)], result)
    elif source is not None:
        _made_of(call, result, [(from_hub(call.session, str(source), "data"), None)])


def _read(call: Call, places: list[tuple[Any, str | None]], result: Any) -> None:
    files = []
    for place, split in places:
        if isinstance(place, Path):
            call.claim(str(place))
            claim_below(call, place)
        artifact = file_read(call.session, place, format=None, kind="data")
        files.append((Origin(artifact=artifact, label=Path(str(place)).name), split))
    _made_of(call, result, files)


def _made_of(call: Call, result: Any, files: list[tuple[Origin, str | None]]) -> None:
    """Bind a data set, or the parts of one, to the files that it came out of."""
    session = call.session
    for name, part in _parts(result):
        mine = [file for file, split in files if split is None or split == name]
        origin = Origin(
            artifact=mine[0].artifact if len(mine) == 1 else None,
            parents=tuple(mine) if len(mine) > 1 else (),
            label=name or call.target(),
            role=role_in_name(name) if len(list(_parts(result))) > 1 else None,
        )
        session.tracker.bind(part, origin)
    session.step(
        "ingest",
        f"datasets.{call.function}",
        started=call.started,
        used=[Link(artifact=file.artifact or "", role="input") for file, _ in files],
        site=call.site,
    )


def _parts(result: Any) -> Iterator[tuple[str | None, Any]]:
    """Yield the named parts of a dictionary of data sets, or the one there is."""
    if isinstance(result, Mapping):
        yield from result.items()
    else:
        yield None, result


def _after_maker(call: Call, result: Any) -> None:
    given = call.argument(0, "df", "mapping")
    things = given.values() if isinstance(given, Mapping) else [given]
    call.session.tracker.derive(result, things, call.function)


def _after_split(call: Call, result: Any) -> None:
    """Give the parts of a split their roles."""
    session = call.session
    for name, part in result.items():
        session.tracker.derive(part, (call.args[0],), "train_test_split")
        known = session.tracker.get(part)
        if known is not None:
            known.role, known.label = role_in_name(name), name
    session.params(
        {
            f"train_test_split.{key}": plain(value)
            for key, value in call.options("self").items()
            if key in ("test_size", "train_size", "seed", "shuffle")
        }
    )


def _after_save(call: Call, result: Any) -> None:
    session, data = call.session, call.args[0]
    known = session.tracker.get(data)
    for place in places_of(call.argument(1, "dataset_path")):
        if not isinstance(place, Path) or not place.is_dir():
            continue
        claim_below(call, place)
        artifact = session.file(place, "write", kind="data", format="datasets")
        sources = known.sources() if known is not None else ()
        session.step(
            "transform",
            "Dataset.save_to_disk",
            started=call.started,
            used=[Link(artifact=one.artifact or "", role="input") for one in sources],
            generated=[Link(artifact=artifact)],
            attrs={"operations": known.names()} if known is not None and known.names() else {},
            site=call.site,
        )
        if not sources:
            session.gap(f"How {place.name} was made was not seen.", artifact)


MODULES = {"datasets": patch}
