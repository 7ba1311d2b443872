import os

import numpy as np
import pandas as pd
import pytest

from forebear.core.events import LocationSeen

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    people = pd.DataFrame({"id": range(50), "age": np.arange(50.0), "job": list("xyzuv") * 10})
    people.loc[3, "age"] = np.nan
    people.to_csv(tmp_path / "people.csv", index=False)
    pd.DataFrame({"id": range(50), "pay": np.arange(50) ** 2}).to_csv(
        tmp_path / "pay.csv", index=False
    )
    return tmp_path


def prepare():
    people = pd.read_csv("people.csv")
    pay = pd.read_csv("pay.csv", dtype={"pay": "float64"})
    table = people.merge(pay, on="id").dropna()
    table["ratio"] = table["pay"] / (table.age + 1)
    table["mean"] = table.groupby("job").age.transform("mean")
    table.loc[table.age > 30, "pay"] = 0.0
    table = pd.get_dummies(table, columns=["job"])
    table.to_parquet("out.parquet", index=False)
    return table


def test_a_preparation_is_recorded_whole(folder):
    with recording(folder) as record:
        table = prepare()
    assert record.by_label("out.parquet").rows == len(table)
    reads = [step for step in record.steps if step.kind == "ingest"]
    assert [record.used(step) for step in reads] == [
        [("people.csv", "input")],
        [("pay.csv", "input")],
    ]
    assert [record.generated(step) for step in reads] == [["people"], ["pay"]]
    assert reads[1].params == {"dtype": {"pay": "float64"}}
    written = record.step("DataFrame.to_parquet")
    assert written.kind == "transform"
    assert record.used(written) == [("people", "input"), ("pay", "input")]
    assert record.generated(written) == ["out.parquet"]
    operations = written.attrs["operations"]
    assert operations[:2] == ["merge", "dropna"]
    assert operations[-1] == "get_dummies"
    assert written.where.startswith(__file__)
    assert record.gaps == []
    assert record.inferred() == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        seen = prepare()
        bytes_seen = (folder / "out.parquet").read_bytes()
    monkeypatch.chdir(folder)
    pd.testing.assert_frame_equal(prepare(), seen)
    assert (folder / "out.parquet").read_bytes() == bytes_seen


def test_two_runs_chain_by_content(folder):
    with recording(folder) as first:
        prepare()
    with recording(folder) as second:
        pd.read_parquet("out.parquet")
    made = first.step("DataFrame.to_parquet").generated[0].artifact
    read = second.step("pandas.read_parquet").used[0].artifact
    assert made == read
    assert first.artifacts[made].table == second.artifacts[read].table


def test_a_copy_of_what_was_read_is_no_new_data(folder):
    with recording(folder) as record:
        table = pd.read_csv("pay.csv")
        table.to_csv("copy.csv", index=False)
    assert [step.name for step in record.steps] == ["pandas.read_csv"]
    assert record.of(LocationSeen)[-1].mode == "copy"


def test_a_file_opened_by_the_program_is_looked_at_when_complete(folder):
    with recording(folder) as record:
        table = pd.read_csv("pay.csv")
        with open("head.csv", "w") as file:
            table.head(5).to_csv(file, index=False)
            table.tail(5).to_csv(file, index=False, header=False)
    written = record.step("DataFrame.to_csv")
    made = record.artifacts[written.generated[0].artifact]
    assert made.size == (folder / "head.csv").stat().st_size
    assert record.used(written) == [("table", "input")]
    assert record.gaps == []


def test_a_file_written_and_read_again_keeps_its_past(folder):
    with recording(folder) as record:
        pay = pd.read_csv("pay.csv")
        with open("part.csv", "w") as file:
            pay.query("id > 10").to_csv(file, index=False)
        again = pd.read_csv("part.csv")
        again.assign(z=1).to_csv("last.csv")
    last = record.by_label("last.csv").artifact
    assert record.ancestors(last) == {"pay.csv", "pay", "part.csv", "again"}


def test_what_is_appended_to_counts_as_a_source(folder):
    with recording(folder) as record:
        people = pd.read_csv("people.csv")
        people.head(3).to_csv("pay.csv", mode="a", header=False)
        people.head(4).to_csv("pay.csv", mode="a", header=False)
    written = record.step("DataFrame.to_csv")
    assert set(record.used(written)) == {("pay.csv", "input"), ("people", "input")}
    assert record.artifacts[written.generated[0].artifact].size == (
        (folder / "pay.csv").stat().st_size
    )
    assert record.artifacts[written.generated[0].artifact].rows is None


def test_chunks_come_from_their_file(folder):
    with recording(folder) as record:
        parts = [part[part.pay > 9] for part in pd.read_csv("pay.csv", chunksize=20)]
        pd.concat(parts).to_parquet("big.parquet")
    written = record.step("DataFrame.to_parquet")
    assert record.used(written) == [("pay.csv", "input")]
    assert record.gaps == []


def test_text_and_buffers_in_memory_are_no_files(folder):
    import io

    with recording(folder) as record:
        table = pd.read_csv(io.StringIO("a,b\n1,2\n3,4"))
        assert table.to_csv() == ",a,b\n0,1,2\n1,3,4\n"
        table.to_csv(io.StringIO())
    assert [step.used for step in record.steps] == [[]]


def test_compressed_files_folders_and_patterns(folder):
    with recording(folder) as record:
        pay = pd.read_csv("pay.csv")
        pay.assign(part=pay.id % 2).to_parquet("parts", partition_cols=["part"])
        pay.head(9).to_csv("pay.csv.gz")
        pd.read_parquet("parts")
        pd.read_csv("pay.csv.gz", index_col=0)
    names = {event.label for event in record.artifacts.values() if event.artifact[:3] == "sha"}
    assert names == {"pay.csv", "parts", "pay.csv.gz"}
    assert record.gaps == []


def test_an_error_of_the_library_passes_and_nothing_is_recorded(folder):
    with recording(folder) as record:
        with pytest.raises(FileNotFoundError):
            pd.read_csv("nothing.csv")
        with pytest.raises(ValueError, match="Usecols"):
            pd.read_csv("pay.csv", usecols=["no"])
    assert record.steps == []
    assert record.gaps == []


def test_a_frame_without_a_name_is_called_like_its_file(folder):
    with recording(folder) as record:
        pd.read_csv("pay.csv").head(3).to_csv("head.csv")
    assert record.used(record.step("DataFrame.to_csv")) == [("pay", "input")]


def test_other_formats_find_their_file(folder):
    with recording(folder) as record:
        pay = pd.read_csv("pay.csv")
        for name in ("json", "pickle", "feather"):
            getattr(pay.head(5), f"to_{name}")(f"pay.{name}")
            getattr(pd, f"read_{name}")(f"pay.{name}")
    for name in ("json", "pickle", "feather"):
        written, read = record.step(f"DataFrame.to_{name}"), record.step(f"pandas.read_{name}")
        assert written.generated[0].artifact == read.used[0].artifact
    assert record.gaps == []


ONE = pd.DataFrame(
    {"a": np.arange(6.0), "b": [1, 2, 3] * 2, "c": list("xyzxyz"),
     "t": pd.date_range("2020", periods=6)}
)  # fmt: skip
OPERATIONS = {
    "one": """
        df['a'] | df.a | df[df.a > 2] | df.loc[1:3, ['a']] | df.iloc[[0, 2]] | df.drop(columns='a')
        df.groupby('b').a.mean() | df.groupby('b').agg(m=('a', 'mean')) | df.groupby('b').size()
        df.groupby('b').a.transform('mean') | df.groupby('b').a.cumsum()
        list(df.groupby('b'))[1][1] | df.isna()
        df.a.rolling(2).mean() | df.a.ewm(2).mean() | df.resample('D', on='t').a.sum() | df.T
        df.a + df.b | -df.a | np.log1p(df.a) | df.a.astype(int) | df.c.str.upper() | df.t.dt.year
        df.c.astype('category').cat.codes | pd.get_dummies(df.c) | pd.cut(df.a, 2) | df.a.values
        pd.to_datetime(df.t) | pd.to_numeric(df.a) | pd.crosstab(df.a, df.b) | pd.melt(df)
        df.pivot(index='a', columns='b', values='c') | df.a.value_counts() | df.a.quantile([0.1])
        pd.DataFrame(df) | pd.Series(df.a) | df.to_numpy() | np.asarray(df.a)
        df.apply(str, axis=1) | df.cumsum(numeric_only=True)
        df.describe() | df.sample(2) | df.a.map({0: 1}) | df.assign(z=lambda d: d.a * 2) | df.copy()
        pd.factorize(df.c)[0] | df.set_index('a').stack() | df.query('a > 1') | df.explode('c')
    """,
    "both": """
        df.merge(other, on='b') | pd.concat([df, other]) | pd.concat([df, s], axis=1)
        df.assign(z=s) | df.a + s | df.a.where(df.a > 2, s) | df.combine_first(other) | df.a[s > 1]
        df.a.case_when([(df.a > 2, s)]) | df.a.combine(s, max) | df.join(other.add_prefix('r_'))
        pd.DataFrame({'x': df.a, 'y': s}) | df[other.a > 2] | df.loc[s > 1] | df.a.fillna(s)
        df.assign(z=lambda d: s * 2) | pd.merge_asof(df, other, on='a') | df.a.isin(s)
        change(df, 'z', s) | change_at(df, s)
    """,
}


def change(frame, name, value):
    frame = frame.copy()
    frame[name] = value
    return frame


def change_at(frame, value):
    frame = frame.copy()
    frame.loc[frame.a > 2, "a"] = value
    return frame


@pytest.mark.parametrize("kind", OPERATIONS)
def test_operations_keep_their_sources(tmp_path, kind):
    from forebear.capture.tracker import Origin

    df, other, s = ONE.copy(), ONE.copy(), ONE.a.rename("s").copy()
    with recording(tmp_path) as record:
        tracker = record.session.tracker
        tracker.bind(df, Origin(artifact="one"))
        tracker.bind(other, Origin(artifact="two"))
        tracker.bind(s, Origin(artifact="two"))
        expected = {"one"} if kind == "one" else {"one", "two"}
        lines = [text.strip() for text in OPERATIONS[kind].replace("\n", "|").split("|")]
        found = {}
        for text in filter(None, lines):
            result = eval(compile(text, "<cell>", "eval"), {**globals(), **locals()})
            origin = tracker.get(result)
            found[text] = {source.artifact for source in origin.sources()} if origin else None
    missing = {text: sources for text, sources in found.items() if sources != expected}
    # What a mask of another series leaves of a series is known to come from the series only.
    assert missing in ({}, {"df.a[s > 1]": {"one"}})
    assert record.gaps == []


def test_in_place_changes_are_changes(folder):
    with recording(folder) as record:
        pay = pd.read_csv("pay.csv")
        pay.columns = ["number", "pay"]
        pay.to_csv("short.csv")
    assert record.used(record.step("DataFrame.to_csv")) == [("pay", "input")]
    assert record.step("DataFrame.to_csv").attrs == {"operations": ["rename"]}


def test_warnings_name_the_line_that_they_name_without_recording(folder):
    import warnings

    def warned():
        frame = pd.DataFrame({"a": ["1", "x"]})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pd.to_datetime(frame.a, errors="coerce")
            pd.concat([frame, frame]).fillna(0).groupby("a").apply(lambda part: part.head(1))
            pd.read_csv("pay.csv", sep="xx").to_csv("warned.csv")
        return [(warning.filename, warning.lineno, str(warning.message)) for warning in caught]

    plain = os.getcwd()
    os.chdir(folder)
    try:
        before = warned()
    finally:
        os.chdir(plain)
    with recording(folder):
        seen = warned()
    assert seen == before
    assert [filename for filename, _, _ in seen] == [__file__] * 2


def test_undo_leaves_pandas_as_it_was(folder):
    def all_of(thing):
        return {name: value for name, value in vars(thing).items() if callable(value)}

    holders = (pd, pd.DataFrame, pd.Series, pd.core.generic.NDFrame, pd.core.indexing._LocIndexer,
               pd.core.groupby.GroupBy, pd.core.indexing._LocationIndexer)  # fmt: skip
    before = [all_of(holder) for holder in holders]
    with recording(folder):
        assert all_of(pd)["read_csv"] is not before[0]["read_csv"]
    assert [all_of(holder) for holder in holders] == before
