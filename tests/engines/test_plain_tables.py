import pytest

from forebear.engines.plain_tables import read_table

FILES = {
    "header.csv": ("a,b\n1,x\n\n2,y\n", {"a": ["1", "2"], "b": ["x", "y"]}),
    "quoted.csv": ('a,b\n1,"x, y\nz"\n', {"a": ["1"], "b": ["x, y\nz"]}),
    "marked.csv": ("\ufeffa;b\n1;x\n", {"a": ["1"], "b": ["x"]}),
    "tabs.tsv": ("a\tb\n1\tx\n", {"a": ["1"], "b": ["x"]}),
    "numbers.csv": ("1,2\n3,4\n", {"0": ["1", "3"], "1": ["2", "4"]}),
    "twice.csv": ("a,a\nx,y\n", {"0": ["a", "x"], "1": ["a", "y"]}),
    "short.csv": ("a,b\n1\n", {"a": ["1"], "b": [None]}),
    "lines.txt": ("one word\ntwo words\n", {"0": ["one word", "two words"]}),
    "empty.csv": ("", {}),
    "records.jsonl": ('{"a": 1}\n\n{"a": 2, "b": "x"}\n', {"a": [1, 2], "b": [None, "x"]}),
    "list.json": ('[{"a": 1}, {"a": 2}]', {"a": [1, 2]}),
    "columns.json": ('{"a": [1, 2], "b": [3, 4]}', {"a": [1, 2], "b": [3, 4]}),
    "inside.json": ('{"n": 2, "data": [{"a": 1}, {"a": 2}]}', {"a": [1, 2]}),
    "uneven.json": ('{"a": [1, 2], "b": [3]}', {}),
    "settings.json": ('{"rate": 0.1, "name": "x"}', {}),
    "number.json": ("17", {}),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_records(tmp_path, name):
    text, expected = FILES[name]
    path = tmp_path / name
    path.write_text(text, "utf-8")
    table = read_table(path)
    assert {column: table._values[column] for column in table.columns} == expected
    assert table.rows == len(next(iter(expected.values()), ()))


@pytest.mark.parametrize(
    ("name", "data"), [("x.json", b"{"), ("x.jsonl", b"{}\n["), ("x.csv", b"\xff\xfe\x00")]
)
def test_what_is_no_such_file_says_so(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=r".+"):
        read_table(tmp_path / name)


def test_values_compare_as_texts_or_as_numbers(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n 1 ,x\n2.50, y\n,z\nnan,z\n")
    table = read_table(tmp_path / "x.csv")
    assert table.keys("a", text=False) == [1.0, 2.5, None, None]
    assert table.keys("b", text=True) == ["x", "y", "z", "z"]
    assert table.keys("b", text=False) == [None] * 4
    assert table.distinct("b", text=True) == {"x", "y", "z"}


def test_counts_tell_nothing_and_measures_much(tmp_path):
    rows = "".join(f"{at},{at * 1000},{at * 7 % 101 / 10},{'xyz'[at % 3]}\n" for at in range(100))
    (tmp_path / "x.csv").write_text("count,sparse,measure,kind\n" + rows)
    table = read_table(tmp_path / "x.csv")
    assert table.share("count", text=False) == 1.0
    assert table.share("sparse", text=False) < 0.01
    assert table.share("measure", text=False) == 0.1
    assert table.share("kind", text=True) == 0.5
    assert table.share("kind", text=False) == 1.0
