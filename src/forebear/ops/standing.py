"""Where a version stands: its stage, and what was overridden for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from forebear.core.clock import now, parse_when
from forebear.core.errors import BadRef, InvalidInput, UnknownRef
from forebear.core.events import decode
from forebear.core.notes import parse_note
from forebear.core.policies import OVERRIDE, STAGE, Override, Rules, override_text
from forebear.core.ports import Store
from forebear.core.rows import VersionRow
from forebear.core.statements import Said
from forebear.ops.facts import Facts
from forebear.ops.resolve import of_model, resolve
from forebear.ops.rules_used import used_last
from forebear.ops.table import Context, Target

__all__ = [
    "LifeFacts",
    "Standing",
    "event_at",
    "is_signed",
    "life_of",
    "stage_of",
    "standing",
    "version_of",
]


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An override as answers show it beside a version."""

    policy: str
    waives: list[str]
    by: str | None
    why: str | None
    until: datetime
    active: bool
    signed: bool
    """The signature is that of a key that is trusted here."""
    seq: int


class LifeFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where versions of models stand, as far as anything is said of it."""

    stage: str | None = None
    """None where no rules were ever used."""
    overrides: list[Standing] = []


def life_of(
    context: Context,
    ids: Sequence[str],
    rows: Iterable[VersionRow],
    seq: int | None,
    as_of: str | None,
) -> LifeFacts:
    """Return where a model stands of which `ids` are the guises and `rows` the versions."""
    store = context.store
    rules = used_last(store, seq)
    if rules is None:
        return LifeFacts()
    facts = Facts(store, seq)
    stages = [stage_of(row, rules, facts) for row in rows if row.kind == "model"]
    at = now() if as_of is None else parse_when(as_of)
    return LifeFacts(
        stage=max(stages, key=list(rules.order).index, default=None),
        overrides=standing(context, rules.trusted, facts, ids, at),
    )


def version_of(store: Store, target: Target, seq: int | None = None) -> VersionRow:
    """Return the version of a model that is meant.

    Raises:
        BadRef: what is meant has no version, or several names.
        InvalidInput: it is data.
    """
    found = resolve(store, of_model(store, target, seq), seq)
    if found.version is not None and found.version.kind == "model":
        return found.version
    if found.version is not None:
        raise InvalidInput(
            f"'{target.ref}' is data, and stages are for models.",
            hint="`forebear models` lists the models.",
        )
    rows = [row for rows in store.versions_of(found.ids, seq).values() for row in rows]
    models = list({(row.name, row.version): row for row in rows if row.kind == "model"}.values())
    if len(models) == 1:
        return models[0]
    if models:
        names = ", ".join(f"{row.name}:{row.version}" for row in models)
        raise BadRef(f"'{target.ref}' has several names: {names}.", hint="Say one of them.")
    raise UnknownRef(
        f"'{target.ref}' is no version of a model.",
        hint=f"`forebear name {target.ref} NAME` makes it one.",
    )


def stage_of(row: VersionRow, rules: Rules, facts: Facts) -> str:
    """Return the stage of a version: the furthest that it is held in, else the first or last."""
    held = [stage for stage in rules.held if stage in row.aliases]
    if held:
        return held[-1]
    last = [one for one in facts.latest(STAGE, [row.artifact]) if one.row.key == row.name]
    return last[-1].value.stage if last else rules.order[0]


def standing(
    context: Context, trusted: Sequence[str], facts: Facts, about: Iterable[str], at: datetime
) -> list[Standing]:
    """Return all overrides of these artifacts as answers show them, those that ran out too."""
    return [
        Standing(
            policy=one.row.key,
            waives=one.value.waives,
            by=one.row.by,
            why=one.row.why,
            until=one.row.until,
            active=one.row.until > at,
            signed=is_signed(context, trusted, one),
            seq=one.row.seq,
        )
        for one in facts.latest(OVERRIDE, about)
        if one.row.until is not None
    ]


def is_signed(context: Context, trusted: Sequence[str], said: Said[Override]) -> bool:
    """Tell whether an override's note is whole, says the same, and has a trusted signature."""
    store, packet = context.store, said.row.packet
    if packet is None or context.signer is None or not store.blobs.has(packet):
        return False
    event = event_at(store, said.row.seq)
    try:
        note = parse_note(store.blobs.get(packet))
        return note.text == override_text(event) and context.signer.signed(note, trusted)
    except InvalidInput:
        return False


def event_at(store: Store, seq: int) -> Any:
    """Return an event as it lies in the ledger, people as commitments."""
    return decode(next(iter(store.events(after=seq - 1))).body)
