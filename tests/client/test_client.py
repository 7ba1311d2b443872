from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from forebear.client.asking import with_content
from forebear.client.client import connect
from forebear.client.locate import init_store
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput, NoStore, StoreError, UnknownRef
from forebear.ops.lineage import PathRequest, TraceRequest
from forebear.ops.table import Target
from forebear.store import open_store
from story import CLEAN, RAW, Story


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)
    return tmp_path


def test_a_file_is_known_by_content_after_it_was_moved(folder: Path):
    (folder / "data/raw.csv").rename(folder / "other name.csv")
    with connect() as client:
        answer = client.call(TraceRequest(target=Target(ref="other name.csv")))
    assert answer.root == of_bytes(RAW)
    assert answer.verdict.startswith("Nothing recorded made other name.csv (raw:1)")


def test_a_plain_word_is_a_name_first_and_a_file_second(folder: Path):
    (folder / "churn").write_bytes(RAW)
    (folder / "mystery").write_bytes(CLEAN)
    with connect() as client:
        assert client.call(TraceRequest(target=Target(ref="churn"))).root == of_bytes(b"pickle 4")
        assert client.call(TraceRequest(target=Target(ref="mystery"))).root == of_bytes(CLEAN)
        with pytest.raises(UnknownRef, match="called 'nothing'"):
            client.call(TraceRequest(target=Target(ref="nothing")))


def test_only_paths_are_digested_at_first(folder: Path):
    (folder / "word").write_bytes(RAW)
    request = PathRequest(start=Target(ref="./word"), end=Target(ref="word"))
    first = with_content(request, words=False)
    assert (first.start.digest, first.end.digest) == (of_bytes(RAW), None)
    assert first.start.path == str(folder / "word")
    assert with_content(first, words=True).end.digest == of_bytes(RAW)


def test_a_path_where_nothing_lies_keeps_its_place(folder: Path):
    (folder / "data/raw.csv").unlink()
    with connect() as client, pytest.raises(UnknownRef, match="it is gone: raw:1"):
        client.call(TraceRequest(target=Target(ref="data/raw.csv")))


def test_no_store_and_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoStore):
        connect()
    with pytest.raises(InvalidInput, match="begins with s3://"):
        connect("s3://bucket/store")
    with (
        connect("http://127.0.0.1:9") as client,
        pytest.raises(StoreError, match="does not answer"),
    ):
        client.call(TraceRequest(target=Target(ref="churn")))


def test_a_fresh_store_can_be_asked_at_once(tmp_path: Path):
    init_store(tmp_path / ".forebear")
    with connect(str(tmp_path)) as client, pytest.raises(UnknownRef):
        client.call(TraceRequest(target=Target(ref="churn")))


@pytest.mark.parametrize("module", ["forebear.client.client", "forebear.client.queries"])
def test_asking_nothing_imports_nothing_heavy(module: str):
    code = (
        f"import sys, {module}\n"
        "heavy = {'sqlalchemy', 'alembic', 'rich', 'cyclopts', 'numpy', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
