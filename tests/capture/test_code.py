"""The files that ran: which are the user's own, and what is kept of them."""

from __future__ import annotations

import importlib
import json
import py_compile
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from forebear.capture import code
from forebear.core.digest import of_bytes

SECRET = "hunter" + "2hunter2"


# Snapshots


def test_snapshot_lists_paths_digests_and_sizes(tmp_path: Path) -> None:
    base, outside = tmp_path / "base", tmp_path / "shared.py"
    (base / "pkg").mkdir(parents=True)
    (base / "train.py").write_text("a = 1\n")
    (base / "pkg" / "m.py").write_text("b = 2\n")
    outside.write_text("c = 3\n")
    paths = [outside, base / "train.py", base / "pkg" / "m.py", base / "pkg" / ".." / "train.py"]
    found = code.snapshot(paths, base)
    assert [(f.path, f.size) for f in found.files] == [
        (outside.resolve().as_posix(), 6),
        ("pkg/m.py", 6),
        ("train.py", 6),
    ]
    assert found.files[2].digest == of_bytes(b"a = 1\n")
    assert found.problems == []
    assert dict(code.contents(found)) == {
        of_bytes(data): data for data in (b"a = 1\n", b"b = 2\n", b"c = 3\n")
    }


def test_the_manifest_identifies_the_code(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    paths = [tmp_path / "a.py", tmp_path / "b.py"]
    first = code.snapshot(paths, tmp_path)
    assert first.digest == of_bytes(code.manifest_bytes(first))
    assert code.manifest_bytes(code.snapshot(paths[::-1], tmp_path)) == code.manifest_bytes(first)
    assert [f["path"] for f in json.loads(code.manifest_bytes(first))["files"]] == ["a.py", "b.py"]
    (tmp_path / "b.py").write_text("changed")
    assert code.snapshot(paths, tmp_path).digest != first.digest


def test_a_file_with_a_secret_is_kept_redacted_only(tmp_path: Path) -> None:
    source = f'password = "{SECRET}"\nprint(1)\n'
    (tmp_path / "t.py").write_text(source)
    found = code.snapshot([tmp_path / "t.py"], tmp_path)
    (entry,) = found.files
    assert entry.digest == of_bytes(source.encode())
    assert entry.secrets == ["assignment"]
    assert entry.kept != entry.digest
    assert dict(code.contents(found)) == {
        entry.kept: b'password = "[REDACTED:assignment]"\nprint(1)\n'
    }
    assert SECRET.encode() not in code.manifest_bytes(found)


@pytest.mark.parametrize("coding", ["utf-16", "latin-1", "utf-8-sig"])
def test_secrets_are_found_in_other_encodings(tmp_path: Path, coding: str) -> None:
    (tmp_path / "c.ini").write_bytes(f"name = é\npassword = {SECRET}\n".encode(coding))
    found = code.snapshot([tmp_path / "c.ini"], tmp_path)
    ((digest, data),) = code.contents(found)
    assert digest == found.files[0].kept == of_bytes(data)
    assert data.decode(coding) == "name = é\npassword = [REDACTED:assignment]\n"


def test_clean_files_stay_the_same_to_the_byte(tmp_path: Path) -> None:
    odd = b"caf\xe9 \r\n\tx\r"
    (tmp_path / "odd.py").write_bytes(odd)
    assert [data for _, data in code.contents(code.snapshot([tmp_path / "odd.py"], tmp_path))] == [
        odd
    ]


def test_cells_stand_beside_files(tmp_path: Path) -> None:
    cells = {"n.ipynb/cell-2": f"token = '{SECRET}abc'", "n.ipynb/cell-1": "x = 1"}
    found = code.snapshot([], tmp_path, cells=cells)
    assert [f.path for f in found.files] == ["n.ipynb/cell-1", "n.ipynb/cell-2"]
    assert found.files[1].secrets == ["assignment"]


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "big.json").write_bytes(b"1" * ((4 << 20) + 1))
    (tmp_path / "native.so").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "folder.py").mkdir()
    names = ["big.json", "native.so", "folder.py", "gone.py"]
    found = code.snapshot([tmp_path / name for name in names], tmp_path)
    assert [f.path for f in found.files] == ["big.json", "native.so"]
    assert found.files[0].digest == of_bytes(b"1" * ((4 << 20) + 1))
    assert list(code.contents(found)) == []
    assert sorted(problem.split()[0] for problem in found.problems) == sorted(names)


# Modules


def test_local_modules_are_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_pkg").mkdir()
    (tmp_path / "own_pkg" / "__init__.py").write_text("")
    (tmp_path / "own_pkg" / "part.py").write_text("")
    (tmp_path / "own_space").mkdir()
    (tmp_path / "own_space" / "inner.py").write_text("")
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "own_installed.py").write_text("")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("own_zipped.py", "")
    (tmp_path / "own_compiled.py").write_text("")
    py_compile.compile(str(tmp_path / "own_compiled.py"), cfile=str(tmp_path / "own_compiled.pyc"))
    (tmp_path / "own_compiled.py").unlink()
    for place in (tmp_path, installed, tmp_path / "z.zip"):
        monkeypatch.syspath_prepend(str(place))
    names = ["own_pkg.part", "own_space.inner", "own_installed", "own_zipped", "own_compiled"]
    for name in names:
        importlib.import_module(name)
    own = {name: module for name, module in sys.modules.items() if name.startswith("own_")}
    for name in own:
        monkeypatch.delitem(sys.modules, name)
    assert "own_space" in own
    found = code.local_modules({**sys.modules, **own})
    mine = [
        path.relative_to(tmp_path.resolve()).as_posix() for path in found if "own_" in str(path)
    ]
    assert mine == [
        "own_compiled.pyc",
        "own_pkg/__init__.py",
        "own_pkg/part.py",
        "own_space/inner.py",
    ]
    compiled = code.snapshot([tmp_path / "own_compiled.pyc"], tmp_path)
    assert "without source text" in compiled.problems[0]


def test_nothing_of_others_is_local() -> None:
    names = {path.as_posix() for path in code.local_modules(sys.modules)}
    assert Path(__file__).resolve().as_posix() in names
    for module in (json, pytest, code, shutil):
        assert Path(str(module.__file__)).resolve().as_posix() not in names


def test_odd_modules_are_left_alone() -> None:
    class Lazy(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"asked for {name}")

    class Slotted:
        __slots__ = ()

    odd = {"lazy": Lazy("lazy"), "slotted": Slotted(), "none": None, "gone": ModuleType("gone")}
    odd["gone"].__file__ = "/nowhere/gone.py"  # type: ignore[union-attr]
    assert code.local_modules(odd) == []  # type: ignore[arg-type]
