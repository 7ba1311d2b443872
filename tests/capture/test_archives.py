import numpy as np

from capture.integrations.recording import recording
from forebear.capture.archives import lengths_in, place_in, rows_in
from forebear.engines.rowbytes import decode


def test_arrays_of_one_length_lie_side_by_side():
    lengths = {"X": 3, "Z": 2, "y": 3}
    assert [place_in(lengths, key) for key in lengths] == [0, 3, 0]
    assert rows_in(lengths) == 5


def test_lengths_are_read_without_the_values(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.zeros((4, 2)), one=np.float64(1))
    with np.load(tmp_path / "a.npz") as archive:
        assert lengths_in(archive) == {"X": 4, "one": 1}
    assert lengths_in(object()) is None


def test_rows_and_columns_go_through_an_archive(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(10.0).reshape(5, 2))
    with recording(tmp_path) as record:
        a = np.load("a.npy")
        np.savez("parts.npz", train=a[:3], test=a[3:])
        with np.load("parts.npz") as parts:
            np.save("test.npy", parts["test"] * 2)
    (saved,) = record.step("numpy.savez").flows
    assert set(saved.columns) == {"train", "test"}
    assert (saved.rows[0].n_in, saved.rows[0].n_out, saved.rows[0].reached) == (5, 5, 5)
    (taken,) = record.step("numpy.save").flows
    assert [feed.columns for feed in taken.columns.values()] == [[(0, "test")], [(0, "test")]]
    assert decode(taken.rows[0].data).positions().tolist() == [3, 4]
