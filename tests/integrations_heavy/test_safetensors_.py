import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")

import forebear as fb  # noqa: E402
from forebear.engines.safetensors import read_header, safetensors_weights  # noqa: E402
from forebear.engines.weights import weights_of  # noqa: E402

from .networks import kinds, recorded, roles  # noqa: E402
from .test_torch_ import Net, tensors, train  # noqa: E402

DataLoader, TensorDataset = torch.utils.data.DataLoader, torch.utils.data.TensorDataset


def test_weights_go_into_a_file_and_back(tmp_path):
    with recorded(tmp_path) as record:
        loader = DataLoader(TensorDataset(*tensors()), batch_size=20)
        net = Net()
        train(net, loader)
        safetensors.save_file(net.state_dict(), "net.safetensors", metadata={"by": "us"})
        again = Net()
        again.load_state_dict(safetensors.load_file("net.safetensors"))
        train(again, loader)
        safetensors.save_model(again, "again.safetensors")
    first, second = kinds(record, "train")
    assert ("net.safetensors", "base") in roles(record, second)
    file = record.by_label("net.safetensors")
    assert file.weights == record.artifacts[first.generated[0].artifact].weights
    assert "points.csv" in record.ancestors(record.by_label("again.safetensors").artifact)


def test_load_model_binds_the_module_to_the_file(tmp_path):
    with recorded(tmp_path) as record:
        net = Net()
        safetensors.save_model(net, "start.safetensors")
        other = Net()
        safetensors.load_model(other, "start.safetensors")
        train(other, DataLoader(TensorDataset(*tensors()), batch_size=20))
    (step,) = kinds(record, "train")
    assert ("start.safetensors", "base") in roles(record, step)


def test_digest_of_takes_a_network(tmp_path):
    net = Net()
    safetensors.save_model(net, tmp_path / "net.safetensors")
    assert fb.digest_of(net) == safetensors_weights(tmp_path / "net.safetensors")


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64", "int8"])
def test_a_file_has_the_digest_of_the_network_in_it(tmp_path, dtype):
    tied = torch.nn.Linear(3, 3)
    net = torch.nn.ModuleDict({"one": tied, "two": tied, "three": torch.nn.BatchNorm1d(3)})
    net.three.extra = torch.nn.Parameter(torch.ones(2).to(getattr(torch, dtype)), False)
    safetensors.save_model(net, tmp_path / "net.safetensors")
    assert safetensors_weights(tmp_path / "net.safetensors") == weights_of(net)
    assert "one.weight" in read_header(tmp_path / "net.safetensors").tensors
