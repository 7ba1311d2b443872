import warnings

import pandas as pd
import pytest

torch = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lightning = pytest.importorskip("lightning.pytorch")

from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from forebear.engines.weights import weights_of  # noqa: E402

from .networks import kinds, recorded, roles  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


class Lit(lightning.LightningModule):
    def __init__(self, width=4):
        super().__init__()
        self.save_hyperparameters()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(2, width), torch.nn.ReLU(), torch.nn.Linear(width, 1)
        )

    def forward(self, x):
        return self.net(x)[:, 0]

    def _loss(self, batch, name):
        x, y = batch
        loss = torch.nn.functional.binary_cross_entropy_with_logits(self(x), y)
        self.log(name, loss)
        return loss

    def training_step(self, batch, i):
        return self._loss(batch, "train_loss")

    def validation_step(self, batch, i):
        self._loss(batch, "val_loss")

    def test_step(self, batch, i):
        self._loss(batch, "test_loss")

    def predict_step(self, batch, i):
        return self(batch[0])

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


def loaders():
    frame = pd.read_csv("points.csv")
    parts = []
    for rows in (frame[:80], frame[80:100], frame[100:]):
        X = torch.from_numpy(rows[["a", "b"]].to_numpy("float32"))
        y = torch.from_numpy(rows["t"].to_numpy("float32"))
        parts.append(DataLoader(TensorDataset(X, y), batch_size=10))
    return parts


def trainer(**more):
    return lightning.Trainer(
        max_epochs=2,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        logger=False,
        **more,
    )


def test_from_a_file_to_a_checkpoint_and_back(tmp_path):
    with recorded(tmp_path) as record:
        train_loader, val_loader, test_loader = loaders()
        lit = Lit(width=6)
        runs = trainer()
        runs.fit(lit, train_loader, val_loader)
        (told,) = runs.test(lit, test_loader, verbose=False)
        runs.save_checkpoint("lit.ckpt")
        again = Lit.load_from_checkpoint("lit.ckpt")
        trainer(enable_checkpointing=False).fit(again, train_loader)
    first, second = kinds(record, "train")
    assert sorted({role for _, role in roles(record, first)}) == ["train", "validation"]
    assert first.params["optimizer"] == "Adam"
    assert first.params["lr"] == 0.02
    assert first.params["hparams.width"] == 6
    assert (first.params["steps"], first.params["batch_size"]) == (16, 10)
    made = record.artifacts[first.generated[0].artifact]
    assert made.weights == weights_of(lit) == record.by_label("lit.ckpt").weights
    assert "checkpoint" in [link.role for link in first.generated]
    assert ("lit.ckpt", "base") in roles(record, second)
    assert "points.csv" in record.ancestors(record.by_label("lit.ckpt").artifact)
    (evaluated,) = kinds(record, "evaluate")
    assert "test" in {role for _, role in roles(record, evaluated)}
    (metrics,) = [one for one in record.metrics if one.run == evaluated.run]
    assert metrics.metrics[0].value == pytest.approx(told["test_loss"])
    assert {one.split for one in record.metrics} == {"train", "validation", "test"}
    assert record.gaps == []


def test_one_fit_is_one_step_whatever_goes_on_inside(tmp_path):
    with recorded(tmp_path) as record:
        train_loader, val_loader, _ = loaders()
        runs = trainer(enable_checkpointing=False)
        runs.fit(Lit(), train_loader, val_loader)
        runs.predict(runs.lightning_module, val_loader)
    assert len(kinds(record, "train")) == 1
    assert len(kinds(record, "predict")) == 1


def test_nothing_is_left(tmp_path):
    fit = lightning.Trainer.fit
    load = vars(lightning.LightningModule)["load_from_checkpoint"]
    with recorded(tmp_path):
        assert lightning.Trainer.fit is not fit
    assert lightning.Trainer.fit is fit
    assert vars(lightning.LightningModule)["load_from_checkpoint"] is load
