"""The files that ran, and the repository around them in all the states it may be in."""

from __future__ import annotations

import importlib
import json
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from forebear.capture import code
from forebear.core.digest import of_bytes

SECRET = "hunter" + "2hunter2"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    also = ["-c", "protocol.file.allow=always"]
    done = subprocess.run(
        ["git", *identity, *also, "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("print(1)\n")
    (folder / "data.bin").write_bytes(b"\0\1\2")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def state(folder: Path) -> code.GitState:
    found = code.git_state(folder)
    assert found is not None
    return found


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


# Repositories


def test_no_repository_is_none(tmp_path: Path) -> None:
    assert code.git_state(tmp_path) is None
    assert code.git_state(tmp_path / "gone") is None


def test_a_clean_repository(repo: Path) -> None:
    (repo / "src").mkdir()
    found = state(repo / "src")
    assert found == code.GitState(
        root=str(repo.resolve()), commit=git(repo, "rev-parse", "HEAD"), branch="main", dirty=False
    )


def test_the_diff_holds_staged_and_unstaged_changes_without_secrets(repo: Path) -> None:
    (repo / "train.py").write_text(f"print(2)\nAPI_KEY = '{SECRET}'\n")
    (repo / "new.py").write_text("x = 1\n")
    git(repo, "add", "new.py")
    (repo / "notes.md").write_text("")
    (repo / "extra.py").write_text("")
    (repo / "venv" / "site-packages").mkdir(parents=True)
    (repo / "venv" / "site-packages" / "lib.py").write_text("")
    found = state(repo)
    assert found.dirty
    assert "+print(2)" in found.diff
    assert "+x = 1" in found.diff
    assert SECRET not in found.diff
    assert found.secrets == ["assignment"]
    assert found.untracked == ["extra.py"]
    assert found.problems == []


def test_the_diff_can_be_applied(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repo), "other")
    (repo / "train.py").write_text("print('é')\nno newline")
    (repo / "data.bin").unlink()
    (tmp_path / "d.patch").write_text(state(repo).diff)
    found = state(repo)
    assert found.problems == ["data.bin is binary and changed: it is not in the diff."]
    git(tmp_path / "other", "apply", str(tmp_path / "d.patch"))
    assert (tmp_path / "other" / "train.py").read_text() == "print('é')\nno newline"


def test_large_and_binary_changes_are_named_not_kept(repo: Path) -> None:
    (repo / "data.bin").write_bytes(b"\0\3")
    (repo / "train.py").write_text("print(3)\n")
    for number in range(10):
        (repo / f"t{number}.csv").write_text("")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "tables")
    (repo / "data.bin").write_bytes(b"\0\4")
    (repo / "train.py").write_text("print(4)\n")
    for number in range(10):
        (repo / f"t{number}.csv").write_text(f"{number}\n" * 120_000)
    (repo / "t0.csv").write_text("0\n" * 300_000)
    found = state(repo)
    assert "+print(4)" in found.diff
    assert len(found.diff) <= 2 << 20
    named = " ".join(found.problems)
    assert "data.bin is binary and changed" in named
    assert "The diff of t0.csv has" in named


def test_an_endless_diff_is_cut_and_says_so(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "_LONGEST_ANSWER", 2000)
    (repo / "a.py").write_text("1\n")
    (repo / "b.py").write_text("1\n")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "more")
    (repo / "a.py").write_text("2\n")
    (repo / "b.py").write_text("2\n" * 2000)
    found = state(repo)
    assert "+2" in found.diff
    assert "b.py" not in found.diff
    assert "the rest is left out" in found.problems[0]


def test_too_many_untracked_files_are_counted(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "_MOST_UNTRACKED", 2)
    for number in range(4):
        (repo / f"u{number}.py").write_text("")
    found = state(repo)
    assert found.untracked == ["u0.py", "u1.py"]
    assert found.problems == ["Of 4 untracked files only 2 are listed."]
    monkeypatch.setattr(code, "_LONGEST_ANSWER", 90)
    assert "There are too many untracked files to list." in state(repo).problems


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "start")
    (tmp_path / "t.py").write_text("")
    git(tmp_path, "add", "t.py")
    found = state(tmp_path)
    assert (found.commit, found.branch, found.dirty, found.diff) == (None, "start", True, "")
    assert "no commit yet" in found.problems[0]


def test_a_detached_head_has_no_branch(repo: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    found = state(repo)
    assert (found.branch, found.commit) == (None, git(repo, "rev-parse", "HEAD"))


def test_a_rename_and_odd_names(repo: Path) -> None:
    git(repo, "mv", "train.py", "naïve name.py")
    (repo / "neu ö.py").write_text("")
    found = state(repo)
    assert "b/naïve name.py" in found.diff
    assert found.untracked == ["neu ö.py"]


def test_a_worktree_is_its_own_root(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    (tmp_path / "tree" / "train.py").write_text("print(5)\n")
    found = state(tmp_path / "tree")
    assert (found.root, found.branch) == (str((tmp_path / "tree").resolve()), "side")
    assert "+print(5)" in found.diff
    assert not state(repo).dirty


def test_a_submodule_with_changes_is_named(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repo), "above")
    above = tmp_path / "above"
    git(above, "submodule", "--quiet", "add", str(repo), "sub")
    git(above, "commit", "-q", "-m", "sub")
    (above / "sub" / "train.py").write_text("print(6)\n")
    assert state(above).problems == [
        "The submodule sub has changes of its own, which are not in the diff."
    ]
    inner = state(above / "sub")
    assert inner.root == str((above / "sub").resolve())
    assert "+print(6)" in inner.diff


def test_the_remote_is_redacted(repo: Path) -> None:
    git(repo, "remote", "add", "backup", "https://backup.example/x.git")
    assert state(repo).remote == "https://backup.example/x.git"
    git(repo, "remote", "add", "origin", f"https://me:{SECRET}@git.example/x.git")
    assert state(repo).remote == "https://[REDACTED:url-userinfo]@git.example/x.git"
    git(repo, "remote", "set-url", "origin", "git@git.example:me/x.git")
    assert state(repo).remote == "git@git.example:me/x.git"


def test_variables_of_a_hook_do_not_lead_elsewhere(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert state(repo).branch == "main"


def test_programs_named_in_the_configuration_are_not_run(repo: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.t.textconv", "core.pager"):
        git(repo, "config", key, str(trap))
    (repo / ".gitattributes").write_text("*.py diff=t\n")
    (repo / "train.py").write_text("print(7)\n")
    assert "+print(7)" in state(repo).diff
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("packed", [False, True])
def test_without_git_the_commit_is_read_by_hand(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    commit = git(repo, "rev-parse", "HEAD")
    if packed:
        git(repo, "pack-refs", "--all")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "--detach")
    monkeypatch.setenv("PATH", str(tmp_path))
    for folder in (repo, tmp_path / "tree"):
        found = state(folder)
        assert (found.commit, found.dirty) == (commit, None)
        assert found.problems == ["git is not installed: nothing but the commit is known."]


def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_refusal_for_another_owner_is_said_in_words(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git(repo, "rev-parse", "HEAD")
    words = "fatal: detected dubious ownership in repository"
    fake_git(tmp_path, monkeypatch, f'echo "{words}" >&2; exit 128')
    found = state(repo)
    assert found.commit == commit
    assert found.problems == [
        "git does not read the repository: it belongs to another user"
        " (see git's setting safe.directory)"
    ]


def test_a_git_that_hangs_is_stopped(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "_PATIENCE", 0.2)
    fake_git(tmp_path, monkeypatch, "exec sleep 60")
    found = state(repo)
    assert found.commit
    assert "took more than 0.2 seconds" in found.problems[0]


def test_a_broken_repository_is_said(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    found = state(tmp_path)
    assert (found.commit, found.dirty) == (None, None)
    assert "not a git repository" in found.problems[0]
