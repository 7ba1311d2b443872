"""Tables of databases and warehouses: the one address that each has, whoever tells of it.

A program opens `snowflake://me@org-acc/shop`, its SQL says `orders`, and a producer of OpenLineage
says `SHOP.PUBLIC.ORDERS` of `snowflake://ORG-ACC`: all mean `snowflake://org-acc/SHOP#ORDERS`. An
address is `scheme://place/database#schema.table`, without what a system takes by itself: its
port is written out, its default schema is left out, and names are as the system folds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from forebear.core.patterns import pattern

__all__ = [
    "System",
    "database_uri",
    "host_and_port",
    "place_of",
    "split",
    "system_of",
    "table_uri",
    "written",
]


class System(Struct, frozen=True, kw_only=True):
    """How a kind of database names its tables."""

    namespace: str
    """What OpenLineage calls it."""
    port: int | None = None
    """Its port where none is said; a system with None is never told apart by one."""
    schemas: bool = True
    """Whether a table's name has three parts, with a schema, or two."""
    schema: str = ""
    """The schema that it takes by itself."""
    fold: Literal["upper", "lower", "exact"] = "exact"
    """What becomes of names. It is `exact` where tables may differ only in this."""
    placeless: bool = False
    """Whether its databases have one name in all the world, so that no host is said."""


_SYSTEMS: Final = {
    "awsathena": System(namespace="awsathena", fold="lower"),
    "bigquery": System(namespace="bigquery", placeless=True),
    "databricks": System(namespace="unitycatalog", fold="lower"),
    "mssql": System(namespace="mssql", port=1433, schema="dbo", fold="lower"),
    "mysql": System(namespace="mysql", port=3306, schemas=False),
    "oracle": System(namespace="oracle", port=1521, fold="upper"),
    "postgresql": System(namespace="postgres", port=5432, schema="public"),
    "redshift": System(namespace="redshift", port=5439, schema="public", fold="lower"),
    "snowflake": System(namespace="snowflake", schema="PUBLIC", fold="upper"),
    "trino": System(namespace="trino", port=8080, fold="lower"),
}
_SAME: Final = {
    "athena": "awsathena",
    "mariadb": "mysql",
    "postgres": "postgresql",
    "sqlserver": "mssql",
    "unitycatalog": "databricks",
}
_REDSHIFT: Final = pattern(r"([\w\-]+)\.\w+\.([\w\-]+)\.redshift(?:-serverless)?\.amazonaws\.com")
_ODBC: Final = pattern(r"(?:^|;)\s*(server|database)\s*=\s*\{?([^;}]*)", re.IGNORECASE)


def system_of(scheme: str) -> tuple[str, System] | None:
    """Return what a scheme stands for, under the name that addresses have; None for others.

    >>> system_of("sqlserver")[0]
    'mssql'
    """
    name = _SAME.get(scheme.lower(), scheme.lower())
    found = _SYSTEMS.get(name)
    return None if found is None else (name, found)


def place_of(scheme: str, place: str) -> tuple[str, str]:
    """Return a scheme and `host:port` as addresses have them.

    >>> place_of("snowflake", "XY12345.eu-west-1.snowflakecomputing.com")
    ('snowflake', 'xy12345.eu-west-1.aws')
    >>> place_of("postgresql", "c1.abc.eu-west-1.redshift.amazonaws.com:5439")
    ('redshift', 'c1.eu-west-1:5439')
    >>> place_of("mariadb", "DB.example.org")
    ('mysql', 'db.example.org:3306')
    """
    known = system_of(scheme)
    if known is None:
        return scheme, place
    scheme, system = known
    host, port = host_and_port(place.lower())
    redshift = _REDSHIFT.match(host)
    if redshift and scheme in ("postgresql", "redshift"):
        scheme, system = "redshift", _SYSTEMS["redshift"]
        host = f"{redshift[1]}.{redshift[2]}"
    if scheme == "snowflake":
        host = _account(host)
    if system.placeless:
        return scheme, ""
    if system.port is None or not host:
        return scheme, host
    return scheme, f"{host}:{port or system.port}"


def host_and_port(place: str) -> tuple[str, str]:
    """Return a host, one of IPv6 in brackets, and the port that is said with it.

    >>> host_and_port("db:5432"), host_and_port("[::1]:5432"), host_and_port("::1")
    (('db', '5432'), ('[::1]', '5432'), ('[::1]', ''))
    """
    host, mark, port = place.rpartition(":")
    if not mark:
        return place, ""
    if place.startswith("["):
        return (host, port) if host.endswith("]") else (place, "")
    return (f"[{place}]", "") if ":" in host else (host, port)


def _account(host: str) -> str:
    """Return a Snowflake account: `org-account`, or a locator with its region and cloud.

    OpenLineage completes a locator in the same way.
    """
    account = host.removesuffix(".snowflakecomputing.com").removesuffix(".privatelink")
    parts = account.split(".")
    if len(parts) == 1:
        plain = account.replace("_", "-")
        return plain if "-" in plain else f"{plain}.us-west-1.aws"
    return account if len(parts) > 2 else f"{account}.aws"


def table_uri(scheme: str, place: str, parts: Sequence[str], database: str = "") -> str | None:
    """Return the address of a table; None for what is no system that is known here.

    Args:
        parts: of its name; the table is the last.
        database: the database that is open, and after a `/` its open schema, for what the name
            does not say.

    >>> table_uri("snowflake", "org-acc", ["orders"], "shop/public")
    'snowflake://org-acc/SHOP#ORDERS'
    >>> table_uri("bigquery", "", ["shop", "raw", "orders"])
    'bigquery://shop#raw.orders'
    """
    known = system_of(scheme)
    if known is None:
        return None
    scheme, place = place_of(scheme, place)
    system = _SYSTEMS[scheme]
    opened, _, schema = database.partition("/")
    *before, table = (_folded(system, part) for part in parts)
    inner = [table]
    if system.schemas:
        named = before.pop() if before else _folded(system, schema)
        inner = [named, table] if named and named != system.schema else inner
    opened = ".".join(before) if before else _folded(system, opened)
    where = "/".join(part for part in (place, opened) if part)
    return f"{scheme}://{where}#{'.'.join(inner)}"


def _folded(system: System, name: str) -> str:
    if system.fold == "exact":
        return name
    return name.upper() if system.fold == "upper" else name.lower()


def split(uri: str) -> tuple[str, list[str]] | None:
    """Return a table's place with its scheme, and all parts of its name; None for others.

    >>> split("snowflake://org-acc/SHOP#ORDERS")
    ('snowflake://org-acc', ['SHOP', 'PUBLIC', 'ORDERS'])
    """
    scheme, _, rest = uri.partition("://")
    whole, mark, table = rest.partition("#")
    system = _SYSTEMS.get(scheme)
    if system is None or not mark:
        return None
    place, _, database = ("", "", whole) if system.placeless else whole.partition("/")
    parts = table.split(".", 1) if system.schemas else [table]
    if system.schemas and len(parts) == 1 and system.schema:
        parts = [system.schema, *parts]
    return f"{scheme}://{place}", [database, *parts] if database else parts


def written(uri: str) -> str:
    """Return the address of a table that people may write in other ways; any other as it is.

    >>> written("postgres://db/shop.public.orders"), written("snowflake://ORG-ACC/shop#orders")
    ('postgresql://db:5432/shop#orders', 'snowflake://org-acc/SHOP#ORDERS')
    """
    scheme, separator, rest = uri.partition("://")
    known = system_of(scheme)
    if known is None or not separator:
        return uri
    whole, mark, table = rest.partition("#")
    place, _, database = ("", "", whole) if known[1].placeless else whole.partition("/")
    parts = (table if mark else database).split(".")
    if not mark and len(parts) < 2 + known[1].schemas:
        return uri
    return table_uri(scheme, place, parts, database if mark else "") or uri


def database_uri(
    backend: str,
    host: str | None,
    port: int | str | None,
    database: str | None,
    options: Mapping[str, object],
) -> str:
    """Return the address of a database out of what a program opens it with.

    Args:
        backend: the scheme of its URL, without a driver.
        options: the query of its URL, in which some systems say the database.

    >>> database_uri("bigquery", "shop", None, "raw", {})
    'bigquery://shop/raw'
    >>> database_uri("databricks", "adb-1.azuredatabricks.net", 443, "", {"catalog": "ml"})
    'databricks://adb-1.azuredatabricks.net/ml'
    """
    said = {name: str(value) for name, value in options.items()}
    opened = database or ""
    known = system_of(backend)
    name = known[0] if known is not None else backend
    if name == "bigquery":
        return f"bigquery://{'/'.join(part for part in (host, opened) if part)}"
    if name == "mssql" and "odbc_connect" in said:
        told = {key.lower(): value.strip() for key, value in _ODBC.findall(said["odbc_connect"])}
        host, _, port = told.get("server", "").removeprefix("tcp:").partition(",")
        opened = told.get("database", opened)
    elif name == "awsathena":
        opened = f"{said.get('catalog_name', 'AwsDataCatalog')}/{opened}"
    elif name == "databricks":
        opened = f"{said.get('catalog', '')}/{said.get('schema', '')}".rstrip("/")
    elif name == "oracle":
        opened = said.get("service_name") or opened
    host = host_and_port(host)[0] if host and host.count(":") > 1 else host or "localhost"
    scheme, place = place_of(name, f"{host}:{port}" if port else host)
    return f"{scheme}://{place}/{opened}"
