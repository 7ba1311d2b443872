"""Explicit lineage: what a `lineage` facet says went into what, beside the lists of an event.

It names data sets, and columns, which the lists of inputs and outputs may leave out. They are added
to the lists, and its columns stand where those of a `columnLineage` facet stand. So is what a data
set was called before it was renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import DatasetKey, dataset_key
from forebear.exchange.openlineage.reading import Dataset, Told

__all__ = ["key_of", "spelled_out"]


def spelled_out(told: Told) -> Told:
    """Return what an event tells, with all that its lineage facets name in its lists."""
    said = facets.read(told.job_facets, "lineage", facets.LineageJob)
    entries = {key_of(target): entry for target, entry in said.targets} if said else {}
    outputs = [_with_columns(one, entries.get(one.key)) for one in _with(told.outputs, entries)]
    sources = [key_of(one) for entry in entries.values() for one in entry.sources]
    sources += [key for one in outputs if (key := _renamed_from(one)) is not None]
    made = {one.key for one in outputs}
    return msgspec.structs.replace(
        told,
        inputs=_with(told.inputs, [key for key in sources if key not in made]),
        outputs=outputs,
        dataset=None if told.dataset is None else _with_columns(told.dataset, None),
    )


def _renamed_from(one: Dataset) -> DatasetKey | None:
    """Return what a data set was called before an event renamed it: it comes from there."""
    said = facets.read(one.facets, "lifecycleStateChange", facets.Lifecycle)
    if said is None or said.state != "RENAME" or said.previous_identifier is None:
        return None
    return key_of(said.previous_identifier)


def key_of(named: facets.InputField | facets.Identifier) -> DatasetKey:
    """Return the key of a data set that a facet names."""
    return dataset_key(named.namespace, named.name)


def _with(known: Sequence[Dataset], keys: Iterable[DatasetKey]) -> list[Dataset]:
    here = {one.key for one in known}
    added = (key for key in dict.fromkeys(keys) if key not in here)
    return [*known, *(Dataset(key=key, facets={}) for key in added)]


def _with_columns(one: Dataset, said: facets.LineageDataset | None) -> Dataset:
    """Return a data set with the columns that an entry tells, or its own facet."""
    said = said or facets.read(one.facets, "lineage", facets.LineageDataset)
    if said is None or (columns := said.columns) is None:
        return one
    told = one.facets | {"columnLineage": msgspec.to_builtins(columns)}
    return msgspec.structs.replace(one, facets=told)
