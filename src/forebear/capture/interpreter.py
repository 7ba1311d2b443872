"""Facts about the interpreter that runs this file, its packages and its machine.

Other interpreters, in which forebear is not installed, run the text of this file too: it uses the
standard library only, and no syntax newer than Python 3.8. It then prints the facts as JSON.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path
from typing import Any

__all__ = ["facts", "stamp"]


def facts(packages: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return everything there is to see, as plain values, secrets in addresses included.

    `packages` are taken as they are where somebody knows them already.
    """
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        memory = None
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):
        libc = ""
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "build": " ".join(platform.python_build()),
            "compiler": platform.python_compiler(),
        },
        "platform": {
            "system": platform.system(),
            "distribution": _os_name(),
            "architecture": platform.machine(),
            "tag": sysconfig.get_platform(),
            "libc": libc,
            "byte_order": sys.byteorder,
            "conda": Path(sys.prefix, "conda-meta").is_dir(),
        },
        "packages": _packages() if packages is None else packages,
        "machine": {
            "cpu": _cpu(),
            "cores": len(affinity(0)) if affinity else os.cpu_count(),
            "memory": memory,
            "kernel": platform.release(),
            "gpus": _gpus(),
        },
        "variables": _variables(),
    }


def stamp() -> tuple[str, int]:
    """Return what changes when a package is installed or removed, and when that was last.

    It is a digest over the interpreter and the folders on `sys.path` with their times, and the
    latest of these times in nanoseconds.
    """
    seen, latest = [sys.version, sys.prefix], 0
    for place in sys.path:
        try:
            if not _holds_packages(place):
                continue
            changed = Path(place or ".").stat().st_mtime_ns
        except OSError:
            continue
        seen.append(f"{place} {changed}")
        latest = max(latest, changed)
    return sha256("\n".join(seen).encode()).hexdigest()[:32], latest


def _holds_packages(place: str) -> bool:
    """Tell whether a folder holds packages: a script's own, for instance, changes nothing."""
    endings = (".dist-info", ".egg-info")
    with os.scandir(place or ".") as entries:
        return any(entry.name.endswith(endings) for entry in entries)


def _packages() -> list[dict[str, Any]]:
    """Return the packages on `sys.path`; of two with one name the first is what is imported."""
    from importlib.metadata import distributions  # only here: importing it takes long

    found: dict[str, dict[str, Any]] = {}
    for distribution in distributions():
        try:
            package = _package(distribution)
        except Exception:
            package = None  # half removed, or metadata that cannot be read
        if package is not None and package["name"] not in found:
            found[package["name"]] = package
    return list(found.values())


def _package(distribution: Any) -> dict[str, Any] | None:
    folder = Path(str(getattr(distribution, "_path", "")))
    # Opening METADATA costs more than all else: the name of the folder says the same.
    said = re.match(r"([A-Za-z0-9][\w.]*)-(\d[A-Za-z0-9.+!]*)\.dist-info\Z", folder.name)
    if said and (folder / "METADATA").exists():
        name, version = said.groups()
    else:
        name, version = distribution.metadata["Name"], distribution.version
    if not name or not version:
        return None
    package = {"name": re.sub(r"[-_.]+", "-", name).lower(), "version": str(version)}
    package.update(_direct_url(folder))
    if package.get("origin") not in ("editable", "local"):
        package.update(_wheel(folder))
    return package


def _direct_url(folder: Path) -> dict[str, Any]:
    """Read where a package came from, if not from an index (PEP 610)."""
    try:
        told = json.loads((folder / "direct_url.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Without a record of its own, an egg-info outside site-packages is `setup.py develop`.
        source = folder.parent
        develop = folder.suffix == ".egg-info" and not source.name.endswith("-packages")
        return {"origin": "editable", "url": source.absolute().as_uri()} if develop else {}
    origin: dict[str, Any] = {"url": told["url"], "subdirectory": told.get("subdirectory")}
    if "vcs_info" in told:
        vcs = told["vcs_info"]
        origin.update(origin="vcs", vcs=vcs.get("vcs"), commit=vcs.get("commit_id"))
        origin.update(revision=vcs.get("requested_revision"))
    elif "archive_info" in told:
        archive = told["archive_info"]
        hashes = dict(archive.get("hashes") or {})
        if not hashes and "=" in (archive.get("hash") or ""):
            kind, _, value = archive["hash"].partition("=")
            hashes = {kind: value}
        origin.update(origin="archive", hashes=hashes)
    else:
        editable = bool(told.get("dir_info", {}).get("editable"))
        installer = folder / "INSTALLER"
        if not editable and installer.exists() and "conda" in installer.read_text():
            return {}  # conda's build machine built it in a folder that is of no interest here
        origin.update(origin="editable" if editable else "local")
    return origin


def _wheel(folder: Path) -> dict[str, Any]:
    """Read which wheel was installed: its tag, and a digest over the files it brought."""
    added = (
        "RECORD",
        "INSTALLER",
        "REQUESTED",
        "direct_url.json",
        "uv_cache.json",
        "uv_build.json",
    )
    try:
        record = (folder / "RECORD").read_text(encoding="utf-8").splitlines()
        wheel = (folder / "WHEEL").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    ours = tuple(f"{folder.name}/{name}," for name in added)
    brought = [
        line
        for line in record
        if ",sha256=" in line and not line.startswith(("../", "/", *ours)) and ".pyc," not in line
    ]
    tags = [line[4:].strip().split("-") for line in wheel if line.startswith("Tag:")]
    if not brought or not tags or any(len(tag) != 3 for tag in tags):
        return {}
    parts = [".".join(sorted({tag[place] for tag in tags})) for place in range(3)]
    content = sha256("\n".join(sorted(brought)).encode()).hexdigest()
    return {"tag": "-".join(parts), "content": content}


def _os_name() -> str:
    try:
        with Path("/etc/os-release").open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("PRETTY_NAME="):
                    return line[len("PRETTY_NAME=") :].strip().strip("\"'")
    except (OSError, ValueError):
        pass
    return platform.mac_ver()[0] or platform.win32_ver()[1]


def _cpu() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(("model name", "Model")):
                    return line.partition(":")[2].strip()
    except (OSError, ValueError):
        pass
    if sys.platform == "darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        try:
            answer = subprocess.run(asked, capture_output=True, timeout=2, check=True).stdout
            return answer.decode().strip()
        except (OSError, subprocess.SubprocessError):
            return platform.machine()
    return os.environ.get("PROCESSOR_IDENTIFIER", platform.machine())


def _gpus() -> list[str]:
    """Return the models of NVIDIA cards: the driver's files say it, and failing them its tool."""
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    if cards:
        texts = [card.read_text(errors="replace").splitlines() for card in cards]
        named = [line for text in texts for line in text if line.startswith("Model:")]
        return [line.partition(":")[2].strip() for line in named]
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        asked = [tool, "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, timeout=2, check=True).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in answer.splitlines() if line.strip()]


def _variables() -> dict[str, str]:
    """Return the variables that change results or say which worker this was; no others."""
    families = ("OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "VECLIB_", "BLIS_", "KMP_")
    single = (
        "PYTHONHASHSEED PYTHONOPTIMIZE CUDA_VISIBLE_DEVICES CUDA_DEVICE_ORDER"
        " CUBLAS_WORKSPACE_CONFIG NVIDIA_TF32_OVERRIDE PYTORCH_CUDA_ALLOC_CONF"
        " TF_DETERMINISTIC_OPS TF_CUDNN_DETERMINISTIC TF_ENABLE_ONEDNN_OPTS XLA_FLAGS"
        " JAX_ENABLE_X64 JAX_PLATFORMS POLARS_MAX_THREADS WORLD_SIZE RANK LOCAL_RANK"
        " LOCAL_WORLD_SIZE NODE_RANK GROUP_RANK SLURM_JOB_ID SLURM_ARRAY_TASK_ID SLURM_PROCID"
        " SLURM_NTASKS LANG LC_ALL LC_CTYPE LC_NUMERIC TZ"
    ).split()
    return {
        name: value[:500]
        for name, value in sorted(os.environ.items())
        if name in single or name.startswith(families)
    }


if __name__ == "__main__":
    sys.path = [entry for entry in sys.path if entry]
    print()
    print(json.dumps(facts()))
