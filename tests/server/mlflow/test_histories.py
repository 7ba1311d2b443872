"""Histories of metrics, for charts of several runs."""

import pytest

AJAX = "/ajax-api/2.0/mlflow/metrics/"


@pytest.fixture
def runs(mlflow):
    made = [mlflow.run()["info"]["run_id"] for _ in range(2)]
    for id, count in zip(made, (10, 20), strict=True):
        points = [{"key": "m", "value": 1.0, "timestamp": 5, "step": n} for n in range(count)]
        mlflow.post("runs/log-batch", run_id=id, metrics=points)
    return made


class TestBulk:
    def test_values_of_several_runs_by_run_and_time(self, mlflow, http, runs):
        mlflow.post("runs/log-metric", run_id=runs[0], key="m", value=2, timestamp=1, step=99)
        said = {"run_id": [*runs, "0" * 32], "metric_key": "m"}
        told = http.get(f"{AJAX}get-history-bulk", params=said).json()["metrics"]
        assert [one["run_id"] for one in told] == [
            id for id in sorted(runs) for _ in range(11 if id == runs[0] else 20)
        ]
        first = next(one for one in told if one["run_id"] == runs[0])
        assert first == {
            "key": "m", "value": 2, "timestamp": 1, "step": 99, "run_id": runs[0],
        }  # fmt: skip

    def test_no_more_than_asked_for(self, http, runs):
        said = {"run_id": runs[0], "metric_key": "m", "max_results": 3}
        told = http.get(f"{AJAX}get-history-bulk", params=said).json()["metrics"]
        assert [one["step"] for one in told] == [0, 1, 2]

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({"metric_key": "m"}, "at least one run_id"),
            ({"run_id": ["r"] * 101, "metric_key": "m"}, "more than 100 run_ids"),
            ({"run_id": "r"}, "must specify a metric_key"),
        ],
    )
    def test_refused(self, http, said, wrong):
        answer = http.get(f"{AJAX}get-history-bulk", params=said)
        assert (answer.status_code, wrong in answer.json()["message"]) == (400, True)


class TestInterval:
    @pytest.mark.parametrize(
        ("said", "steps"),
        [
            ({"max_results": 5}, [0, 2, 4, 6, 9]),
            ({"max_results": 5, "start_step": 0, "end_step": 4}, [0, 1, 2, 3, 4]),
            ({"max_results": 1}, [9]),
            ({}, list(range(10))),
        ],
    )
    def test_thinned_out_evenly_and_the_last_is_there(self, http, runs, said, steps):
        asked = {"run_ids": runs[0], "metric_key": "m", **said}
        told = http.get(f"{AJAX}get-history-bulk-interval", params=asked).json()["metrics"]
        assert [one["step"] for one in told] == steps

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({}, "'run_ids'"),
            ({"run_ids": ["r"] * 101}, "at most 100 run_ids"),
            ({"run_ids": "r", "max_results": 0}, "between 1 and 2500"),
            ({"run_ids": "r", "start_step": 1}, "both must be specified"),
            ({"run_ids": "r", "start_step": 1, "end_step": 0}, "must be greater"),
        ],
    )
    def test_refused(self, http, said, wrong):
        asked = {"metric_key": "m", **said}
        answer = http.get(f"{AJAX}get-history-bulk-interval", params=asked)
        assert (answer.status_code, wrong in answer.json()["message"]) == (400, True)
