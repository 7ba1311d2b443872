"""One file, one table: whoever reads it sees the same columns."""

import io

import pandas as pd
import pytest

from forebear.core.checking import Shape, Stat
from forebear.engines.checking import scanning
from forebear.engines.csv_head import csv_head
from forebear.engines.profile import profile_path

HEADS = ["a,b", "a,a,b", "a.1,a,a", "a,a,a.1,a", ",,b", "Unnamed: 1,,x", "b,a,b,b"]


@pytest.mark.parametrize("line", HEADS)
def test_columns_are_called_as_pandas_calls_them(line, tmp_path):
    body = ",".join(str(place) for place in range(line.count(",") + 1))
    text = f"{line}\n{body}\n"
    told = list(pd.read_csv(io.StringIO(text)).columns)
    assert csv_head(text.encode()).names == told
    file = tmp_path / "t.csv"
    file.write_text(text)
    assert [one.name for one in profile_path(str(file)).columns] == told
    with scanning(file, {}) as scan:
        assert list(scan.columns) == told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_letters_are_those_that_were_written(encoding, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("Größe,n\n" + 40 * "süß,1\n", encoding=encoding)
    size, _ = profile_path(str(file)).columns
    assert (size.name, size.top(1)) == ("Größe", [("süß", 40)])
    with scanning(file, {}) as scan:
        assert list(scan.columns) == ["Größe", "n"]


def test_a_letter_cut_in_two_is_no_other_encoding():
    data = "name\nsüß\n".encode()
    assert csv_head(data[:7]).encoding == "utf-8"
    assert csv_head(data[:7] + b"\n").encoding == "latin-1"


def test_a_compressed_file_has_its_names_too(tmp_path):
    file = tmp_path / "t.csv.gz"
    pd.DataFrame([[1, 2]], columns=["a", "a"]).to_csv(file, index=False)
    with scanning(file, {}) as scan:
        assert list(scan.columns) == ["a", "a.1"]


def test_what_is_absent_for_pandas_is_absent(tmp_path):
    cells = ["", "NA", "null", "<NA>", "n/a", "None", "1", "2"]
    file = tmp_path / "t.csv"
    file.write_text("id,x,s\n" + "".join(f"{n},{x},{x and 's' + x}\n" for n, x in enumerate(cells)))
    file.write_text(file.read_text().replace("sNA", "NA"))
    told = pd.read_csv(file)
    found = profile_path(str(file))
    assert [one.nulls for one in found.columns] == told.isna().sum().tolist() == [0, 6, 2]
    assert found.columns[1].kind == "integer"
    with scanning(file, {}) as scan:
        assert scan.columns == {"id": "integer", "x": "integer", "s": "text"}
        answers = scan.answers(
            lambda: Shape(columns=scan.columns),
            lambda _: [([Stat("nulls", name)], None) for name in ("x", "s")],
        )
        assert answers == [[6], [2]]
