from __future__ import annotations

import pytest

from forebear.client.client import connect
from forebear.client.locate import init_store
from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, VersionNamed
from forebear.ops.deployments import DeploymentsRequest
from forebear.store import open_store


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a store that knows the model churn, as one works in it."""
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        for number in (1, 2):
            digest = of_bytes(b"model %d" % number)
            store.append(
                [
                    ArtifactRecorded(artifact=digest, kind="model", digest=digest),
                    VersionNamed(kind="model", name="churn", artifact=digest),
                ]
            )
    return tmp_path


@pytest.fixture
def deployed(folder):
    """What the store says of deployments, after it has taken in what was counted."""

    def deployed(env="prod"):
        with connect(str(folder)) as client:
            return client.call(DeploymentsRequest(env=env)).deployments

    return deployed
