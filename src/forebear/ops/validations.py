"""How models were validated before: every validation, and the last on each data in short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from forebear.core.ports import Store
from forebear.core.statements import StatementRow
from forebear.core.validation import VALIDATION, Estimate, Validation
from forebear.ops.kin import same_model
from forebear.ops.paging import Pages
from forebear.ops.resolve import of_model
from forebear.ops.subjects import subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "Validated",
    "ValidationRow",
    "ValidationsRequest",
    "ValidationsResponse",
    "validated_on",
    "validations",
]


class Validated(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last validation on some data, in short."""

    at: datetime
    data: str
    on: str
    """What the data are called."""
    rows: int
    passed: bool | None
    main: str
    figure: Estimate
    weight: str | None = None
    """The column by which rows count."""
    trained_on: int | None = None
    thresholds_changed: bool = False


def validated_on(store: Store, ids: Sequence[str], seq: int | None = None) -> list[Validated]:
    """Return how a model in all its guises was last validated on each data, newest first."""
    found = VALIDATION.latest(store.statements, ids, seq=seq)
    return [
        Validated(
            at=one.row.at,
            data=one.value.data,
            on=one.value.data_title,
            rows=one.value.rows,
            passed=one.value.passed,
            main=one.value.main,
            figure=one.value.metrics[one.value.main],
            weight=one.value.weight,
            trained_on=one.value.trained_on,
            thresholds_changed=one.value.thresholds_changed,
        )
        for one in reversed(found)
    ]


class ValidationRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One validation that was recorded."""

    model: str
    title: str
    at: datetime
    current: bool
    """No later validation of the same model on the same data took its place."""
    validation: Validation
    packet: str | None = None


class ValidationsResponse(Struct, frozen=True, kw_only=True):
    """A page of validations, newest first."""

    title: str
    validations: list[ValidationRow]
    next: str | None = None
    """Asks for the page after it."""
    gaps: list[str] = []
    """What was recorded and cannot be told."""


class ValidationsRequest(
    Request[ValidationsResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask how a model was validated: one version, or all of a name."""

    target: Target
    as_of: str | None = None
    limit: int | None = 100
    """How many on a page; None is all of them, which takes long where there are thousands."""
    after: str | None = None
    """The `next` of the page before."""


@operation(name="validations", permission="read")
def validations(context: Context, request: ValidationsRequest) -> ValidationsResponse:
    """Tell every validation of a model, newest first."""
    store = context.store
    pages = Pages(store, request)
    seq = pages.seq
    about = subject(store, of_model(store, request.target, seq), seq)
    versions = about.versions if about.about.startswith("model:") else []
    titles = {row.artifact: f"{row.name}:{row.version}" for row in versions}
    titles = titles or dict.fromkeys(about.ids, about.title)
    nodes = store.nodes(list(titles), seq).values()
    kin = {one.id: titles[node.id] for node in nodes for one in same_model(store, node, seq)}

    def said(bound: int | None, most: int | None) -> list[StatementRow]:
        topic = [VALIDATION.name]
        return store.statements.history(topic, list(kin), seq=bound, limit=most)

    page = pages.newest(said)
    models = list({row.about for row in page.listed})
    current = {row.seq for row in store.statements.latest([VALIDATION.name], models, seq=seq)}
    return ValidationsResponse(
        title=about.title,
        validations=[
            ValidationRow(
                model=one.row.about,
                title=kin[one.row.about],
                at=one.row.at,
                current=one.row.seq in current,
                validation=one.value,
                packet=one.row.packet,
            )
            for one in VALIDATION.listed(page.listed)
        ],
        next=page.next,
    )
