import hashlib
import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from forebear.core.errors import Unreadable
from forebear.engines import files
from forebear.engines.files import FileDigest, digest_file, digest_path


@pytest.fixture(autouse=True)
def fresh_memo(monkeypatch: pytest.MonkeyPatch) -> dict:
    memo: dict = {}
    monkeypatch.setattr(files, "_memo", memo)
    return memo


def write(path: Path, data: bytes = b"a,b\n1,2\n", age: float = 60.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    old = time.time() - age
    os.utime(path, (old, old))
    return path


def no_change_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files look as old as `os.utime` says: nobody can set a change time."""
    plain = files._key
    monkeypatch.setattr(files, "_RACY_NS", -(10**18))
    monkeypatch.setattr(files, "_key", lambda status: plain(status)[:4])


def test_file_digest_is_what_sha256sum_prints(tmp_path: Path) -> None:
    data = os.urandom(300_000)
    found = digest_file(write(tmp_path / "a.bin", data))
    assert found == FileDigest("sha256:" + hashlib.sha256(data).hexdigest(), len(data))
    assert digest_path(str(tmp_path / "a.bin")) == found


def test_remembers_a_file_that_did_not_change(
    tmp_path: Path, fresh_memo: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_change_time(monkeypatch)
    path = write(tmp_path / "a.csv")
    first = digest_file(path)
    assert list(fresh_memo.values()) == [first.digest]
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert digest_file(path) == first


def test_does_not_trust_a_fresh_file(tmp_path: Path, fresh_memo: dict) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"one")
    status = path.stat()
    first = digest_file(path)
    assert fresh_memo == {}
    path.write_bytes(b"two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digest_file(path) != first


def test_memo_is_bounded(tmp_path: Path, fresh_memo: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    no_change_time(monkeypatch)
    monkeypatch.setattr(files, "_REMEMBERED", 2)
    for name in "abcd":
        digest_file(write(tmp_path / name, name.encode()))
    assert len(fresh_memo) == 2


def test_reads_again_when_a_file_changes_under_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", b"before")
    plain, calls = hashlib.file_digest, []

    def slow(file, name):
        found = plain(file, name)
        if not calls:
            write(path, b"after")
        calls.append(1)
        return found

    monkeypatch.setattr(hashlib, "file_digest", slow)
    assert digest_file(path).digest == "sha256:" + hashlib.sha256(b"after").hexdigest()
    assert len(calls) == 2


def test_gives_up_on_a_file_that_never_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv")
    plain = hashlib.file_digest

    def busy(file, name):
        found = plain(file, name)
        with path.open("ab") as more:
            more.write(b"x")
        return found

    monkeypatch.setattr(hashlib, "file_digest", busy)
    with pytest.raises(Unreadable, match="kept changing"):
        digest_file(path)


def test_unreadable_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^There is no file or folder '.*nowhere\.csv'\.$"):
        digest_path(tmp_path / "nowhere.csv")
    with pytest.raises(Unreadable, match=r"cannot be read: .*embedded null"):
        digest_path("a\0b")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Unreadable, match="no regular file"):
        digest_path(pipe)
    with pytest.raises(Unreadable, match="no regular file"):
        digest_file(tmp_path)


def test_forbidden_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.csv")

    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Unreadable, match="permission denied"):
        digest_file(path)


def test_folder_digest_is_its_files_and_nothing_else(tmp_path: Path) -> None:
    one = tmp_path / "one"
    write(one / "b" / "x.csv", b"1")
    write(one / "a.csv", b"22")
    first = digest_path(one)
    assert first.size == 3

    two = tmp_path / "moved"
    write(two / "a.csv", b"22", age=5)
    write(two / "b" / "x.csv", b"1")
    (two / "empty").mkdir()
    (two / "a.csv").chmod(0o700)
    assert digest_path(two) == first

    for change in (
        lambda root: write(root / "a.csv", b"23"),
        lambda root: (root / "a.csv").rename(root / "c.csv"),
        lambda root: write(root / "new", b""),
        lambda root: (root / "a.csv").unlink(),
    ):
        copy = tmp_path / "copy"
        shutil.copytree(one, copy)
        change(copy)
        assert digest_path(copy).digest != first.digest
        shutil.rmtree(copy)


def test_names_and_contents_cannot_be_mistaken_for_each_other(tmp_path: Path) -> None:
    write(tmp_path / "one" / "ab", b"c")
    write(tmp_path / "two" / "a", b"bc")
    assert digest_path(tmp_path / "one").digest != digest_path(tmp_path / "two").digest


def test_empty_folder_and_empty_file_differ(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "file", b"")
    assert digest_path(tmp_path / "folder").digest != digest_path(tmp_path / "file").digest


def test_big_folders_are_read_by_several_threads_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(20):
        write(tmp_path / f"{i}.bin", bytes([i]) * 1000)
    alone = digest_path(tmp_path)
    monkeypatch.setattr(files, "_PARALLEL_BYTES", 1)
    assert digest_path(tmp_path) == alone


def test_a_folder_of_links_is_what_they_lead_to(tmp_path: Path) -> None:
    blobs, linked, copied = tmp_path / "blobs", tmp_path / "linked", tmp_path / "copied"
    write(blobs / "9f86", b"weights")
    write(blobs / "deep" / "x", b"x")
    linked.mkdir()
    (linked / "model.bin").symlink_to("../blobs/9f86")
    (linked / "sub").symlink_to(blobs / "deep")
    write(copied / "model.bin", b"weights")
    write(copied / "sub" / "x", b"x")
    assert digest_path(linked) == digest_path(copied)


def test_loops_and_broken_links_count_by_where_they_lead(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a" / "x", b"x")
    plain = digest_path(root)
    (root / "a" / "up").symlink_to("..")
    looped = digest_path(root)
    assert looped.digest != plain.digest
    assert looped.size == plain.size
    (root / "a" / "up").unlink()
    (root / "a" / "up").symlink_to(root.resolve())
    assert digest_path(root) == looped
    (root / "a" / "gone").symlink_to("nowhere")
    broken = digest_path(root)
    (root / "a" / "gone").unlink()
    (root / "a" / "gone").symlink_to("elsewhere")
    assert len({broken.digest, looped.digest, digest_path(root).digest}) == 3
    (root / "a" / "self").symlink_to("self")
    assert digest_path(root).size == 1


def test_a_web_of_folder_links_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_FOLDER_LINKS", 100)
    for level in range(12):
        (tmp_path / "web" / f"d{level}").mkdir(parents=True)
        for name in "ab":
            (tmp_path / "web" / f"d{level}" / name).symlink_to(f"../d{level + 1}")
    with pytest.raises(Unreadable, match="more than 100 links"):
        digest_path(tmp_path / "web")


def test_a_socket_in_a_folder_counts_by_its_kind(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path / "f" / "x", b"x")
    before = digest_path(tmp_path / "f")
    monkeypatch.chdir(tmp_path / "f")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert digest_path(tmp_path / "f").digest != before.digest


def test_a_name_that_is_no_text_is_fine(tmp_path: Path) -> None:
    name = os.fsencode(str(tmp_path)) + b"/f/\xff.csv"
    (tmp_path / "f").mkdir()
    Path(os.fsdecode(name)).write_bytes(b"1")
    assert digest_path(tmp_path / "f").size == 1
    with pytest.raises(Unreadable, match=r"udcfe"):
        digest_path(os.fsdecode(name.replace(b"\xff", b"\xfe")))
