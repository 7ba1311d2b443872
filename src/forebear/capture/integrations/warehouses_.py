"""BigQuery and Snowflake: results that their own clients give as frames and tables.

Which tables a query reads is in its text, and the project or database in the client: what the
same table is called in OpenLineage is the same thing.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from forebear.capture.integrations.sql_ import opened, read_by, whole_table
from forebear.capture.patching import Call, Patches

__all__ = ["MODULES"]

_BIGQUERY: Final = ("to_dataframe", "to_arrow", "to_geodataframe")
_SNOWFLAKE: Final = ("fetch_pandas_all", "fetch_arrow_all")


def patch_jobs(patches: Patches, module: ModuleType) -> None:
    """Observe the results of BigQuery's jobs."""
    for name in _BIGQUERY:
        patches.observe(module.QueryJob, name, _after_bigquery)


def patch_rows(patches: Patches, module: ModuleType) -> None:
    """Observe rows of BigQuery: of a query, or of a table that is listed."""
    for name in _BIGQUERY:
        patches.observe(module.RowIterator, name, _after_bigquery)


def patch_snowflake(patches: Patches, module: ModuleType) -> None:
    """Observe what cursors of Snowflake fetch as a whole."""
    for name in _SNOWFLAKE:
        for owner in [one for one in module.SnowflakeCursor.__mro__ if name in vars(one)][:1]:
            patches.observe(owner, name, _after_snowflake)


def _after_bigquery(call: Call, result: Any) -> None:
    source = call.args[0]
    within = getattr(source, "default_dataset", None)
    project = getattr(within, "project", None) or getattr(source, "project", None)
    sql, table = getattr(source, "query", None), getattr(source, "_table", None)
    # What begins with _ holds the result of a query whose text an earlier client does not keep.
    if not sql and table is not None and not table.dataset_id.startswith("_"):
        sql = whole_table(f"{table.project}.{table.dataset_id}.{table.table_id}", "`")
    if sql:
        database = opened("bigquery", project, None, getattr(within, "dataset_id", None), {})
        read_by(call, database, sql, result, f"bigquery.{call.function}")


def _after_snowflake(call: Call, result: Any) -> None:
    cursor = call.args[0]
    sql = getattr(cursor, "query", None)
    if sql:
        read_by(call, cursor.connection, sql, result, f"snowflake.{call.function}")


MODULES = {
    "google.cloud.bigquery.job.query": patch_jobs,
    "google.cloud.bigquery.table": patch_rows,
    "snowflake.connector.cursor": patch_snowflake,
}
