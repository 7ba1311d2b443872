"""Names: what OpenLineage calls runs, jobs and data sets, and what the graph calls them.

A data set is the same thing however its name is quoted, and a table however its database is
called. Where its content is not known, its artifact is that of its address and version, as for
data that was recorded by its address.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from forebear.core.addresses import canonical
from forebear.core.clock import micros
from forebear.core.digest import is_digest, of_bytes
from forebear.core.ids import derived_id
from forebear.core.warehouses import place_of, split, system_of, table_uri

__all__ = [
    "DatasetKey",
    "JobKey",
    "artifact_id",
    "dataset_key",
    "event_id",
    "key_of_uri",
    "namespace_of",
    "plain_name",
    "registered_name",
    "run_uuid",
    "unquoted",
    "uri_of",
]

_PART: Final = re.compile(r'"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^."`\[\]]+)')
_FILES: Final = frozenset("s3 gs gcs abfs abfss wasb wasbs hdfs dbfs".split())
_TOPICS: Final = frozenset("kafka pulsar rabbitmq nats mqtt".split())
"""Where names are of topics, in which dots part nothing."""
_DEFAULT: Final = ("main", "public")
"""Schemas that a database takes by itself, where its rules are not known."""
_GLUE: Final = "arn:aws:glue:"


class JobKey(Struct, frozen=True, order=True):
    """A job."""

    namespace: str
    name: str

    @property
    def about(self) -> str:
        """How statements write it."""
        return f"openlineage:job:{self.namespace}:{self.name}"


class DatasetKey(Struct, frozen=True, order=True):
    """A data set; its name is without quotes."""

    namespace: str
    name: str

    @property
    def about(self) -> str:
        """How statements write it, whatever version it has."""
        return f"openlineage:dataset:{self.namespace}:{self.name}"


def unquoted(name: str) -> str:
    """Return a name without the quotes of SQL, if these are all there is to leave out.

    >>> unquoted('"sm"."ml"."raw_orders"'), unquoted("`p`.d.t"), unquoted('"a.b".c')
    ('sm.ml.raw_orders', 'p.d.t', '"a.b".c')
    """
    if not any(mark in name for mark in '"`['):
        return name
    parts, position = [], 0
    while True:
        found = _PART.match(name, position)
        if found is None:
            return name
        part = next(one for one in found.groups() if one is not None)
        if not part or (found[4] is None and "." in part):
            return name
        parts.append(part)
        if found.end() == len(name):
            return ".".join(parts)
        if name[found.end()] != ".":
            return name
        position = found.end() + 1


def dataset_key(namespace: str, name: str) -> DatasetKey:
    """Return the key of a data set, however its names are written.

    >>> dataset_key("s3://lake/", '"raw"."orders"')
    DatasetKey(namespace='s3://lake', name='raw.orders')
    >>> dataset_key("snowflake://ORG-ACC", "shop.public.orders")
    DatasetKey(namespace='snowflake://org-acc', name='SHOP.PUBLIC.ORDERS')
    """
    key = DatasetKey(namespace_of(namespace), unquoted(name))
    uri = _full_table(key)
    return key if uri is None else key_of_uri(uri)


def namespace_of(namespace: str) -> str:
    """Return a namespace of data sets as keys have it.

    >>> namespace_of("bigquery://"), namespace_of("sqlserver://DB.example.org")
    ('bigquery', 'mssql://db.example.org:1433')
    """
    plain = namespace.rstrip("/") or "/"
    scheme, separator, place = plain.partition("://")
    known = system_of(scheme.removesuffix(":"))
    if known is None or not (separator or known[1].placeless):
        return plain
    return _namespace(*place_of(known[0], place))


def _namespace(scheme: str, place: str) -> str:
    known = system_of(scheme)
    name = known[1].namespace if known else scheme
    return name if known and known[1].placeless else f"{name}://{place}"


def _full_table(key: DatasetKey) -> str | None:
    """Return the address of a table of which all parts are said; None for any other."""
    scheme, _, place = key.namespace.partition("://")
    known = system_of(scheme)
    parts = re.split(r"(?<!\\)\.", key.name)
    if known is None or len(parts) < 2 + known[1].schemas:
        return None
    parts = [part.replace("\\.", ".") for part in parts]
    # A part with a dot in it, quoted or not, would be parted there on its way back.
    if any(mark in key.name for mark in '"`[') or any("." in part for part in parts[1:]):
        return None
    return table_uri(scheme, place, parts)


def run_uuid(said: str) -> str:
    """Return the id of a run: a UUID as it is, of anything else one that is made of it.

    >>> run_uuid("01A207C0-3335-7957-9C68-28DAD37A0B22")
    '01a207c0-3335-7957-9c68-28dad37a0b22'
    """
    try:
        return str(uuid.UUID(said))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"openlineage:{said}"))


def uri_of(key: DatasetKey) -> str:
    """Return the address of a data set, written as recording writes it.

    >>> uri_of(DatasetKey("s3://lake", "raw/customers"))
    's3://lake/raw/customers'
    >>> uri_of(DatasetKey("postgres://db:5432", "shop.public.orders"))
    'postgresql://db:5432/shop#orders'
    >>> uri_of(DatasetKey("kafka://broker:9092", "shop.orders"))
    'kafka://broker:9092#shop.orders'
    >>> uri_of(DatasetKey("file", "/data/a.csv")), uri_of(DatasetKey("file://far", "/data/a.csv"))
    ('/data/a.csv', 'file://far/data/a.csv')
    """
    full = _full_table(key)
    if full is not None:
        return full
    scheme, separator, place = key.namespace.partition("://")
    scheme = scheme.lower()
    if scheme == "file" and key.name.startswith("/") and place.strip("/") in ("", "localhost"):
        return key.name
    if key.namespace.startswith(_GLUE):
        return f"{key.namespace}:{key.name}"
    if not separator:
        return f"openlineage:{key.namespace}/{key.name}"
    place = place.rstrip("/")
    uri = canonical(f"{scheme}://{place}/{key.name.lstrip('/')}")
    if uri.partition("://")[0] in _FILES or scheme in ("file", "http", "https"):
        return uri
    known = system_of(scheme)
    return _by_parts(known[0] if known else scheme, place, key.name)


def _by_parts(scheme: str, place: str, name: str) -> str:
    """Return the address of what has a name with dots, where no more is known of it."""
    parts = [name] if scheme in _TOPICS else name.split(".")
    if scheme in ("duckdb", "sqlite"):
        return f"{scheme}://{place}#{_table(parts[-2:])}"
    if len(parts) > 1:
        return f"{scheme}://{place}/{parts[0]}#{_table(parts[1:])}"
    return f"{scheme}://{place}#{name}"


def key_of_uri(uri: str) -> DatasetKey:
    """Return what OpenLineage calls what lies at an address, as recording writes it.

    >>> key_of_uri("/data/a.csv")
    DatasetKey(namespace='file', name='/data/a.csv')
    >>> key_of_uri("s3://lake/raw/a.csv")
    DatasetKey(namespace='s3://lake', name='raw/a.csv')
    >>> key_of_uri("postgresql://db:5432/shop#orders")
    DatasetKey(namespace='postgres://db:5432', name='shop.public.orders')
    >>> key_of_uri("mysql://db:3306/shop#orders")
    DatasetKey(namespace='mysql://db:3306', name='shop.orders')
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        glue, _, table = uri.rpartition(":")
        return DatasetKey(glue, table) if uri.startswith(_GLUE) else DatasetKey("file", uri)
    of_table = split(uri)
    if of_table is not None:
        place, parts = of_table
        return DatasetKey(_namespace(scheme, place.partition("://")[2]), ".".join(parts))
    place, _, table = rest.partition("#")
    if scheme in _TOPICS and table:
        return DatasetKey(f"{scheme}://{place}", table)
    if scheme in ("duckdb", "sqlite"):
        return DatasetKey(f"{scheme}://{place}", table if "." in table else f"main.{table}")
    host, _, path = place.partition("/")
    if table:
        return DatasetKey(f"{scheme}://{host}", f"{path}.{table}")
    return DatasetKey(f"{scheme}://{host}", path or "/")


def _table(parts: Sequence[str]) -> str:
    *schema, name = parts
    kept = [] if len(schema) == 1 and schema[0].lower() in _DEFAULT else schema
    return ".".join((*kept, name))


def artifact_id(uri: str, version: str | None = None) -> str:
    """Return the id of a version of a data set; a version that is a digest says its content.

    The digest covers the address and the version, as for data that recording knows by address.
    """
    if version is not None and is_digest(version):
        return version
    return of_bytes((uri if version is None else f"{uri}\n{version}").encode())


def plain_name(key: DatasetKey) -> str:
    """Return a name for the catalog, which may be that of another data set too.

    >>> plain_name(DatasetKey("s3://lake", "raw/customers"))
    'lake.raw.customers'
    >>> plain_name(DatasetKey("duckdb://churn.duckdb", "churn.main.orders"))
    'churn.main.orders'
    >>> plain_name(DatasetKey("file", "/data/raw/a.csv"))
    'data.raw.a.csv'
    """
    place = re.sub(r":\d+$", "", key.namespace.partition("://")[2].rstrip("/") or key.namespace)
    # A table's name begins with its database; the name of a file says nothing of its bucket.
    scheme = key.namespace.partition("://")[0].lower()
    of_table = "://" in key.namespace and scheme not in _FILES and "." in key.name
    whole = key.name if of_table or place == "file" else f"{place}.{key.name}"
    return re.sub(r"[^\w\-]+", ".", whole).strip(".-")[:110] or "data"


def registered_name(key: DatasetKey, taken: bool) -> str:
    """Return the name in the catalog, told apart from another data set that is called so."""
    plain = plain_name(key)
    if plain in ("model", "data", "run", "sha256"):
        plain = f"{plain}-set"
    mark = of_bytes(f"{key.namespace}\n{key.name}".encode()).partition(":")[2][:8]
    return f"{plain}-{mark}" if taken else plain


def event_id(at: datetime, *of: str) -> str:
    """Return the id of an event that says what something else has said at a moment."""
    stamp = max(micros(at) // 1000, 0)
    digits = f"{stamp << 80 | 0x7 << 76 | 0b10 << 62:032x}"[-32:]
    whole = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return derived_id(*of, whole)
