"""The standard facets that mean something to the graph, read leniently.

Each is a Struct with the fields that are used; whatever else a facet holds stays in the event,
which is kept as it came. A facet of another form than its schema is said, and harms nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct, field

__all__ = [
    "Assertion",
    "Assertions",
    "ColumnLineage",
    "DatasetType",
    "Documentation",
    "ErrorMessage",
    "Expectations",
    "Identifier",
    "InputField",
    "JobType",
    "Lifecycle",
    "LineageDataset",
    "LineageEntry",
    "LineageJob",
    "Ownership",
    "Parameters",
    "Parent",
    "RunOfJob",
    "Schema",
    "SchemaField",
    "Sql",
    "Statistics",
    "Storage",
    "Symlinks",
    "Tags",
    "Test",
    "Tests",
    "Transformation",
    "Use",
    "Version",
    "malformed",
    "parent_of",
    "read",
]

T = TypeVar("T")

Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
"""So many of something as a store has room for."""


class _Facet(Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of all facets: fields are written in camel case."""


class Identifier(_Facet, frozen=True, kw_only=True):
    """A job or a data set, by namespace and name."""

    namespace: str
    name: str


class RunIdentifier(_Facet, frozen=True, kw_only=True):
    """A run, by its id."""

    run_id: str


class RunOfJob(_Facet, frozen=True, kw_only=True):
    """A run, with the job of which it is one."""

    run: RunIdentifier
    job: Identifier


class Parent(RunOfJob, frozen=True, kw_only=True):
    """The run that this one is part of, and the one at the top."""

    root: RunOfJob | None = None


class SchemaField(_Facet, frozen=True, kw_only=True):
    """One column, with the fields inside it."""

    name: str
    type: str | None = None
    description: str | None = None
    fields: list[SchemaField] = []


class Schema(_Facet, frozen=True, kw_only=True):
    """The columns of a data set."""

    fields: list[SchemaField] = []


class Version(_Facet, frozen=True, kw_only=True):
    """The source's own version of a data set."""

    dataset_version: str | int | float


class Transformation(_Facet, frozen=True, kw_only=True):
    """What was done to a field: DIRECT to its values, INDIRECT to which rows there are."""

    type: str | None = None
    subtype: str | None = None
    masking: bool | None = None


class InputField(_Facet, frozen=True, kw_only=True):
    """A column of a data set that went into another one; `field` is absent for the whole."""

    namespace: str
    name: str
    field: str | None = None
    transformations: list[Transformation] | None = None


class FieldSources(_Facet, frozen=True, kw_only=True):
    """What one column was made of."""

    input_fields: list[InputField] = []
    transformation_type: str | None = None


class ColumnLineage(_Facet, frozen=True, kw_only=True):
    """What the columns of a data set were made of; `dataset` decides about its rows."""

    fields: dict[str, FieldSources] = {}
    dataset: list[InputField] | None = None


class LineageInput(_Facet, frozen=True, kw_only=True):
    """Where data came from: a data set or a job, which without a name is that of the event."""

    type: str = "DATASET"
    namespace: str | None = None
    name: str | None = None
    field: str | None = None
    transformations: list[Transformation] | None = None


class LineageField(_Facet, frozen=True, kw_only=True):
    """What explicitly went into one column."""

    inputs: list[LineageInput] = []


class LineageDataset(_Facet, frozen=True, kw_only=True):
    """The explicit lineage of a data set."""

    inputs: list[LineageInput] | None = None
    fields: dict[str, LineageField] | None = None

    @property
    def sources(self) -> list[InputField]:
        """The data sets that it came from, by whole and by column."""
        inside = (one for field in (self.fields or {}).values() for one in field.inputs)
        return _of_datasets([*(self.inputs or ()), *inside])

    @property
    def columns(self) -> ColumnLineage | None:
        """What its columns came from, where that is said."""
        if not self.fields:
            return None
        fields = {
            name: FieldSources(input_fields=_of_datasets(one.inputs))
            for name, one in self.fields.items()
        }
        rows = [one for one in _of_datasets(self.inputs or ()) if one.field is not None]
        return ColumnLineage(fields=fields, dataset=rows)


class LineageEntry(LineageDataset, frozen=True, kw_only=True):
    """What explicitly went into one thing: a data set, or a job that keeps it."""

    type: str = "DATASET"
    namespace: str | None = None
    name: str | None = None


class LineageJob(_Facet, frozen=True, kw_only=True):
    """The explicit lineage of a job."""

    entries: list[LineageEntry] = []

    @property
    def targets(self) -> list[tuple[Identifier, LineageEntry]]:
        """The data sets that are told of, with what went into them."""
        return [
            (Identifier(namespace=one.namespace, name=one.name), one)
            for one in self.entries
            if one.type.upper() == "DATASET" and one.namespace is not None and one.name is not None
        ]


def _of_datasets(inputs: Iterable[LineageInput]) -> list[InputField]:
    return [
        InputField(
            namespace=one.namespace,
            name=one.name,
            field=one.field,
            transformations=one.transformations,
        )
        for one in inputs
        if one.type.upper() == "DATASET" and one.namespace is not None and one.name is not None
    ]


class Symlinks(_Facet, frozen=True, kw_only=True):
    """Other names of a data set."""

    identifiers: list[Identifier] = []


class Owner(_Facet, frozen=True, kw_only=True):
    """Who answers for something."""

    name: str
    type: str | None = None


class Ownership(_Facet, frozen=True, kw_only=True):
    """Who answers for something."""

    owners: list[Owner] = []


class Documentation(_Facet, frozen=True, kw_only=True):
    """What something is."""

    description: str


class TagOf(_Facet, frozen=True, kw_only=True):
    """A tag of a data set, or of one field."""

    key: str
    value: str | bool | int | float | None = None
    field: str | None = None


class Tags(_Facet, frozen=True, kw_only=True):
    """Tags."""

    tags: list[TagOf] = []


class Assertion(_Facet, frozen=True, kw_only=True):
    """The result of one check of data."""

    assertion: str
    success: bool
    column: str | None = None
    severity: str | None = None
    name: str | None = None
    description: str | None = None
    expected: Any = None
    actual: Any = None


class Assertions(_Facet, frozen=True, kw_only=True):
    """Results of checks of data."""

    assertions: list[Assertion] = []


class Expectation(_Facet, frozen=True, kw_only=True):
    """The result of one expectation of Great Expectations, which tells them in words of its own."""

    expectation_type: str
    success: bool
    column: str | None = None


class Expectations(_Facet, frozen=True, kw_only=True):
    """Results of Great Expectations."""

    assertions: list[Expectation] = []


class Test(_Facet, frozen=True, kw_only=True):
    """The result of one test that a run made."""

    __test__ = False

    name: str
    status: str
    severity: str | None = None
    type: str | None = None
    description: str | None = None
    expected: Any = None
    actual: Any = None


class Tests(_Facet, frozen=True, kw_only=True):
    """Results of tests."""

    __test__ = False

    tests: list[Test] = []


class Parameter(_Facet, frozen=True, kw_only=True):
    """A setting of a run."""

    key: str
    value: Any = None


class Parameters(_Facet, frozen=True, kw_only=True):
    """Settings of a run."""

    parameters: list[Parameter] = []


class ErrorMessage(_Facet, frozen=True, kw_only=True):
    """Why a run failed."""

    message: str


class Statistics(_Facet, frozen=True, kw_only=True):
    """How much was written or is there."""

    row_count: Count | None = None
    size: Count | None = None
    bytes: Count | None = None


class Lifecycle(_Facet, frozen=True, kw_only=True):
    """What became of a data set, such as DROP; of a RENAME, what it was called before."""

    lifecycle_state_change: str
    previous_identifier: Identifier | None = None

    @property
    def state(self) -> str:
        """What became of it, in capitals."""
        return self.lifecycle_state_change.upper()


class DatasetType(_Facet, frozen=True, kw_only=True):
    """What sort of data set it is, such as MODEL."""

    dataset_type: str
    sub_type: str | None = None


class JobType(_Facet, frozen=True, kw_only=True):
    """What sort of job it is, and which tool does it."""

    processing_type: str | None = None
    integration: str | None = None
    job_type: str | None = None


class Storage(_Facet, frozen=True, kw_only=True):
    """How a data set is stored."""

    file_format: str | None = None


class Sql(_Facet, frozen=True, kw_only=True):
    """The query of a job."""

    query: str
    dialect: str | None = None


class Use(_Facet, frozen=True, kw_only=True):
    """What forebear says of an input or output: its role and what it is there."""

    role: str | None = None
    slot: str | None = None
    digest: str | None = field(default=None)


_TYPES: Final[dict[str, Any]] = {
    "parent": Parent,
    "parentRun": Parent,
    "schema": Schema,
    "version": Version,
    "columnLineage": ColumnLineage,
    "symlinks": Symlinks,
    "ownership": Ownership,
    "documentation": Documentation,
    "tags": Tags,
    "dataQualityAssertions": Assertions,
    "greatExpectations_assertions": Expectations,
    "dataQualityMetrics": Statistics,
    "test": Tests,
    "executionParameters": Parameters,
    "errorMessage": ErrorMessage,
    "outputStatistics": Statistics,
    "inputStatistics": Statistics,
    "datasetType": DatasetType,
    "lifecycleStateChange": Lifecycle,
    "jobType": JobType,
    "storage": Storage,
    "sql": Sql,
    "lineage": LineageJob,
    "forebear_use": Use,
}
_CONVERTIBLE: Final = (msgspec.ValidationError, ValueError, OverflowError, RecursionError)


def read(facets: Mapping[str, Any], name: str, type: type[T]) -> T | None:
    """Return a facet; None where there is none, it was deleted, or it has another form.

    >>> read({"version": {"datasetVersion": "7"}}, "version", Version)
    Version(dataset_version='7')
    """
    found = facets.get(name)
    if not isinstance(found, dict) or found.get("_deleted") is True:
        return None
    try:
        return msgspec.convert(found, type, strict=False)
    except _CONVERTIBLE:
        return None


def parent_of(facets: Mapping[str, Any]) -> Parent | None:
    """Return the run that one is part of; older producers tell it under another name."""
    return read(facets, "parent", Parent) or read(facets, "parentRun", Parent)


def malformed(facets: Mapping[str, Any], *, static: bool = False) -> list[str]:
    """Return the names of standard facets that have another form than their schema."""
    bad = []
    for name, found in facets.items():
        wanted = LineageDataset if static and name == "lineage" else _TYPES.get(name)
        if isinstance(found, dict) and found.get("_deleted") is True:
            continue
        if not isinstance(found, dict) or (wanted and read(facets, name, wanted) is None):
            bad.append(name)
    return sorted(bad)
