"""The repository around a run, in all the states it may be in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from command import forebear
from forebear.capture import git as repository
from forebear.capture.git import GitState, git_state, untracked

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


def state(folder: Path) -> GitState:
    found = git_state(folder)
    assert found is not None
    return found


def test_no_repository_is_none(tmp_path: Path) -> None:
    assert git_state(tmp_path) is None
    assert git_state(tmp_path / "gone") is None


def test_a_clean_repository(repo: Path) -> None:
    (repo / "src").mkdir()
    found = state(repo / "src")
    assert found == GitState(
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


def test_a_script_that_the_commit_does_not_hold(repo: Path, tmp_path: Path) -> None:
    (repo / ".gitignore").write_text("tmp/\n")
    (repo / "tmp").mkdir()
    elsewhere = tmp_path / "elsewhere.py"
    for path in (repo / "new.py", repo / "tmp" / "[a].py", repo / "pytest", elsewhere):
        path.write_text("open('out.txt', 'w').write('1')\n")
    names = ("train.py", "new.py", "tmp/[a].py", "pytest")
    asked = [untracked(repo, repo / name) for name in names]
    assert [*asked, untracked(repo, elsewhere)] == [None, "new.py", "tmp/[a].py", None, None]
    forebear("init", cwd=repo)
    forebear("run", "new.py", cwd=repo)
    commit = git(repo, "rev-parse", "--short=10", "HEAD")
    told = f"git          main {commit}, new.py is not in it\n"
    assert told in forebear("trace", "out.txt", cwd=repo).stdout


def test_an_environment_inside_the_project_is_not_untracked_code(repo: Path) -> None:
    for name in (
        "own/part.py",
        ".venv/bin/activate_this.py",
        ".venv/pyvenv.cfg",
        "conda/lib/os.py",
    ):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text("")
    (repo / "conda" / "conda-meta").mkdir()
    assert state(repo).untracked == ["own/part.py"]
    (repo / "pyvenv.cfg").write_text("")  # the project's own folder may be an environment
    assert state(repo).untracked == ["own/part.py", "pyvenv.cfg"]


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
    monkeypatch.setattr(repository, "_LONGEST_ANSWER", 2000)
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
    monkeypatch.setattr(repository, "_MOST_UNTRACKED", 2)
    for number in range(4):
        (repo / f"u{number}.py").write_text("")
    found = state(repo)
    assert found.untracked == ["u0.py", "u1.py"]
    assert found.problems == ["Of 4 untracked files only 2 are listed."]
    monkeypatch.setattr(repository, "_LONGEST_ANSWER", 90)
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
    monkeypatch.setattr(repository, "_PATIENCE", 0.2)
    fake_git(tmp_path, monkeypatch, "exec sleep 60")
    found = state(repo)
    assert found.commit
    assert "took more than 0.2 seconds" in found.problems[0]


def test_a_broken_repository_is_said(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    found = state(tmp_path)
    assert (found.commit, found.dirty) == (None, None)
    assert "not a git repository" in found.problems[0]
