"""forebear: where a model came from, what it reaches, and whether it can be made again.

    import forebear as fb

    fb.autolog()
    with fb.run("train", params={"depth": 4}):
        ...
    fb.trace("churn@champion")

Everything here is loaded at first use: `import forebear` costs no more than msgspec.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing takes longer than all else that is done here
if TYPE_CHECKING:
    from typing import Any, Final

    from forebear.capture.api import (
        Run,
        autolog,
        log_data,
        log_metrics,
        log_model,
        log_params,
        run,
        use,
    )
    from forebear.capture.loading import load_model
    from forebear.capture.serving.middleware import serving
    from forebear.capture.validate.sdk import validate
    from forebear.client.catalog import (
        column,
        data,
        describe,
        fresh,
        licence,
        own,
        scan,
        search,
        stop,
        tag,
    )
    from forebear.client.life import (
        approve,
        audit,
        check_policy,
        demote,
        kpi,
        promote,
        reject,
        retire,
        rollback,
    )
    from forebear.client.quality import blame, check_quality, drift, profile, suggest_checks
    from forebear.client.queries import (
        bias,
        check_completeness,
        columns,
        impact,
        leaks,
        path,
        rows,
        show,
        trace,
        who_used,
    )
    from forebear.client.runs import compare_runs, runs, series
    from forebear.client.usage import (
        close_recall,
        consumers,
        deploy,
        deployments,
        recall,
        recall_status,
        recalled,
        recalls,
        remedy,
        traffic,
        undeploy,
    )
    from forebear.core.errors import ForebearError
    from forebear.engines.identity import digest_of

__version__ = "0.1.0"

remote: str | None = None
"""Another store, a folder or the URL of a database, to which what this program records goes when
a run ends; it comes before FOREBEAR_REMOTE and config.toml."""

_HOMES: Final = {
    "ForebearError": "forebear.core.errors",
    "Run": "forebear.capture.api",
    "autolog": "forebear.capture.api",
    "bias": "forebear.client.queries",
    "check_completeness": "forebear.client.queries",
    "columns": "forebear.client.queries",
    "leaks": "forebear.client.queries",
    "rows": "forebear.client.queries",
    "who_used": "forebear.client.queries",
    "digest_of": "forebear.engines.identity",
    "impact": "forebear.client.queries",
    "load_model": "forebear.capture.loading",
    "log_data": "forebear.capture.api",
    "log_metrics": "forebear.capture.api",
    "log_model": "forebear.capture.api",
    "load_ipython_extension": "forebear.capture.notebook",
    "log_params": "forebear.capture.api",
    "path": "forebear.client.queries",
    "run": "forebear.capture.api",
    "serving": "forebear.capture.serving.middleware",
    "show": "forebear.client.queries",
    "trace": "forebear.client.queries",
    "unload_ipython_extension": "forebear.capture.notebook",
    "use": "forebear.capture.api",
    "validate": "forebear.capture.validate.sdk",
    "column": "forebear.client.catalog",
    "data": "forebear.client.catalog",
    "describe": "forebear.client.catalog",
    "fresh": "forebear.client.catalog",
    "licence": "forebear.client.catalog",
    "own": "forebear.client.catalog",
    "scan": "forebear.client.catalog",
    "search": "forebear.client.catalog",
    "stop": "forebear.client.catalog",
    "tag": "forebear.client.catalog",
    "blame": "forebear.client.quality",
    "check_quality": "forebear.client.quality",
    "drift": "forebear.client.quality",
    "profile": "forebear.client.quality",
    "suggest_checks": "forebear.client.quality",
    "approve": "forebear.client.life",
    "audit": "forebear.client.life",
    "check_policy": "forebear.client.life",
    "demote": "forebear.client.life",
    "kpi": "forebear.client.life",
    "promote": "forebear.client.life",
    "reject": "forebear.client.life",
    "retire": "forebear.client.life",
    "rollback": "forebear.client.life",
    "compare_runs": "forebear.client.runs",
    "runs": "forebear.client.runs",
    "series": "forebear.client.runs",
    "close_recall": "forebear.client.usage",
    "consumers": "forebear.client.usage",
    "deploy": "forebear.client.usage",
    "deployments": "forebear.client.usage",
    "recall": "forebear.client.usage",
    "recall_status": "forebear.client.usage",
    "recalled": "forebear.client.usage",
    "recalls": "forebear.client.usage",
    "remedy": "forebear.client.usage",
    "traffic": "forebear.client.usage",
    "undeploy": "forebear.client.usage",
}

__all__ = [
    "ForebearError",
    "Run",
    "__version__",
    "approve",
    "audit",
    "autolog",
    "bias",
    "blame",
    "check_completeness",
    "check_policy",
    "check_quality",
    "close_recall",
    "column",
    "columns",
    "compare_runs",
    "consumers",
    "data",
    "demote",
    "deploy",
    "deployments",
    "describe",
    "digest_of",
    "drift",
    "fresh",
    "impact",
    "kpi",
    "leaks",
    "licence",
    "load_model",
    "log_data",
    "log_metrics",
    "log_model",
    "log_params",
    "own",
    "path",
    "profile",
    "promote",
    "recall",
    "recall_status",
    "recalled",
    "recalls",
    "reject",
    "remedy",
    "retire",
    "rollback",
    "rows",
    "run",
    "runs",
    "scan",
    "search",
    "series",
    "serving",
    "show",
    "stop",
    "suggest_checks",
    "tag",
    "trace",
    "traffic",
    "undeploy",
    "use",
    "validate",
    "who_used",
]


def __getattr__(name: str) -> Any:
    import importlib

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'forebear' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "remote"])
