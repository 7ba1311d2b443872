"""Kept bytes are had by who sees where they were brought; to know their digest is not enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from forebear.client.http import HttpClient
from forebear.client.remotes.servers import ServerRemote
from forebear.core.digest import of_bytes
from forebear.core.errors import NotFound, Unauthenticated
from forebear.core.events import (
    ArtifactRecorded,
    EdgesRecorded,
    Link,
    RunStarted,
    VersionNamed,
    encode,
)
from forebear.core.ids import new_id
from forebear.server.mlflow.facts import FILE, FileFact
from forebear.store import open_store
from server.access.house import Asking, House
from serving import over
from story import Story

PACKET = b"points of a figure"
DIGEST = of_bytes(PACKET)
ADDRESS = f"/api/v1/blobs/{DIGEST}"


def lacking(asking: Asking) -> bool:
    answer = asking.post("/api/v1/blobs/lacking", {"digests": [DIGEST]})
    return answer.json()["digests"] == [DIGEST]


def status(asking: Asking) -> int:
    return asking.get(ADDRESS).status_code


@pytest.fixture
def writers(house: House) -> dict[str, Asking]:
    return {space: house.as_(f"in-{space}", ("contributor", space)) for space in ("a", "b")}


def test_a_digest_opens_nothing_by_itself(house: House, writers: dict[str, Asking]) -> None:
    assert writers["a"].request("PUT", ADDRESS, content=PACKET).status_code == 204
    assert status(house.as_("ada", ("viewer", "a"))) == 200
    for space in ("b", "default"):
        assert status(house.as_(f"eve-{space}", ("viewer", space))) == 404
    assert status(house.as_("everywhere", ("viewer", "*"))) == 200


def test_to_tell_of_what_they_are_of_opens_nothing(
    house: House, writers: dict[str, Asking]
) -> None:
    writers["a"].request("PUT", ADDRESS, content=PACKET)
    run, place = new_id(), "1/1/artifacts/f"
    told = [
        ArtifactRecorded(artifact=DIGEST, kind="data", digest=DIGEST),
        ArtifactRecorded(artifact=new_id(), kind="model", digest=DIGEST, attrs={"digest": DIGEST}),
        RunStarted(run=run, kind="run", name="x"),
        EdgesRecorded(run=run, used=[Link(artifact=DIGEST)], generated=[Link(artifact=DIGEST)]),
        VersionNamed(kind="data", name="mine", artifact=DIGEST),
        FILE.say(
            "mlflow-artifacts:b/1/1", FileFact(digest=DIGEST, size=len(PACKET)), key="artifacts/f"
        ),
    ]
    body = b"\n".join(map(encode, told))
    answer = writers["b"].request("POST", "/api/v1/ledger/events", content=body)
    assert answer.json()["accepted"] == len(told)
    files = f"/mlflow/b/api/2.0/mlflow-artifacts/artifacts/{place}"
    for address in (ADDRESS, files, f"{files}?x=1"):
        for headers in ({}, {"Range": "bytes=0-3"}):
            assert writers["b"].get(address, headers=headers).status_code == 404
    assert writers["a"].get(ADDRESS).content == PACKET


def test_who_has_the_bytes_too_sends_them_and_has_them_then(
    house: House, writers: dict[str, Asking]
) -> None:
    writers["a"].request("PUT", ADDRESS, content=PACKET)
    assert not lacking(writers["a"])
    assert lacking(writers["b"])
    assert writers["b"].request("PUT", ADDRESS, content=b"guessed").status_code == 422
    assert status(writers["b"]) == 404
    assert writers["b"].request("PUT", ADDRESS, content=PACKET).status_code == 204
    assert (status(writers["a"]), status(writers["b"])) == (200, 200)
    assert status(house.as_("eve", ("viewer", "default"))) == 404


def test_what_came_in_on_the_servers_machine_is_in_the_default_workspace(
    house: House, writers: dict[str, Asking]
) -> None:
    house.store.blobs.put(PACKET)
    ada, eve = house.as_("ada", ("viewer", "default")), house.as_("eve", ("viewer", "b"))
    assert (status(ada), status(eve)) == (200, 404)
    writers["b"].request("PUT", ADDRESS, content=PACKET)
    assert (status(ada), status(eve)) == (200, 200)


def test_what_need_not_be_sent_again_is_had_where_it_was_told_of(
    house: House, writers: dict[str, Asking]
) -> None:
    writers["a"].request("PUT", ADDRESS, content=PACKET)
    root = house.admin()
    root.headers["Forebear-Workspace"] = "b"
    assert not lacking(root)
    assert status(house.as_("eve", ("viewer", "b"))) == 200


def test_all_that_a_push_brings_can_be_had_where_it_came_in(house: House, tmp_path: Path) -> None:
    with open_store(tmp_path / "mine", create=True) as mine:
        story = Story(tmp_path)
        story.prepare()
        mine.append(story.events)
        digests = [mine.blobs.put(b"kept %d" % number) for number in range(5)]
        house.account("in-b", ("contributor", "b"))
        with over(house._http, house.token("in-b")) as client:
            remote = ServerRemote(client._connection)
            assert remote.lacks(digests) == digests
            for digest in digests:
                remote.keep(digest, mine.blobs)
            assert remote.lacks(digests) == []
            assert read(client, digests) == 5
    house.account("eve", ("viewer", "a"))
    with over(house._http, house.token("eve")) as client:
        assert read(client, digests) == 0
    remote.close()


def read(client: HttpClient, digests: list[str]) -> int:
    found = 0
    for digest in digests:
        try:
            found += of_bytes(client.blobs.get(digest)) == digest
        except NotFound:
            continue
    return found


def test_who_may_only_read_can_ask_whether_they_are_there(
    house: House, writers: dict[str, Asking]
) -> None:
    writers["a"].request("PUT", ADDRESS, content=PACKET)
    for space, there in (("a", True), ("b", False)):
        name = f"viewer-{space}"
        house.account(name, ("viewer", space))
        with over(house._http, house.token(name)) as client:
            assert client.blobs.has(DIGEST) == there
            assert not client.blobs.has("nothing")
    with over(house._http, "fbr_api_wrong") as client, pytest.raises(Unauthenticated):
        client.blobs.has(DIGEST)
