"""A real cluster of processes gives, bit for bit, what one machine gives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

from command import answer
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.profiles import encode
from forebear.engines import profile_sources
from forebear.engines.distributed import digest_on, profile_on
from forebear.engines.part_digests import digest_rows
from forebear.engines.profile import profile_frame, profile_path
from forebear.engines.tables import fingerprint


def table(rows: int) -> pa.Table:
    rng = np.random.default_rng(11)
    return pa.table(
        {
            "n": rng.integers(0, 10**7, rows),
            "x": pa.array(rng.normal(size=rows), mask=rng.random(rows) < 0.1),
            "city": np.array(["Bern", "Basel", ""])[rng.integers(0, 3, rows)],
            "user": np.char.add("u", rng.integers(0, 5000, rows).astype(str)),
        }
    )


WHOLE = table(200_000)
CUTS = [0, 65_536, 70_000, 70_001, 150_000, 200_000]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture
def parts(tmp_path) -> str:
    folder = tmp_path / "parts"
    folder.mkdir()
    for place, (start, stop) in enumerate(itertools.pairwise(CUTS)):
        part = WHOLE.slice(start, stop - start)
        pq.write_table(part, folder / f"{place}.parquet", row_group_size=30_000)
    return str(folder)


def test_profiles_are_equal(scheduler: str, parts: str) -> None:
    here = encode(profile_frame(WHOLE, correlations=True))
    seen: list[tuple[int, int | None]] = []
    there = profile_on(
        scheduler, parts, correlations=True, progress=lambda done, total: seen.append((done, total))
    )
    assert encode(there) == here == encode(profile_path(parts, correlations=True))
    assert seen[-1] == (200_000, 200_000)
    some = profile_on(scheduler, f"{parts}/*.parquet", columns=["x"])
    assert some.columns == [there.column("x")]


def test_row_groups_of_one_file_are_parts(scheduler: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(profile_sources, "_PART", 60_000)
    path = str(tmp_path / "one.parquet")
    pq.write_table(WHOLE, path, row_group_size=30_000)
    assert len(profile_sources.parts_of([path])) == 4
    assert encode(profile_on(scheduler, path)) == encode(profile_frame(WHOLE))
    assert digest_on(scheduler, path) == fingerprint(WHOLE)


def test_digests_are_equal(scheduler: str, parts: str) -> None:
    expected = fingerprint(WHOLE)
    assert digest_on(scheduler, parts) == expected
    assert digest_rows(parts) == expected


def test_csv_parts_whose_types_differ(scheduler: str, tmp_path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n" + "1,x\n" * 70_000)
    (tmp_path / "2.csv").write_text("a,b\n" + "2,\n" * 1_000_000 + "0.5,y\n")
    place = str(tmp_path)
    assert encode(profile_on(scheduler, place)) == encode(profile_path(place))
    assert digest_on(scheduler, place).digest == digest_rows(place).digest
    assert profile_path(place).columns[0].kind == "float"


def test_urls_are_read_through_fsspec(scheduler: str, parts: str) -> None:
    url = f"file://{parts}"
    assert encode(profile_on(scheduler, url)) == encode(profile_path(parts))
    assert encode(profile_path(url)) == encode(profile_path(parts))


def test_what_a_worker_cannot_read_is_one_sentence(scheduler: str, parts: str, tmp_path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,b\n" + "1,2\n" * 2_000_000 + "1\n")
    with pytest.raises(Unreadable, match="Expected 2 columns, got 1"):
        profile_on(scheduler, str(tmp_path / "*.csv"))
    with pytest.raises(InvalidInput, match="no column 'z'") as error:
        profile_on(scheduler, parts, columns=["z"])
    assert str(error.value.hint).startswith("There is: ")


def test_a_scheduler_that_is_not_there(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("forebear.engines.distributed._PATIENCE", "1s")
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(InvalidInput, match="No Dask scheduler answers at localhost:1"):
        profile_on("dask://localhost:1", str(tmp_path / "t.csv"))


def test_a_table_without_rows(tmp_path) -> None:
    pq.write_table(WHOLE.slice(0, 0), tmp_path / "none.parquet")
    assert digest_rows(str(tmp_path / "none.parquet")) == fingerprint(WHOLE.slice(0, 0))


def test_the_command_asks_the_scheduler(scheduler: str, parts: str) -> None:
    there = answer("profile", parts, "--engine", scheduler, "--digest")
    here = answer("profile", parts, "--digest")
    assert there.pop("by") == "dask"
    here.pop("by", None)
    assert there == here
    assert there["table"] == fingerprint(WHOLE).digest
