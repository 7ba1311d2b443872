"""What MLflow's own client takes for a call to each of several servers: started by `server.py`."""

import json
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric

from server import cpu

TURNS = 5


class Server:
    def __init__(self, url, group):
        self.group, self.client = group, MlflowClient(url)
        self.experiment = self.client.create_experiment("bench")
        self.run = self.client.create_run(self.experiment).info.run_id
        self.client.create_registered_model("churn")
        self.source = f"mlflow-artifacts:/{self.experiment}/{self.run}/artifacts/model"

    def batch(self, apart):
        now = int(time.time() * 1000)
        points = [Metric(f"m{n % 20}", n, now + n * apart, n) for n in range(1000)]
        self.client.log_batch(self.run, points)

    def search(self, id):
        wanted = "metrics.f1 > 0.5 and params.depth = '4'"
        self.client.search_runs([id], wanted, order_by=["metrics.f1 DESC"], max_results=100)


def timed(told, asked, what, work, times):
    """Measure one kind of call; the first turn is for warming up."""
    took, spent = {name: [] for name in asked}, dict.fromkeys(asked, 0)
    own = dict.fromkeys(asked, 0)
    for turn in range(-1, TURNS):
        for name, server in asked.items():
            before, begun_own = cpu(server.group), time.process_time()
            for _ in range(max(1, times // TURNS)):
                begun = time.perf_counter()
                work(server)
                if turn >= 0:
                    took[name].append(time.perf_counter() - begun)
            if turn >= 0:
                spent[name] += cpu(server.group) - before
                own[name] += time.process_time() - begun_own
    for name, one in took.items():
        one.sort()
        calls = len(one)
        told[name][what] = one[calls // 2] * 1000, spent[name] / calls, own[name] / calls * 1000


def main():
    servers, searched = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    told = {name: {} for name in servers}
    asked = {name: Server(*place) for name, place in servers.items()}
    ways = {
        "create_run": (60, lambda s: s.client.create_run(s.experiment)),
        "log_metric": (100, lambda s: s.client.log_metric(s.run, "loss", 0.5, step=1)),
        "log_batch (1000)": (10, lambda s: s.batch(0)),
        "log_batch (1000 times)": (10, lambda s: s.batch(1)),
        "register": (
            30, lambda s: s.client.create_model_version("churn", s.source, run_id=s.run),
        ),
        "alias": (40, lambda s: s.client.set_registered_model_alias("churn", "best", 1)),
    }  # fmt: skip
    for what, (times, work) in ways.items():
        timed(told, asked, what, work, times)
    for id, size in searched.items():
        timed(told, asked, f"search {size:,} runs", lambda s, id=id: s.search(id), TURNS)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
