"""Profiles, checks and drift from a program."""

import pandas as pd
import pytest

import forebear as fb
from forebear.client.client import connect
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.core.events import ArtifactRecorded, LocationSeen, VersionNamed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


@pytest.fixture
def versions(folder):
    """Two versions of `people`, of which the second is much older."""
    from forebear.client.locate import init_store

    init_store(folder / ".forebear")
    for number, age in enumerate((20, 60)):
        text = "id,age\n" + "".join(f"{n},{age + n % 30}\n" for n in range(300))
        path = folder / f"people{number}.csv"
        path.write_text(text)
        digest = of_bytes(text.encode())
        with connect() as client:
            client.store.append(
                [
                    ArtifactRecorded(
                        artifact=digest,
                        kind="data",
                        digest=digest,
                        label=path.name,
                        format="csv",
                        size=len(text),
                    ),
                    LocationSeen(artifact=digest, uri=str(path), mode="read"),
                    VersionNamed(kind="data", name="people", artifact=digest, by="ops"),
                ]
            )


def test_a_frame_is_profiled_without_a_store(folder):
    found = fb.profile(pd.DataFrame({"age": [1, 2, 3], "email": ["a@b.c"] * 3}))
    assert found.rows == 3
    assert found.columns[1].veiled
    assert "a@b.c" not in repr(found)
    assert "The frame has 3 rows" in repr(found)


def test_what_is_no_table_is_refused(folder):
    with pytest.raises(InvalidInput, match="A int cannot be profiled"):
        fb.profile(3)


def test_a_version_is_profiled_checked_and_compared(versions, folder):
    assert fb.profile("data:people").columns[1].mean == pytest.approx(74.5)
    suite = fb.suggest_checks("data:people:1")
    (folder / "quality").mkdir()
    (folder / "quality" / "people.toml").write_text(suite.text)
    assert fb.check_quality("data:people:1").worst is None
    found = fb.check_quality("data:people:2")
    assert found.worst == "error"
    assert "FAIL range:age" in repr(found)
    assert fb.drift("data:people:1", "data:people:2").drift == "strong"
    assert fb.drift("data:people:1", on="people0.csv").drift == "none"
    assert "people" in fb.blame("data:people:2").verdict
