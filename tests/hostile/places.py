"""Where in a request something bad can stand: every field of every request that is served.

The requests are read from what is served, not written down: a new operation is attacked without
another line.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from msgspec import inspect as types

from forebear.core.events import AnyEvent
from forebear.core.ids import new_id
from forebear.ops.table import operations
from forebear.server.mlflow import table

MARK: Final = "\x01here\x01"

SAMPLES: Final[dict[str, Any]] = {
    "ref": "churn:1",
    "name": "churn",
    "alias": "champion",
    "as_of": "2099-01-01",
    "until": "2099-01-01",
    "query": "churn",
    "run": "0192a4c1-0000-7000-8000-000000000001",
    "env": "prod",
    "column": "age",
    "columns": "age",
    "stage": "staging",
    "policy": "staging",
    "relation": "finetune",
    "recall": "0192",
    "where": "metrics.f1 > 0.5",
    "order": "metrics.f1 desc",
    "terms": "MIT",
    "source": "data:clean",
    "main": "key",
    "model": "sha256:" + "1" * 64,
    "data": "sha256:" + "2" * 64,
    "artifact": "sha256:" + "3" * 64,
}


class Place(NamedTuple):
    """A field of a request: how the request is sent, with a mark where the field's value stands."""

    call: str
    field: str
    kind: str
    method: str
    path: str
    body: str

    def said(self, token: str) -> bytes:
        """Return the body with a JSON token at this place."""
        return self.body.replace(json.dumps(MARK), token).encode("utf-8", "surrogatepass")


def of_operations() -> Iterator[Place]:
    """Yield every field of every request of the table of operations."""
    for name, operation in sorted(operations().items()):
        info = types.type_info(operation.request)
        assert isinstance(info, types.StructType)
        for place, kind in _leaves(info, ()):
            yield Place(
                call=name,
                field=".".join(place),
                kind=kind,
                method="POST",
                path=f"/api/v1/{name}",
                body=json.dumps(_with(info, place)),
            )


def of_events() -> Iterator[Place]:
    """Yield every field of every kind of event, as it is handed over."""
    union = types.type_info(AnyEvent)
    assert isinstance(union, types.UnionType)
    for info in union.types:
        assert isinstance(info, types.StructType)
        for place, kind in _leaves(info, ()):
            made = _with(info, place)
            known = {"id": new_id(), "time": "2026-03-01T00:00:00Z"}
            yield Place(
                call=info.cls.__name__,
                field=".".join(place),
                kind=kind,
                method="POST",
                path="/api/v1/ledger/events",
                body=json.dumps({**known, **made}),
            )


def of_mlflow(known: dict[str, Any]) -> Iterator[Place]:
    """Yield every field that a call of MLflow's interface reads, beside `known` values."""
    for one in table.calls():
        source = inspect.getsource(inspect.getmodule(one.run))  # helpers read fields as well
        read = re.findall(
            r'\b(text|optional|number|flag|items|texts|pairs|figure)\(\w+,? ?((?:"\w+",? ?)*)',
            source,
        )
        fields = {field: kind for kind, said in read for field in re.findall(r'"(\w+)"', said)}
        path = re.sub(r"\{(\w+)\}", lambda part: str(known.get(part[1], "x")), one.path)
        for field, kind in sorted(fields.items()):
            body = {**{key: known[key] for key in fields if key in known}, field: MARK}
            if kind in {"items", "pairs"}:
                body[field] = [{"key": MARK, "value": MARK, "timestamp": 1}]
            yield Place(
                call=f"{one.method} {one.path}",
                field=field,
                kind="number" if kind == "number" else "text",
                method=one.method,
                path=f"/api/2.0/mlflow/{path}",
                body=json.dumps(body),
            )


def _leaves(info: types.Type, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(info, types.UnionType):
        for one in info.types:
            yield from _leaves(one, at)
    elif isinstance(info, types.ListType):
        yield from _leaves(info.item_type, (*at, "0"))
    elif isinstance(info, types.DictType):
        yield from _leaves(info.value_type, (*at, "key"))
        yield (*at, "<key>"), "text"
    elif isinstance(info, types.StructType):
        for field in info.fields:
            yield from _leaves(field.type, (*at, field.encode_name))
    elif isinstance(info, types.IntType | types.FloatType):
        yield at, "number"
    elif not isinstance(info, types.NoneType):
        yield at, "text"


def _with(info: types.Type, place: tuple[str, ...]) -> Any:
    """Return a request that is sound but for a mark at a place."""
    if not place:
        return MARK
    head, rest = place[0], place[1:]
    if isinstance(info, types.UnionType):
        fitting = [one for one in info.types if _fits(one, head)]
        return _with(fitting[0], place)
    if isinstance(info, types.ListType):
        return [_with(info.item_type, rest)]
    if isinstance(info, types.DictType):
        key = MARK if head == "<key>" else "key"
        return {key: "x" if head == "<key>" else _with(info.value_type, rest)}
    assert isinstance(info, types.StructType)
    return {
        field.encode_name: _with(field.type, rest)
        if field.encode_name == head
        else _sample(field.type, field.encode_name)
        for field in info.fields
        if field.required or field.encode_name == head
    } | ({info.tag_field: info.tag} if info.tag_field else {})


def _fits(info: types.Type, head: str) -> bool:
    if isinstance(info, types.StructType):
        return any(field.encode_name == head for field in info.fields)
    return isinstance(info, types.ListType if head == "0" else types.DictType)


def _sample(info: types.Type, name: str) -> Any:
    """Return a sound value for a field."""
    if isinstance(info, types.UnionType):
        return _sample(info.types[0], name)
    if isinstance(info, types.ListType):
        return [_sample(info.item_type, name)]
    if isinstance(info, types.DictType):
        return {"key": _sample(info.value_type, name)}
    if isinstance(info, types.StructType):
        made = {f.encode_name: _sample(f.type, f.encode_name) for f in info.fields if f.required}
        return made | ({info.tag_field: info.tag} if info.tag_field else {})
    if isinstance(info, types.LiteralType):
        return info.values[0]
    if isinstance(info, types.BoolType):
        return True
    if isinstance(info, types.IntType | types.FloatType):
        return 1
    if isinstance(info, types.DateTimeType):
        return "2026-03-01T00:00:00Z"
    if isinstance(info, types.BytesType):
        return "AAAA"
    if isinstance(info, types.NoneType):
        return None
    if isinstance(info, types.RawType | types.AnyType):
        return {}
    return SAMPLES.get(name, "x")
