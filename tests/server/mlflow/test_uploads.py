"""Large files in parts, and downloads that go on where they were interrupted."""

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from forebear.core.errors import CorruptStore
from forebear.server.mlflow.errors import MlflowError
from forebear.server.mlflow.facts import FileFact
from forebear.server.mlflow.uploads import Uploads
from server.mlflow.wire import FILES

MPU = "/api/2.0/mlflow-artifacts/mpu"
PARTS = [b"a" * 1000, b"b" * 1000, b"c" * 10]


@pytest.fixture
def folder(mlflow):
    uri = mlflow.run()["info"]["artifact_uri"]
    return uri.removeprefix("mlflow-artifacts:/")


@pytest.fixture
def begun(http, folder):
    said = {"path": "/home/ada/model.bin", "num_parts": 3}
    answer = http.post(f"{MPU}/create/{folder}/big", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(http, begun, number, body):
    url = begun["credentials"][number - 1]["url"]
    answer = http.put(url, content=body)
    assert answer.status_code == 200, answer.text
    return {"part_number": number, "etag": answer.headers["ETag"], "url": url}


def end(http, folder, begun, parts=None, how="complete"):
    said = {"path": "/home/ada/model.bin", "upload_id": begun["upload_id"], "parts": parts or []}
    return http.post(f"{MPU}/{how}/{folder}/big", json=said)


class TestUploads:
    def test_parts_in_any_order_are_one_file(self, http, folder, begun):
        parts = [send(http, begun, number, PARTS[number - 1]) for number in (3, 1, 2)]
        assert http.get(f"{FILES}/{folder}/big/model.bin").status_code == 404
        assert end(http, folder, begun, parts).status_code == 200
        assert http.get(f"{FILES}/{folder}/big/model.bin").content == b"".join(PARTS)

    def test_a_part_that_comes_again_and_an_answer_that_was_lost(self, http, folder, begun, store):
        send(http, begun, 1, b"cut off")
        parts = [send(http, begun, number, PARTS[number - 1]) for number in (1, 2, 3, 2)]
        parts = parts[:3]
        assert end(http, folder, begun, parts).status_code == 200
        size = store.head().size
        assert end(http, folder, begun, parts).status_code == 200
        assert store.head().size == size
        assert http.get(f"{FILES}/{folder}/big/model.bin").content == b"".join(PARTS)

    def test_who_asks_again_before_it_is_done_makes_no_second_file(
        self, http, folder, begun, store, monkeypatch
    ):
        def slowly(self, *asked, whole=Uploads.whole):
            made = whole(self, *asked)
            time.sleep(0.3)
            return made

        monkeypatch.setattr(Uploads, "whole", slowly)
        parts = [send(http, begun, number, PARTS[number - 1]) for number in (1, 2, 3)]
        size = store.head().size
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(end, http, folder, begun, parts) for _ in range(4)]
        assert [one.result().status_code for one in asked] == [200] * 4
        assert store.head().size == size + 1
        assert http.get(f"{FILES}/{folder}/big/model.bin").content == b"".join(PARTS)

    def test_going_on_after_an_interruption(self, http, begun):
        sent = send(http, begun, 2, PARTS[1])
        told = http.get(f"{MPU}/part/{begun['upload_id']}").json()
        assert told == {
            "num_parts": 3,
            "complete": False,
            "parts": [{"part_number": 2, "etag": sent["etag"].strip('"'), "size": 1000}],
        }
        assert sent["etag"].strip('"') == hashlib.sha256(PARTS[1]).hexdigest()

    def test_what_is_given_up_leaves_nothing(self, http, folder, begun, store):
        send(http, begun, 1, PARTS[0])
        assert end(http, folder, begun, how="abort").status_code == 200
        assert list((store.blobs.root.parent / "uploads").glob("*/*")) == []
        assert end(http, folder, begun, how="abort").status_code == 404

    def test_what_rests_for_a_day_is_deleted(self, http, folder, begun, store):
        (place,) = (store.blobs.root.parent / "uploads").glob("*/*")
        old = time.time() - 90_000
        os.utime(place, (old, old))
        http.post(f"{MPU}/create/{folder}/big", json={"path": "x", "num_parts": 1})
        assert not place.exists()
        assert http.put(begun["credentials"][0]["url"], content=b"x").status_code == 404

    def test_a_missing_or_another_part_is_refused(self, http, folder, begun):
        parts = [send(http, begun, number, PARTS[number - 1]) for number in (1, 2, 3)]
        assert end(http, folder, begun, parts[:2]).status_code == 400
        assert end(http, folder, begun, [*parts, parts[0]]).status_code == 400
        changed = [*parts[:2], {**parts[2], "etag": "0" * 64}]
        assert end(http, folder, begun, changed).status_code == 400
        assert end(http, folder, begun, parts).status_code == 200

    @pytest.mark.parametrize("number", [0, 4, 10**9])
    def test_a_part_that_is_none(self, http, begun, number):
        answer = http.put(f"{MPU}/part/{begun['upload_id']}/{number}", content=b"x")
        assert answer.status_code == 400

    @pytest.mark.parametrize("id", ["x", "..", "%2e%2e", "0" * 64])
    def test_ids_that_nobody_was_given(self, http, begun, id):
        assert http.put(f"{MPU}/part/{id}/1", content=b"x").status_code == 404

    @pytest.mark.parametrize("count", [0, -1, 10_001, "many"])
    def test_how_many_parts_there_may_be(self, http, folder, count):
        said = {"path": "x", "num_parts": count}
        assert http.post(f"{MPU}/create/{folder}", json=said).status_code == 400

    def test_where_a_file_may_lie(self, http, folder):
        for path in ("1", f"{folder}/%2e%2e/x", f"{folder}/%252e%252e"):
            answer = http.post(f"{MPU}/create/{path}", json={"path": "x", "num_parts": 1})
            assert answer.status_code in {400, 404}

    def test_an_upload_is_that_of_one_file(self, http, folder, begun):
        parts = [send(http, begun, number, PARTS[number - 1]) for number in (1, 2, 3)]
        said = {"path": "other", "upload_id": begun["upload_id"], "parts": parts}
        assert http.post(f"{MPU}/complete/{folder}/big", json=said).status_code == 400

    def test_one_workspace_shuts_no_other_out(self, tmp_path, monkeypatch):
        monkeypatch.setattr("forebear.server.mlflow.uploads._MOST_OPEN", 2)
        uploads = Uploads(tmp_path)
        first = [uploads.begin("risk", f"1/r/artifacts/{n}", 1) for n in range(2)]
        with pytest.raises(MlflowError, match="2 uploads are under way in this workspace"):
            uploads.begin("risk", "1/r/artifacts/x", 1)
        assert uploads.find(uploads.begin("sales", "1/s/artifacts/x", 1)).space == "sales"
        uploads.end(first[0], None)
        uploads.end(first[1], FileFact(digest="sha256:" + "0" * 64, size=1))
        again = [uploads.begin("risk", f"1/r/artifacts/{n}", 1) for n in range(2)]
        assert uploads.find(first[1]).done is not None
        assert [uploads.find(id).space for id in again] == ["risk", "risk"]

    def test_clients_are_told_that_it_is_served(self, http):
        told = http.get("/api/3.0/mlflow/server-info").json()
        assert told["multipart_uploads_enabled"] is True


class TestRanges:
    @pytest.fixture
    def where(self, http, mlflow, folder):
        mlflow.put(f"{folder}/model.bin", bytes(range(256)) * 20)
        return f"{FILES}/{folder}/model.bin"

    def test_a_part_of_a_file(self, http, where):
        answer = http.get(where, headers={"Range": "bytes=10-19"})
        assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))
        assert answer.headers["Content-Range"] == "bytes 10-19/5120"
        assert http.get(where, headers={"Range": "bytes=5110-"}).content == bytes(range(246, 256))

    def test_going_on_only_with_the_same_file(self, http, where):
        etag = http.get(where).headers["ETag"]
        more = {"Range": "bytes=5110-", "If-Range": etag}
        assert http.get(where, headers=more).status_code == 206
        assert http.get(where, headers={**more, "If-Range": '"other"'}).status_code == 200

    def test_a_range_that_is_none(self, http, where):
        assert http.get(where, headers={"Range": "bytes=9999-"}).status_code == 416

    def test_bytes_that_change_on_the_way_do_not_arrive_whole(
        self, http, where, store, monkeypatch
    ):
        monkeypatch.setattr("forebear.server.kept._CHUNK", 1024)
        (digest,) = store.blobs.digests()
        path = store.blobs.checked(digest)
        known = path.stat()
        os.chmod(path, 0o600)
        with path.open("r+b") as file:
            file.write(b"x")
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
        answer = http.get(where)
        assert int(answer.headers["Content-Length"]) == 5120
        assert len(answer.content) <= 4096

    def test_hundreds_of_ranges_take_no_time(self, http, where):
        for said in ("0-0," * 5000, "0-1,2-3," * 50, "-1," * 90, "0-,1-,2-,", "5-2", "a-b", "0--1"):
            busy = time.process_time()
            answer = http.get(where, headers={"Range": f"bytes={said.rstrip(',')}"})
            assert time.process_time() - busy < 1
            assert answer.status_code in {200, 206, 400, 416}
            assert len(answer.content) < 20_000

    def test_bytes_that_are_damaged_do_not_leave(self, http, where, store):
        (digest,) = store.blobs.digests()
        path = store.blobs.checked(digest)
        os.chmod(path, 0o600)
        path.write_bytes(b"x" * 5120)
        answer = http.get(where, headers={"Range": "bytes=10-19"})
        assert (answer.status_code, b"x" in answer.content[:3]) == (503, False)
        with pytest.raises(CorruptStore):
            store.blobs.checked(digest)
