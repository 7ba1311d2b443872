import random

import numpy as np
import pandas as pd
import pytest

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "a.npy", rng.normal(size=(40, 3)))
    np.save(tmp_path / "b.npy", rng.normal(size=(40, 2)))
    return tmp_path


def test_files_of_all_kinds(folder):
    with recording(folder) as record:
        a = np.load("a.npy")
        np.savez("c.npz", first=a, second=a[:, 0])
        np.savetxt("d.txt", a[:5])
        np.save("e", a[10:])
        archive = np.load("c.npz")
        np.save("f.npy", archive["second"])
        np.loadtxt("d.txt")
    used = {record.generated(s)[0]: record.used(s) for s in record.steps if s.kind == "transform"}
    assert used == {
        "c.npz": [("a", "input")],
        "d.txt": [("a", "input")],
        "e.npy": [("a", "input")],
        "f.npy": [("c.npz", "input")],
    }
    assert record.gaps == []
    assert record.inferred() == []


def test_an_array_in_an_open_file(folder):
    with recording(folder) as record:
        a = np.load("a.npy")
        with open("g.npy", "wb") as file:
            np.save(file, a[2:])
    assert record.used(record.step("numpy.save")) == [("a", "input")]


def test_columns_put_together_are_recognised_by_their_values(folder):
    with recording(folder) as record:
        a, b = np.load("a.npy"), np.load("b.npy")
        np.save("both.npy", np.hstack([a, b]))
    assert record.used(record.step("numpy.save")) == [("a", "input"), ("b", "input")]
    assert record.inferred() == []


def test_arithmetic_is_done_again_and_seen_to_give_the_same(folder):
    with recording(folder) as record:
        a = np.load("a.npy")
        np.load("b.npy")
        scaled = (a - a.mean(0)) / a.std(0)
        scaled = np.log1p(np.abs(scaled))
        np.save("scaled.npy", scaled)
    (link,) = record.step("numpy.save").used
    assert (record.label(link.artifact), link.evidence) == ("a", "observed")
    assert record.gaps == []


def test_what_a_plain_function_returns_is_worked_out_from_its_code(folder):
    def doubled(values):
        return values * 2

    with recording(folder) as record:
        a = np.load("a.npy")
        np.load("b.npy")
        np.save("scaled.npy", doubled(a))
    (link,) = record.step("numpy.save").used
    assert (record.label(link.artifact), link.evidence) == ("a", "observed")
    assert record.gaps == []


def test_arithmetic_that_cannot_be_done_again_is_said_to_be_inferred(folder):
    secret = eval("lambda values: values * 2")  # it has no code that could be read

    with recording(folder) as record:
        a = np.load("a.npy")
        np.load("b.npy")
        scaled = secret(a)
        np.save("scaled.npy", scaled)
    (link,) = record.step("numpy.save").used
    assert (record.label(link.artifact), link.evidence) == ("a", "inferred")
    assert record.gaps == ["How scaled.npy was made was not seen: its sources are inferred."]


def test_labels_alike_by_chance_are_not_taken_for_copies(folder):
    pd.DataFrame({"y": [0, 1] * 20, "z": [1, 0] * 20}).to_csv(folder / "y.csv", index=False)
    with recording(folder) as record:
        pd.read_csv("y.csv")
        np.save("made.npy", np.arange(40) % 2)
    assert [link.evidence for link in record.step("numpy.save").used] == ["inferred"]


def test_seeds_that_the_program_sets_are_settings_of_the_run(tmp_path):
    with recording(tmp_path) as record:
        np.random.seed(3)
        random.seed(4)
        first = np.random.default_rng(5).normal()
        np.random.default_rng()
        pd.DataFrame({"a": range(9)}).sample(3, random_state=8)
    assert record.params == {
        "seed.numpy.seed": 3,
        "seed.random": 4,
        "seed.numpy.default_rng": 5,
    }
    assert first == np.random.default_rng(5).normal()


def test_undo_leaves_numpy_as_it_was(tmp_path):
    before = [np.load, np.save, np.random.seed, random.seed, np.lib.npyio.NpzFile.__getitem__]
    functions = [np.concatenate, np.where, np.array]
    with recording(tmp_path):
        assert np.load is not before[0]
        assert [np.concatenate, np.where, np.array] == functions
    after = [np.load, np.save, np.random.seed, random.seed, np.lib.npyio.NpzFile.__getitem__]
    assert after == before
