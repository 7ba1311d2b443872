"""SQL databases, as pandas and polars read and write them: `sql_` says what it means.

Few programs that use these libraries use a database, so `sql_` is imported when one does.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from forebear.capture.patching import Patches, later

__all__ = ["MODULES"]

_MEANING: Final = "forebear.capture.integrations.sql_"


def patch_pandas(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of databases by pandas."""
    for name in ("read_sql", "read_sql_query", "read_sql_table"):
        patches.observe(module, name, later(_MEANING, "after_pandas_read"))
    for cls in (module.DataFrame, module.Series):
        for owner in [one for one in cls.__mro__ if "to_sql" in vars(one)][:1]:
            patches.observe(owner, "to_sql", later(_MEANING, "after_pandas_write"))


def patch_polars(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of databases by polars."""
    patches.observe(module, "read_database", later(_MEANING, "after_polars_read"))
    patches.observe(module, "read_database_uri", later(_MEANING, "after_polars_read"))
    patches.observe(module.DataFrame, "write_database", later(_MEANING, "after_polars_write"))


MODULES = {"pandas": patch_pandas, "polars": patch_polars}
