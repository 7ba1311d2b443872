"""The entry points that MLflow knows; it loads them while it is being loaded itself."""

from __future__ import annotations

from typing import Any

__all__ = ["artifacts", "registry", "tracking"]


def tracking(store_uri: str, artifact_uri: str | None = None) -> Any:
    """Return the tracking store at an address."""
    from forebear.server.mlflow.plugin import ForebearTracking

    return ForebearTracking(store_uri)


def registry(store_uri: str, tracking_uri: str | None = None) -> Any:
    """Return the model registry at an address."""
    from forebear.server.mlflow.plugin import ForebearRegistry

    return ForebearRegistry(store_uri)


def artifacts(
    artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
) -> Any:
    """Return the files at an address."""
    from forebear.server.mlflow.plugin import ForebearArtifacts

    return ForebearArtifacts(artifact_uri, tracking_uri, registry_uri)
