import resource

import pytest

from hostile.attack import FULL, Attack, Figures
from hostile.seeded import seeded
from serving import asked


def pytest_terminal_summary(terminalreporter):
    if FULL and Figures.sent:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        terminalreporter.write_line(
            f"{Figures.sent:,} requests, {Figures.refused:,} refused, at most {most} MB; the"
            f" slowest took {Figures.slowest:.2f} s of the processor: {Figures.slowest_of}"
        )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with seeded(tmp_path_factory.mktemp("attacked")) as store:
        yield store


@pytest.fixture(scope="module")
def http(store):
    with asked(store) as http:
        yield http


@pytest.fixture(scope="module")
def attack(http, store):
    return Attack(http, store)


@pytest.fixture(scope="module")
def known(http):
    """What MLflow's clients know of a run, a model and a version that are there."""

    def said(path, **body):
        return http.post(f"/api/2.0/mlflow/{path}", json=body).json()

    run = said("runs/create", experiment_id="0", start_time=1)["run"]["info"]["run_id"]
    said("registered-models/create", name="reg")
    logged = said("logged-models", experiment_id="0", name="m", source_run_id=run)
    return {
        "run_id": run,
        "run_uuid": run,
        "experiment_id": "0",
        "experiment_ids": ["0"],
        "name": "reg",
        "key": "k",
        "value": "1",
        "model_id": logged["model"]["info"]["model_id"],
        "version": "1",
        "alias": "a",
        "source": f"runs:/{run}/x",
        "timestamp": 1,
        "metric_key": "k",
    }
