import os

import pytest

from forebear.core.errors import StoreUnwritable
from forebear.store import filesystem, open_store, sqlite


def mounts(tmp_path, kind):
    device = tmp_path.stat().st_dev
    table = tmp_path / "mountinfo"
    table.write_text(
        "21 1 0:5 / /proc rw - proc proc rw\n"
        f"36 25 {os.major(device)}:{os.minor(device)} / /mnt rw,relatime shared:1"
        f" - {kind} server:/export rw\n"
    )
    return table


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_known_by_its_mount(tmp_path, kind):
    table = mounts(tmp_path, kind)
    assert filesystem.network_filesystem(tmp_path, table) == kind


@pytest.mark.parametrize("kind", ["ext4", "overlay", "fuse.gocryptfs"])
def test_a_local_one_is_none(tmp_path, kind):
    assert filesystem.network_filesystem(tmp_path, mounts(tmp_path, kind)) is None


def test_where_the_system_does_not_say_nothing_is_claimed(tmp_path):
    assert filesystem.network_filesystem(tmp_path, tmp_path / "none") is None
    assert filesystem.network_filesystem(tmp_path / "gone") is None


def test_no_store_is_made_or_written_on_one(tmp_path, monkeypatch):
    open_store(tmp_path, create=True).close()
    monkeypatch.setattr(sqlite, "network_filesystem", lambda _: "nfs4")
    for place in (tmp_path, tmp_path / "new"):
        with pytest.raises(StoreUnwritable, match="network file system \\(nfs4\\)"):
            open_store(place, create=True)
