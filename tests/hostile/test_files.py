"""Files of the server's machine: opened for nobody at another one, and never a device or a pipe."""

import os
import sys
from pathlib import Path

import pytest

from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, LocationSeen, VersionNamed
from forebear.ops.table import operations
from hostile import places
from hostile.attack import Attack
from hostile.seeded import seeded
from server.access.house import House
from serving import asked

CONTENT = b"age,group\n40,a\n41,b\n"
AS_JSON = {"Content-Type": "application/json"}
_watched: set[str] = set()
_opened: list[str] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and _watched and isinstance(args[0], str | bytes | os.PathLike):
        path = os.fsdecode(os.fspath(args[0]))
        if path in _watched:
            _opened.append(path)


@pytest.fixture(scope="module", autouse=True)
def watching():
    sys.addaudithook(_hook)
    yield
    _watched.clear()


@pytest.fixture(scope="module")
def traps(tmp_path_factory):
    """A file that holds what is recorded as data, and a pipe that nobody writes into."""
    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret.csv").write_bytes(CONTENT)
    os.mkfifo(folder / "pipe.csv")
    return [folder / "secret.csv", folder / "pipe.csv"]


@pytest.fixture(scope="module")
def store(tmp_path_factory, traps):
    digest = of_bytes(CONTENT)
    with seeded(tmp_path_factory.mktemp("files")) as store:
        store.append(
            [
                ArtifactRecorded(artifact=digest, kind="data", digest=digest, label="secret.csv"),
                *(LocationSeen(artifact=digest, uri=str(trap), mode="read") for trap in traps),
                VersionNamed(kind="data", name="secret", artifact=digest),
            ]
        )
        yield store


def tried(attack: Attack, traps: list[Path]) -> list[str]:
    """Ask about the data with each path in every field that takes one; return what was opened."""
    _watched.update(map(str, traps))
    _opened.clear()
    for place in places.of_operations():
        if place.field.endswith("path") and operations()[place.call].reads:
            for trap in traps:
                body = place.said(f'"{trap}"').replace(b"churn:1", b"data:secret")
                attack("POST", place.path, content=body, headers=AS_JSON)
    for question in sorted(name for name, one in operations().items() if one.reads):
        attack("POST", f"/api/v1/{question}", json={"target": {"ref": "data:secret"}})
    found = list(_opened)
    _watched.clear()
    return found


def test_none_is_opened_for_somebody_at_another_machine(store, traps):
    with House(store) as house:
        attack = Attack(house.as_("ada", ("admin", "*")), store)
        assert tried(attack, traps) == []
        assert attack.sent > 100


def test_only_plain_ones_are_opened_for_who_uses_this_machine(store, traps):
    with asked(store) as http:
        found = tried(Attack(http, store), traps)
    assert set(found) == {str(traps[0])}


def test_a_link_among_kept_bytes_leads_nowhere(store, tmp_path):
    (tmp_path / "secret").write_bytes(b"canary of another file")
    digest = store.blobs.put(b"bytes that give way to a link")
    kept = store.blobs.root / digest[7:9] / digest[9:]
    kept.unlink()
    kept.symlink_to(tmp_path / "secret")
    with asked(store) as http:
        answer = http.get(f"/api/v1/blobs/{digest}")
    assert answer.status_code >= 400
    assert "canary" not in answer.text
    kept.unlink()
