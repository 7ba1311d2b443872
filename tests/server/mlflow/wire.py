"""What MLflow's clients send and are answered, on the wire."""

API = "/api/2.0/mlflow/"
FILES = "/api/2.0/mlflow-artifacts/artifacts"


class Client:
    def __init__(self, http, root=""):
        self.http, self.root = http, root

    def ask(self, method, path, expected=200, /, **said):
        more = {"params": said} if method == "GET" else {"json": said}
        answer = self.http.request(method, f"{self.root}{API}{path}", **more)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def get(self, path, /, **said):
        return self.ask("GET", path, **said)

    def post(self, path, /, **said):
        return self.ask("POST", path, **said)

    def refused(self, method, path, expected=400, /, **said):
        told = self.ask(method, path, expected, **said)
        assert set(told) == {"error_code", "message"}
        return told["error_code"], told["message"]

    def run(self, **said):
        return self.post("runs/create", **{"experiment_id": "0", "start_time": 1000, **said})["run"]

    def put(self, path, body):
        answer = self.http.put(f"{self.root}{FILES}/{path}", content=body)
        assert answer.status_code == 200, answer.text

    def logged_model(self, run, files):
        made = self.post(
            "logged-models", experiment_id="0", name="model", source_run_id=run["info"]["run_id"]
        )["model"]["info"]
        folder = made["artifact_uri"].removeprefix("mlflow-artifacts:/")
        for name, body in files.items():
            self.put(f"{folder}/{name}", body)
        id = made["model_id"]
        self.post("runs/outputs", run_id=run["info"]["run_id"], models=[{"model_id": id}])
        self.ask("PATCH", f"logged-models/{id}", model_id=id, status="LOGGED_MODEL_READY")
        return id
