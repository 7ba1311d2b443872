import errno
import os
import resource
import stat
import subprocess
import sys
import threading

import pytest

from forebear.core.digest import of_bytes
from forebear.core.errors import (
    CorruptStore,
    InvalidInput,
    NotFound,
    StoreUnwritable,
    Unreadable,
)
from forebear.store import open_store
from forebear.store.blobs import FileBlobs

DATA = b"some bytes"
DIGEST = of_bytes(DATA)


@pytest.fixture
def blobs(tmp_path):
    return FileBlobs(tmp_path / "blobs")


def files(blobs):
    return sorted(path for path in blobs.root.rglob("*") if path.is_file())


def path_of(blobs, digest=DIGEST):
    name = digest.removeprefix("sha256:")
    return blobs.root / name[:2] / name[2:]


def test_bytes_lie_under_their_digest_for_the_owner_only(blobs):
    assert not blobs.has(DIGEST)
    assert blobs.put(DATA) == DIGEST
    assert blobs.put(DATA) == DIGEST
    assert files(blobs) == [path_of(blobs)]
    assert stat.S_IMODE(path_of(blobs).stat().st_mode) == 0o600
    assert stat.S_IMODE(path_of(blobs).parent.stat().st_mode) == 0o700
    assert blobs.has(DIGEST)
    assert blobs.get(DIGEST) == DATA


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1])
def test_a_file_is_kept_whole(blobs, tmp_path, size):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(size))
    digest = blobs.put_file(source)
    assert digest == of_bytes(source.read_bytes())
    assert blobs.put_file(source, digest) == digest
    assert blobs.put_file(source) == digest
    assert files(blobs) == [path_of(blobs, digest)]
    assert stat.S_IMODE(path_of(blobs, digest).stat().st_mode) == 0o600
    blobs.copy_to(digest, tmp_path / "deep" / "copy")
    assert (tmp_path / "deep" / "copy").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("kept", [True, False])
def test_a_file_that_has_changed_is_refused(blobs, tmp_path, kept):
    source = tmp_path / "source"
    source.write_bytes(DATA)
    if kept:
        blobs.put(DATA)
    source.write_bytes(b"other bytes")
    with pytest.raises(Unreadable, match="has changed"):
        blobs.put_file(source, DIGEST)
    assert files(blobs) == ([path_of(blobs)] if kept else [])


def test_what_cannot_be_read_is_said(blobs, tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        blobs.put_file(tmp_path / "missing")
    with pytest.raises(Unreadable, match="directory"):
        blobs.put_file(tmp_path)


def test_what_is_not_kept_is_not_found(blobs, tmp_path):
    with pytest.raises(NotFound, match=DIGEST):
        blobs.get(DIGEST)
    with pytest.raises(NotFound):
        blobs.copy_to(DIGEST, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert list(blobs.digests()) == []


@pytest.mark.parametrize(
    "word", ["", "sha256:", "sha256:../../etc/passwd", DIGEST.upper(), "x" * 71]
)
def test_only_digests_are_names(blobs, word):
    assert not blobs.has(word)
    with pytest.raises(InvalidInput, match="not a whole digest"):
        blobs.get(word)


def test_damaged_bytes_are_never_handed_out(blobs, tmp_path):
    blobs.put(DATA)
    path_of(blobs).write_bytes(b"some bytez")
    target = tmp_path / "copy"
    target.write_bytes(b"what was there")
    with pytest.raises(CorruptStore, match="damaged"):
        blobs.get(DIGEST)
    with pytest.raises(CorruptStore, match="damaged"):
        blobs.copy_to(DIGEST, target)
    assert target.read_bytes() == b"what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs", "copy"]
    assert "damaged" in blobs.damage(DIGEST)


def test_digests_come_in_order_and_without_strangers(blobs):
    digests = sorted(blobs.put(b"%d" % n) for n in range(20))
    (path_of(blobs).parent).mkdir(exist_ok=True)
    (path_of(blobs).parent / ".new-left-by-a-crash").touch()
    (blobs.root / "readme").touch()
    assert list(blobs.digests()) == digests
    assert all(blobs.damage(digest) is None for digest in digests)


def test_many_writers_of_the_same_bytes(blobs):
    data = os.urandom(300_000)
    threads = [threading.Thread(target=blobs.put, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(blobs) == [path_of(blobs, of_bytes(data))]
    assert blobs.get(of_bytes(data)) == data


@pytest.fixture
def small_disk():
    """No file may grow beyond 100,000 bytes: what a full disk does to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_one_sentence_and_leaves_nothing(blobs, tmp_path, request):
    source = tmp_path / "source"
    source.write_bytes(b"x" * 200_000)
    digest = blobs.put_file(source)
    (tmp_path / "other").write_bytes(b"y" * 200_000)
    request.getfixturevalue("small_disk")
    with pytest.raises(StoreUnwritable, match="File too large"):
        blobs.put(b"z" * 200_000)
    with pytest.raises(StoreUnwritable, match="File too large"):
        blobs.put_file(tmp_path / "other")
    with pytest.raises(InvalidInput, match="cannot be written"):
        blobs.copy_to(digest, tmp_path / "copy")
    assert files(blobs) == [path_of(blobs, digest)]
    assert not (tmp_path / "copy").exists()


def test_a_failing_sync_is_no_success(blobs, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreUnwritable, match="Input/output error"):
        blobs.put(DATA)
    monkeypatch.undo()
    assert not blobs.has(DIGEST)
    assert files(blobs) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "blobs").write_text("a file is in the way")
    with pytest.raises(StoreUnwritable, match="Nothing can be kept"):
        FileBlobs(tmp_path / "blobs").put(DATA)


def test_keeping_bytes_needs_no_sql():
    program = (
        "import sys; from forebear.store.blobs import FileBlobs; import forebear.store;"
        "sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_leftovers_of_dead_programs_are_swept_after_a_day(blobs):
    kept = blobs.put(b"kept")
    old, young = blobs.root / ".new-old", blobs.root / ".new-young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    blobs.sweep()
    assert not old.exists()
    assert young.exists()
    assert list(blobs.digests()) == [kept]


def test_opening_a_store_sweeps(tmp_path):
    (tmp_path / "blobs").mkdir()
    left = tmp_path / "blobs" / ".new-left"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    open_store(tmp_path, create=True).close()
    assert not left.exists()


def test_what_is_too_large_is_not_read_at_once(blobs, monkeypatch, tmp_path):
    digest = blobs.put(b"x" * 100)
    monkeypatch.setattr("forebear.store.blobs._MOST_AT_ONCE", 99)
    with pytest.raises(Unreadable, match="not read at once"):
        blobs.get(digest)
    blobs.copy_to(digest, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size == 100
