import copy
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

torch = pytest.importorskip("torch")

from sklearn.metrics import accuracy_score  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split  # noqa: E402

import forebear  # noqa: E402
from forebear.engines.weights import weights_of  # noqa: E402

from .networks import ROWS, kinds, recorded, roles  # noqa: E402


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 8)
        self.last = nn.Linear(8, 1)

    def forward(self, x):
        return self.last(torch.relu(self.first(x)))[:, 0]


def tensors():
    frame = pd.read_csv("points.csv")
    X = torch.from_numpy(frame[["a", "b"]].to_numpy(dtype="float32"))
    y = torch.as_tensor(frame["t"].to_numpy(dtype="float32"))
    return X, y


def train(model, loader, epochs=2, optimizer=None):
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=0.01)
    loss_of = nn.BCEWithLogitsLoss()
    model.train()
    for _ in range(epochs):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = loss_of(model(xb), yb)
            loss.backward()
            optimizer.step()
    return loss.item()


def test_from_a_file_to_a_saved_model(tmp_path):
    with recorded(tmp_path) as record:
        torch.manual_seed(7)
        X, y = tensors()
        train_set, test_set = random_split(TensorDataset(X, y), [100, 20])
        train_loader = DataLoader(train_set, batch_size=10, shuffle=True)
        test_loader = DataLoader(test_set, batch_size=10)
        net = Net()
        for _ in range(3):
            train(net, train_loader, epochs=1)
            net.eval()
            with torch.no_grad():
                [net(xb) for xb, _ in test_loader]
        torch.save(net.state_dict(), "net.pt")
    (step,) = kinds(record, "train")
    assert {role for _, role in roles(record, step)} == {"train", "test"}
    assert step.params["optimizer"] == "Adam"
    assert step.params["lr"] == 0.01
    assert (step.params["steps"], step.params["batch_size"]) == (30, 10)
    assert record.params["seed.torch"] == 7
    model = record.artifacts[step.generated[0].artifact]
    file = record.by_label("net.pt")
    assert model.weights == file.weights == weights_of(net)
    assert (model.attrs["parameters"], model.attrs["library"]) == (33, "torch")
    assert {"points.csv", "X", "y", "model"} <= record.ancestors(file.artifact)
    assert record.metrics[0].metrics[0].key == "loss"
    assert record.gaps == []
    assert record.inferred() == []


def test_the_parts_of_a_split_are_different_data(tmp_path):
    with recorded(tmp_path) as record:
        X, y = tensors()
        train_set, _ = random_split(TensorDataset(X, y), [100, 20])
        net = Net()
        train(net, DataLoader(train_set, batch_size=10))
    (step,) = kinds(record, "train")
    assert [record.artifacts[link.artifact].rows for link in step.used] == [100, 100]
    splits = kinds(record, "split")
    assert [(one.name, len(one.generated)) for one in splits] == [("Subset", 1)] * 2
    assert all(one.flows[0].rows[0] is not None for one in splits)


def test_a_file_that_is_loaded_is_the_base_of_further_training(tmp_path):
    with recorded(tmp_path) as record:
        loader = DataLoader(TensorDataset(*tensors()), batch_size=20)
        net = Net()
        train(net, loader)
        torch.save({"model": net.state_dict(), "epoch": 2}, "first.pt")
        again = Net()
        again.load_state_dict(torch.load("first.pt")["model"])
        train(again, loader)
        torch.save(again, "second.pt")
    first, second = kinds(record, "train")
    assert ("first.pt", "base") in roles(record, second)
    assert all(role != "base" for _, role in roles(record, first))
    assert {"first.pt", "points.csv"} <= record.ancestors(record.by_label("second.pt").artifact)


def test_training_on_whole_tensors_is_seen(tmp_path):
    with recorded(tmp_path) as record:
        X, y = tensors()
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(X), y).backward()
            optimizer.step()
        torch.save(net.state_dict(), "net.pt")
    (step,) = kinds(record, "train")
    assert {(record.label(one.artifact), one.slot) for one in step.used} == {("X", "X"), ("y", "y")}
    assert (step.name, step.params["momentum"], step.params["steps"]) == ("SGD.step", 0.5, 5)


def test_predictions_and_metrics_name_the_model(tmp_path):
    with recorded(tmp_path) as record:
        X, y = tensors()
        net = Net()
        train(net, DataLoader(TensorDataset(X, y), batch_size=20))
        net.eval()
        with torch.inference_mode():
            logits = net(X)
        accuracy_score(y.numpy(), (logits > 0).numpy())
    (step,) = kinds(record, "train")
    (metric,) = [one for one in record.metrics if one.metrics[0].key == "accuracy"]
    assert metric.model == step.generated[0].artifact
    (predict,) = kinds(record, "predict")
    assert step.generated[0].artifact in [link.artifact for link in predict.used]


def test_a_loop_over_seeds_makes_one_model_each(tmp_path):
    with recorded(tmp_path) as record:
        loader = DataLoader(TensorDataset(*tensors()), batch_size=20)
        for seed in range(3):
            torch.manual_seed(seed)
            train(Net(), loader)
    assert len(kinds(record, "train")) == 3
    assert len({step.generated[0].artifact for step in kinds(record, "train")}) == 3


def test_models_that_take_turns_are_one_training_each(tmp_path):
    with recorded(tmp_path) as record:
        X, y = tensors()
        nets = [Net(), Net()]
        optimizers = [torch.optim.SGD(net.parameters(), lr=0.1) for net in nets]
        for _ in range(6):
            for net, optimizer in zip(nets, optimizers, strict=True):
                optimizer.zero_grad()
                nn.functional.binary_cross_entropy_with_logits(net(X), y).backward()
                optimizer.step()
    assert len(kinds(record, "train")) <= 3


def test_the_best_state_on_the_way_has_an_origin(tmp_path):
    with recorded(tmp_path) as record:
        loader = DataLoader(TensorDataset(*tensors()), batch_size=20)
        net = Net()
        train(net, loader)
        best = copy.deepcopy(net.state_dict())
        train(net, loader)
        torch.save(best, "best.pt")
    assert "points.csv" in record.ancestors(record.by_label("best.pt").artifact)
    assert record.by_label("best.pt").weights != weights_of(net)


def test_the_users_own_dataset_is_looked_into(tmp_path):
    class Points(Dataset):
        def __init__(self, frame):
            self.frame = frame

        def __len__(self):
            return len(self.frame)

        def __getitem__(self, i):
            row = self.frame.iloc[i]
            return torch.tensor([row.a, row.b], dtype=torch.float32), torch.tensor(float(row.t))

    with recorded(tmp_path) as record:
        frame = pd.read_csv("points.csv")
        net = Net()
        train(net, DataLoader(Points(frame), batch_size=30), epochs=1)
    (step,) = kinds(record, "train")
    assert roles(record, step) == {("frame", "train")}


def test_data_of_unknown_origin_is_said_to_be_unseen(tmp_path):
    class Noise(torch.utils.data.IterableDataset):
        def __iter__(self):
            for _ in range(40):
                yield torch.randn(2), torch.ones(())

    with recorded(tmp_path) as record:
        train(Net(), DataLoader(Noise(), batch_size=10), epochs=1)
    assert any("was not seen" in gap for gap in record.gaps)


def test_tensors_in_a_file_are_data(tmp_path):
    with recorded(tmp_path) as record:
        X, _ = tensors()
        torch.save(X, "X.pt")
        Y = torch.load("X.pt")
        train(Net(), DataLoader(TensorDataset(Y, Y[:, 0]), batch_size=30), epochs=1)
    assert record.step("torch.save").generated
    (step,) = kinds(record, "train")
    assert "points.csv" in record.ancestors(step.generated[0].artifact)


def test_nothing_changes_for_the_program_and_nothing_is_left(tmp_path, monkeypatch):
    def program():
        torch.manual_seed(1)
        net = Net()
        loss = train(net, DataLoader(TensorDataset(*tensors()), batch_size=20, shuffle=True))
        return loss, weights_of(net)

    before = {name: getattr(torch, name) for name in ("save", "load", "tensor", "manual_seed")}
    call, back = nn.Module.__call__, torch.Tensor.backward
    with recorded(tmp_path):
        inside = program()
    monkeypatch.chdir(tmp_path)
    assert program() == inside
    assert all(getattr(torch, name) is function for name, function in before.items())
    assert (nn.Module.__call__, torch.Tensor.backward) == (call, back)
    assert not sys.modules["torch.optim.optimizer"]._global_optimizer_post_hooks


def test_compilers_see_through_the_wrappers(tmp_path):
    class Shifted(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 2)

        def forward(self, x):
            return self.inner(x) + torch.tensor([1.0, 2.0])

    def program():
        torch._dynamo.reset()
        net, x = Shifted(), torch.ones(3, 2)
        want = net(x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = [
                torch.compile(net, backend="eager", fullgraph=True),
                torch.jit.script(net),
                torch.jit.trace(net, x),
                torch.fx.symbolic_trace(net),
                torch.export.export(net, (x,)).module(),
            ]
        return [torch.allclose(one(x), want) for one in made]

    assert all(program())
    with recorded(tmp_path) as record:
        assert all(program())
    assert all(program())
    assert not [gap for gap in record.gaps if "not recorded" in gap]


def test_a_step_calls_little_of_ours(tmp_path):
    ours = str(Path(forebear.__file__).parent)
    calls = 0

    def note(frame, event, _):
        nonlocal calls
        calls += event == "call" and frame.f_code.co_filename.startswith(ours)

    x = torch.zeros(4, 2)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

    def train(steps):
        for _ in range(steps):
            optimizer.zero_grad()
            net(x).sum().backward()
            optimizer.step()

    with recorded(tmp_path):
        train(50)
        sys.setprofile(note)
        try:
            train(100)
        finally:
            sys.setprofile(None)
    assert 0 < calls <= 40 * 100


def test_any_order_of_imports(tmp_path):
    (tmp_path / "first.py").write_text(
        "import forebear as fb, torch\n"
        "net = torch.nn.Linear(1, 1); opt = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "with fb.run('r'):\n"
        "    net(torch.ones(2, 1)).sum().backward(); opt.step()\n"
        "print('ok')\n"
    )
    done = subprocess.run(
        [sys.executable, "first.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "ok", done.stderr


def test_a_tensor_that_is_a_copy_is_known_by_its_values_or_by_the_code(tmp_path):
    with recorded(tmp_path) as record:
        frame = pd.read_csv("points.csv")
        values = frame[["a", "b"]].to_numpy(dtype="float32")
        X = torch.tensor(values)
        y = torch.tensor(frame["t"].to_numpy(), dtype=torch.float32)
        train(Net(), DataLoader(TensorDataset(X, y), batch_size=20))
    made = {record.generated(step)[0]: step for step in kinds(record, "transform")}
    (of_X,) = [step for label, step in made.items() if label.endswith("X")]
    (of_y,) = [step for label, step in made.items() if label.endswith("y")]
    assert {(record.label(one.artifact), one.evidence) for one in of_X.used} == {
        ("frame", "observed")
    }
    assert {(record.label(one.artifact), one.evidence) for one in of_y.used} == {
        ("frame", "inferred")
    }


def test_a_device_for_all_new_tensors_stays_in_force(tmp_path):
    def devices():
        with torch.device("meta"):
            made = torch.tensor([1.0]), torch.as_tensor([1.0]), torch.arange(3)
        return [str(one.device) for one in made]

    with recorded(tmp_path):
        assert devices() == ["meta"] * 3
    assert devices() == ["meta"] * 3


def test_rows_stay_in_the_record(tmp_path):
    with recorded(tmp_path) as record:
        train(Net(), DataLoader(TensorDataset(*tensors()), batch_size=20))
    (step,) = kinds(record, "train")
    assert [record.artifacts[link.artifact].rows for link in step.used] == [ROWS, ROWS]
