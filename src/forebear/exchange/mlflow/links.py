"""Connections to the databases that MLflow writes: SQLite, PostgreSQL, MySQL; they only read.

Each sees one state of its database, whatever MLflow writes meanwhile.
"""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from forebear.core.addresses import without_password
from forebear.core.errors import InvalidInput, Unreadable

__all__ = ["Link", "Row", "is_server", "to_file", "to_server"]

_SERVER: Final = re.compile(r"(postgres(?:ql)?|mysql|mariadb)(?:\+\w+)?://", re.IGNORECASE)
_REACH_SECONDS: Final = 10
_PASSED_ON: Final = frozenset(("charset", "ssl_ca", "ssl_cert", "ssl_key", "unix_socket"))
"""Options in the address of a MySQL database that its driver knows by the same names."""


class Row(dict[str, Any]):
    """A row; what an older MLflow had no column for is nothing."""

    def __missing__(self, _: str) -> None:
        return None


class Link:
    """A connection on which questions are asked, with `?` in the place of values."""

    def __init__(self, where: str, connection: Any, error: type[Exception], tables: str) -> None:
        self.where = where
        self._connection, self._error = connection, error
        self._mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        try:
            self.tables = frozenset(next(iter(row.values())) for row in self.rows(tables))
        except Unreadable:
            self.close()
            raise

    def rows(self, asked: str, values: Iterable[Any] = ()) -> list[Row]:
        """Return the rows that answer a question.

        Raises:
            Unreadable: the database does not answer.
        """
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(asked.replace("?", self._mark), tuple(values))
                names = [column[0] for column in cursor.description]
                return [Row(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except self._error as error:
            raise Unreadable(f"{self.where} cannot be read: {_said(error)}.") from None

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def is_server(uri: str) -> bool:
    """Tell whether an address is one of a database on a server.

    >>> is_server("mysql+pymysql://host/mlflow"), is_server("sqlite:///mlflow.db")
    (True, False)
    """
    return _SERVER.match(uri) is not None


def to_file(file: Path) -> Link:
    """Return a connection to a file of SQLite.

    Raises:
        Unreadable: it is none.
    """
    where = f"sqlite:///{file}"
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise Unreadable(f"{where} cannot be read: {error}.") from None
    return Link(where, connection, sqlite3.Error, "SELECT name FROM sqlite_master")


def to_server(uri: str) -> Link:
    """Return a connection to a database on a server.

    Raises:
        InvalidInput: its driver is not installed, or the address is none.
        Unreadable: it does not let us in.
    """
    found = _SERVER.match(uri)
    assert found is not None
    rest = uri[found.end() :]
    if found[1].lower().startswith("postgres"):
        return _postgresql(f"postgresql://{rest}")
    return _mysql(f"mysql://{rest}")


def _postgresql(uri: str) -> Link:
    psycopg = _driver("psycopg", "pip install 'forebear[postgres]'")
    where = without_password(uri)
    try:
        connection = psycopg.connect(uri, connect_timeout=_REACH_SECONDS)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    except psycopg.Error as error:
        raise Unreadable(f"{where} cannot be reached: {_said(error)}.") from None
    tables = (
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = ANY(current_schemas(false))"
    )
    return Link(where, connection, psycopg.Error, tables)


def _mysql(uri: str) -> Link:
    pymysql = _driver("pymysql", "pip install pymysql")
    where = without_password(uri)
    try:
        parts = urlsplit(uri)
        place = {"host": parts.hostname or "localhost", "port": parts.port or 3306}
    except ValueError as error:
        raise InvalidInput(f"{where} is no address of a database: {error}.") from None
    options = {key: said for key, said in parse_qsl(parts.query) if key in _PASSED_ON}
    try:
        connection = pymysql.connect(
            **{"charset": "utf8mb4", **options, **place},
            user=unquote(parts.username or "") or None,
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")),
            connect_timeout=_REACH_SECONDS,
        )
        with closing(connection.cursor()) as cursor:
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    except (pymysql.Error, OSError) as error:
        raise Unreadable(f"{where} cannot be reached: {_said(error)}.") from None
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
    return Link(where, connection, pymysql.Error, tables)


def _driver(name: str, how: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise InvalidInput(
            f"Reading that database needs the package {name}, which is not installed.", hint=how
        ) from None


def _said(error: Exception) -> str:
    """Return what a driver says of an error, in one line and without its number."""
    text = str(error.args[-1] if error.args else error).strip()
    return text.partition("\n")[0].rstrip(".") or type(error).__name__
