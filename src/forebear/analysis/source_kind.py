"""What kind of source data is, read off where it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

__all__ = ["source_kind"]

_SCHEMES: Final = {
    "object store": "s3 s3a s3n gs gcs az abfs abfss wasb wasbs adl oss cos swift r2 minio hdfs",
    "download": "http https ftp sftp hf kaggle zenodo doi",
    "database table": (
        "postgresql postgres mysql mariadb sqlite duckdb oracle mssql snowflake bigquery redshift"
        " awsathena databricks clickhouse trino presto hive jdbc odbc db2 teradata cockroachdb"
        " motherduck"
    ),
    "stream": "kafka kinesis pulsar amqp amqps mqtt nats pubsub eventhub redis rediss",
    "table format": "delta iceberg hudi",
}
_OF_SCHEME: Final = {word: kind for kind, words in _SCHEMES.items() for word in words.split()}
_OF_ENDING: Final = {
    ".ipynb": "notebook",
    ".db": "database file",
    ".sqlite": "database file",
    ".sqlite3": "database file",
    ".duckdb": "database file",
    ".arrow": "file",
}


def source_kind(uris: Sequence[str], *, in_memory: bool = False) -> str:
    """Return what kind of source data is: file, download, object store, database table, …

    The first place that says more than that it is a file decides: a download is also a file.

    >>> source_kind(["/data/adult.csv", "https://example.org/adult.csv"])
    'download'
    >>> source_kind(["postgresql://db/prod/public.customers"])
    'database table'
    """
    kinds = [_kind(uri) for uri in uris]
    telling = [kind for kind in kinds if kind not in {"file", "folder"}]
    if telling:
        return telling[0]
    if kinds:
        return kinds[0]
    return "memory" if in_memory else "not recorded"


def _kind(uri: str) -> str:
    # `sqlite+pysqlite://`, `filecache::s3://`: what counts stands before the +, or behind the ::.
    scheme, colon, _ = uri.rpartition("::")[2].partition("://")
    if colon and scheme != "file":
        return _OF_SCHEME.get(scheme.lower().partition("+")[0], "elsewhere")
    path = urlsplit(uri).path if scheme == "file" else uri
    if path.endswith("/"):
        return "folder"
    if "#" in path and PurePosixPath(path.partition("#")[0]).suffix in _OF_ENDING:
        return "database table"
    return _OF_ENDING.get(PurePosixPath(path).suffix.lower(), "file")
