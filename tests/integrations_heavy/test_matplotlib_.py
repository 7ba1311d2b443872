import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import pandas as pd  # noqa: E402

from capture.integrations.recording import recording  # noqa: E402

from .boosters import write_data  # noqa: E402


@pytest.fixture
def folder(tmp_path):
    write_data(tmp_path)
    yield tmp_path
    plt.close("all")


def draw():
    train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
    figure, (left, right) = plt.subplots(1, 2)
    left.scatter(train["a"], train["b"])
    right.hist(test["c"].to_numpy())
    figure.savefig("both.png", metadata={"Software": None})
    train.plot(x="a", y="b")
    plt.savefig("lines")
    plt.close("all")
    train.hist()
    plt.savefig("hist.svg")


def test_a_figure_is_made_from_the_data_that_was_drawn(folder):
    with recording(folder) as record:
        draw()
    steps = {record.generated(step)[0]: step for step in record.steps if step.kind != "ingest"}
    assert set(steps) == {"both.png", "lines.png", "hist.svg"}
    assert {label for label, _ in record.used(steps["both.png"])} == {"train", "test"}
    assert {label for label, _ in record.used(steps["lines.png"])} == {"train"}
    assert {label for label, _ in record.used(steps["hist.svg"])} == {"train"}
    figure = record.by_label("both.png")
    assert (figure.kind, figure.format) == ("file", "png")
    assert record.gaps == []
    assert record.inferred() == []


def test_a_figure_of_unseen_values_says_so(folder):
    with recording(folder) as record:
        plt.plot([1, 2, 3])
        plt.savefig("plain.png")
    assert record.gaps == [
        "How plain.png was made was not seen: its values were made in the program."
    ]


def test_figures_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        draw()
    seen = (folder / "both.png").read_bytes()
    plt.close("all")
    monkeypatch.chdir(folder)
    draw()
    assert (folder / "both.png").read_bytes() == seen


def test_undo_leaves_matplotlib_as_it_was(folder):
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    def methods():
        return [dict(vars(owner)) for owner in (Axes, Figure)]

    before = methods()
    with recording(folder):
        assert methods() != before
    assert methods() == before
