from __future__ import annotations

from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.store import open_store
from story import Story


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)
    return story


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err
