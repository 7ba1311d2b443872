"""MLflow's filters, orders and pages."""

import pytest


class TestSearch:
    @pytest.fixture
    def found(self, mlflow):
        for n in range(6):
            id = mlflow.run(run_name=f"run {n}", start_time=1000 + n)["info"]["run_id"]
            mlflow.post(
                "runs/log-batch", run_id=id,
                params=[{"key": "depth", "value": str(n)}, {"key": "my param", "value": "x"}],
                tags=[{"key": "team", "value": "risk" if n % 2 else "ads"}],
                metrics=[{"key": "f1", "value": n / 10, "timestamp": 1, "step": 0}] if n else [],
            )  # fmt: skip
        return lambda text, **more: [
            run["info"]["run_name"][-1]
            for run in mlflow.post(
                "runs/search", experiment_ids=["0"], filter=text, **more
            )["runs"]
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", "543210"),
            ("metrics.f1 > 0.3", "54"),
            ("metrics.`f1` <= 0.2 and tags.team = 'risk'", "1"),
            ("params.depth = '3'", "3"),
            ("params.\"depth\" != '3'", "54210"),
            ("param.`my param` = 'x' AND attributes.run_name LIKE 'run%4'", "4"),
            ("tags.team ILIKE 'RI%'", "531"),
            ("attribute.status = 'RUNNING' and start_time >= 1004", "54"),
            ("metrics.f1 = 0", ""),
            ("params.none IS NULL and metrics.f1 < 0.2", "1"),
            ("tags.team IS NOT NULL", "543210"),
            ("run_id IN ('a', 'b')", ""),
        ],
    )
    def test_filters(self, found, text, names):
        assert "".join(found(text)) == names

    @pytest.mark.parametrize(
        ("order", "names"),
        [
            (["metrics.f1 DESC"], "543210"),
            (["metrics.f1 ASC"], "123450"),
            (["tags.team", "params.depth"], "024135"),
            (["attributes.start_time"], "012345"),
            (["start_time desc"], "543210"),
        ],
    )
    def test_orders(self, found, order, names):
        assert "".join(found("", order_by=order)) == names

    @pytest.mark.parametrize(
        "text",
        [
            "metrics.f1", "metrics.f1 >", "metrics.f1 > 'a'", "metrics.f1 LIKE '1'", "f1 > 1",
            "params.a = 1", "params.a > '1'", "params.a = 'b' OR params.a = 'c'", "1=1 --",
            "') OR 1=1", "__import__('os')", "name = 'a'; DROP TABLE runs", "(params.a = 'b')",
            "run_id IN ()", "run_id IN ('a'", "params.a = 'unclosed", "other.a = 'b'",
            "((((" * 5000,
            "params.a LIKE '" + "%a" * 12_000 + "'", "\x00", "attributes.__class__ = 'x'",
            "dataset.source = 'x'", "dataset.__class__ = 'x'",
        ],
    )  # fmt: skip
    def test_what_is_no_filter_is_refused(self, mlflow, text):
        code, message = mlflow.refused("POST", "runs/search", experiment_ids=["0"], filter=text)
        assert code == "INVALID_PARAMETER_VALUE"
        assert len(message) < 1000

    def test_what_runs_used_is_searched_whatever_is_known_of_it(self, mlflow):
        used = [(n, mlflow.run(run_name=name)["info"]["run_id"]) for n, name in enumerate("abc")]
        tags = [[], [{"key": "k", "value": "v"}], [{"key": "mlflow.data.context", "value": "eval"}]]
        for n, id in used:
            data = {"dataset": {"name": f"x{n}", "digest": "1"}, "tags": tags[n]}
            mlflow.post("runs/log-inputs", run_id=id, datasets=[data])
        found = {
            text: [
                run["info"]["run_name"]
                for run in mlflow.post("runs/search", experiment_ids=["0"], filter=text)["runs"]
            ]
            for text in (
                "dataset.context = 'eval'",
                "datasets.name LIKE 'x_'",
                "dataset.digest='2'",
            )
        }
        assert [sorted(one) for one in found.values()] == [["c"], ["a", "b", "c"], []]

    @pytest.mark.parametrize(
        ("said", "part"),
        [
            ({"filter": "params.a = b"}, "not quoted or unidentified quote types"),
            ({"filter": "params.a = 'b' OR params.a = 'c'"}, "Invalid clause(s) in filter string"),
            ({"filter": "run_id IN ()"}, "but got empty list"),
            ({"filter": "run_id IN ('a',,'b')"}, "but got ill-formed list"),
            ({"filter": "run_id IN (1)"}, "but got different type in list"),
            ({"filter": "start_time = 'x'"}, "numeric value type for numeric attribute: start_t"),
            ({"order_by": ["start_time UP"]}, "Invalid order_by clause 'start_time UP'"),
            ({"max_results": 0}, "It must be a positive integer"),
            ({"max_results": 50_001}, "It must be at most 50000"),
            ({"experiment_ids": ["x"]}, "Invalid experiment ID 'x'"),
        ],
    )
    def test_what_is_wrong_is_said_in_the_words_of_clients(self, mlflow, said, part):
        code, message = mlflow.refused("POST", "runs/search", **{"experiment_ids": ["0"], **said})
        assert (code, part in message) == ("INVALID_PARAMETER_VALUE", True), message

    @pytest.mark.parametrize("order", ["; drop", "metrics.", "nothing", "(select 1)", "a b c"])
    def test_what_is_no_order_is_refused(self, mlflow, order):
        asked = {"experiment_ids": ["0"], "order_by": [order]}
        assert mlflow.refused("POST", "runs/search", **asked)[0] == "INVALID_PARAMETER_VALUE"

    @pytest.mark.parametrize("token", ["x", "LTE=", "MTIzNDU2Nzg5MDEyMzQ1", "é", "Li4v"])
    def test_what_is_no_page_is_refused(self, mlflow, token):
        asked = {"experiment_ids": ["0"], "page_token": token}
        assert mlflow.refused("POST", "runs/search", **asked)[0] == "INVALID_PARAMETER_VALUE"

    def test_pages_together_are_the_whole(self, found, mlflow):
        names, token = [], None
        while True:
            told = mlflow.post("runs/search", experiment_ids=["0"], max_results=4, page_token=token)
            names += [run["info"]["run_name"][-1] for run in told["runs"]]
            token = told["next_page_token"]
            if token is None:
                break
        assert "".join(names) == "543210"


class TestSearchOfLoggedModels:
    @pytest.fixture
    def names(self, mlflow):
        run = mlflow.run()["info"]["run_id"]
        for n, name in enumerate(("one", "two")):
            id = mlflow.post("logged-models", experiment_id="0", name=name)["model"]["info"][
                "model_id"
            ]
            for data, value in (("old", 0.9 - n / 2), ("new", 0.1 + n / 2)):
                mlflow.post(
                    "runs/log-metric", run_id=run, key="f1", value=value, timestamp=n, step=0,
                    model_id=id, dataset_name=data, dataset_digest="1",
                )  # fmt: skip
        return lambda **said: [
            one["info"]["name"]
            for one in mlflow.post("logged-models/search", experiment_ids=["0"], **said)["models"]
        ]

    def test_where_data_is_wanted_only_what_was_measured_on_it_counts(self, names, mlflow):
        data = [{"dataset_name": "new", "dataset_digest": "1"}]
        assert names(filter="metrics.f1 > 0.5", order_by=[{"field_name": "name"}]) == ["one", "two"]
        assert names(filter="metrics.f1 > 0.5", datasets=data) == ["two"]
        assert names(datasets=[{"dataset_name": "none"}]) == []
        code, message = mlflow.refused(
            "POST", "logged-models/search", experiment_ids=["0"], datasets=[{"dataset_digest": "1"}]
        )
        assert (code, "`dataset_name`" in message) == ("INVALID_PARAMETER_VALUE", True)

    def test_an_order_ascends_unless_it_is_said_to_descend(self, names):
        assert names(order_by=[{"field_name": "name"}]) == ["one", "two"]
        assert names(order_by=[{"field_name": "name", "ascending": False}]) == ["two", "one"]
