"""File systems: which of them are on another machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["network_filesystem"]

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(
    "nfs nfs4 cifs smb3 smbfs afs ncpfs davfs fuse.sshfs fuse.davfs fuse.davfs2 fuse.s3fs"
    " fuse.rclone fuse.gcsfuse fuse.glusterfs fuse.smbnetfs".split()
)


def network_filesystem(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the kind of file system that `path` is on when others see it over a network.

    None for a local one, and where the system does not say (other than Linux).
    """
    try:
        device = path.stat().st_dev
        table = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    here = f"{os.major(device)}:{os.minor(device)}"
    for row in table.splitlines():
        before, _, after = row.partition(" - ")
        if before.split()[2:3] == [here]:
            kind = after.partition(" ")[0]
            return kind if kind in _NETWORK else None
    return None
