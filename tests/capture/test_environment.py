"""The description of an environment, and what it can be built again from."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.pylock import Pylock

from forebear.capture import environment as env
from forebear.capture.environment import Environment, Interpreter, Machine, Package, Platform
from forebear.core.errors import Unreadable


def make(*packages: Package, **changes: object) -> Environment:
    where = Platform(system="Linux", architecture="x86_64", tag="linux-x86_64", byte_order="little")
    fields: dict[str, object] = {
        "python": Interpreter(version="3.11.7", implementation="CPython"),
        "platform": where,
        "packages": list(packages),
    }
    return Environment(**(fields | changes))  # type: ignore[arg-type]


WHEEL = Package(name="some-lib", version="1.2.0", tag="py2.py3-none-any", content="ab" * 32)
EDITABLE = Package(
    name="mine", version="0.1", origin="editable", url="file:///home/me/my%20code/mine"
)
LOCAL = Package(
    name="near", version="0.2", origin="local", url="file:///srv/near", subdirectory="py"
)
VCS = Package(
    name="forked",
    version="2.0",
    origin="vcs",
    url="https://git.example/x/forked.git",
    vcs="git",
    commit="c0ffee" * 6 + "abcd",
    revision="main",
)
ARCHIVE = Package(
    name="packed",
    version="3.0",
    origin="archive",
    url="https://files.example/packed-3.0.tar.gz",
    hashes={"sha256": "cd" * 32},
)
BARE = Package(name="old-style", version="0.9")


def install(site: Path, folder: str, **files: str) -> Path:
    info = site / folder
    info.mkdir(parents=True)
    for name, content in files.items():
        (info / name.replace("__", ".")).write_text(content)
    return info


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


def test_describes_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("MY_PASSWORD", "swordfish")
    found = env.describe()
    packages = {package.name: package.version for package in found.packages}
    assert found.python.version == platform.python_version()
    assert packages["msgspec"] == version("msgspec")
    assert packages["pytest"] == version("pytest")
    assert found.variables["OMP_NUM_THREADS"] == "3"
    assert "MY_PASSWORD" not in found.variables
    assert found.machine.cores
    assert found.platform.byte_order == sys.byteorder
    assert [package.name for package in found.packages] == sorted(packages)


def test_names_are_normal_and_versions_come_from_where_they_are_known(site: Path) -> None:
    install(site, "Some_Lib.Extra-1.2.dist-info", METADATA="Name: x\nVersion: 9\n")
    install(site, "by_hand.dist-info", METADATA="Name: By.Hand\nVersion: 3.1\n")
    install(site, "egg-2.0-py3.11.egg-info", **{"PKG-INFO": "Name: egg\nVersion: 2.0\n"})
    install(site, "removed-1.0.dist-info", RECORD="")
    found = {package.name: package.version for package in env.describe().packages}
    assert found == {"some-lib-extra": "1.2", "by-hand": "3.1", "egg": "2.0"}


def test_the_first_of_two_with_one_name_counts(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "twice-1.0.dist-info", METADATA="")
    install(tmp_path / "other", "Twice-2.0.dist-info", METADATA="")
    monkeypatch.setattr(sys, "path", [str(site), str(tmp_path / "other")])
    assert [(p.name, p.version) for p in env.describe().packages] == [("twice", "1.0")]


def test_direct_urls_say_where_packages_came_from(site: Path) -> None:
    told = {
        "edit": {"url": "file:///src/edit", "dir_info": {"editable": True}},
        "dir": {"url": "file:///src/dir", "dir_info": {}},
        "git": {
            "url": "https://me:hunter2" + "@git.example/x.git",
            "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "main"},
            "subdirectory": "py",
        },
        "new": {"url": "https://f.example/n.whl", "archive_info": {"hashes": {"sha256": "1"}}},
        "old": {"url": "https://f.example/o.whl", "archive_info": {"hash": "sha256=2"}},
        "broken": "{",
    }
    for name, value in told.items():
        content = value if isinstance(value, str) else json.dumps(value)
        install(site, f"{name}-1.dist-info", METADATA="", direct_url__json=content)
    found = {package.name: package for package in env.describe().packages}
    assert found["edit"].origin == "editable"
    assert found["dir"].origin == "local"
    assert found["git"].origin == "vcs"
    assert found["git"].url == "https://[REDACTED:url-userinfo]@git.example/x.git"
    assert (found["git"].commit, found["git"].revision, found["git"].subdirectory) == (
        "abc",
        "main",
        "py",
    )
    assert (found["new"].origin, found["new"].hashes) == ("archive", {"sha256": "1"})
    assert found["old"].hashes == {"sha256": "2"}
    assert found["broken"].origin == "index"
    assert b"hunter2" not in env.environment_bytes(env.describe())


def test_conda_folders_of_a_build_machine_are_not_local(site: Path) -> None:
    told = json.dumps({"url": "file:///croot/work", "dir_info": {}})
    install(site, "c-1.dist-info", METADATA="", INSTALLER="conda\n", direct_url__json=told)
    assert env.describe().packages[0].origin == "index"


def test_a_develop_install_is_editable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    install(tmp_path, "dev.egg-info", **{"PKG-INFO": "Name: dev\nVersion: 1\n"})
    (package,) = env.describe().packages
    assert (package.origin, package.url) == ("editable", tmp_path.as_uri())


def test_content_sees_the_files_and_not_what_the_installer_added(tmp_path: Path) -> None:
    def content(name: str, record: str) -> str | None:
        wheel = "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_17_x86_64\n"
        wheel += "Tag: cp311-cp311-manylinux2014_x86_64\n"
        site = tmp_path / name / "site-packages"
        install(site, "p-1.dist-info", METADATA="", WHEEL=wheel, RECORD=record)
        before, sys.path[:] = sys.path[:], [str(site)]
        try:
            (package,) = env.describe().packages
        finally:
            sys.path[:] = before
        assert package.tag == "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64"
        return package.content

    plain = "p/a.py,sha256=x,1\np/b.py,sha256=y,2\np-1.dist-info/RECORD,,\n"
    added = (
        "../../bin/p,sha256=q,9\np/b.py,sha256=y,2\np/a.py,sha256=x,1\n"
        "p/__pycache__/a.cpython-311.pyc,sha256=k,5\np-1.dist-info/INSTALLER,sha256=z,3\n"
    )
    assert content("one", plain) == content("two", added)
    assert content("three", plain.replace("sha256=x", "sha256=w")) != content("four", plain)


def test_identity_leaves_out_the_occasion() -> None:
    plain = make(WHEEL)
    busy = make(WHEEL, machine=Machine(memory=5, cores=64), variables={"RANK": "3"})
    assert env.environment_digest(plain) == env.environment_digest(busy)
    assert env.environment_digest(plain) != env.environment_digest(make(WHEEL, BARE))
    older = Interpreter(version="3.11.6", implementation="CPython")
    assert env.environment_digest(plain) != env.environment_digest(make(WHEEL, python=older))
    assert env.read_environment(env.environment_bytes(busy)) == plain
    assert env.occasion(busy) == {
        "machine": {"memory": 5, "cores": 64},
        "variables": {"RANK": "3"},
    }


def test_bytes_that_are_no_environment_are_refused() -> None:
    with pytest.raises(Unreadable, match="do not describe an environment"):
        env.read_environment(b'{"packages": 3}')


def test_a_process_has_one_identity() -> None:
    assert env.environment_bytes(env.describe()) == env.environment_bytes(env.describe())


def test_pylock_is_valid_and_says_all_that_is_known() -> None:
    text = env.pylock(make(WHEEL, EDITABLE, LOCAL, VCS, ARCHIVE, BARE))
    assert text == env.pylock(make(WHEEL, EDITABLE, LOCAL, VCS, ARCHIVE, BARE))
    data = tomllib.loads(text)
    lock = Pylock.from_dict(data)
    lock.validate()
    assert (str(lock.lock_version), lock.created_by) == ("1.0", "forebear")
    assert str(lock.requires_python) == "==3.11.*"
    packages = {package.name: package for package in lock.packages}
    wheels = packages["some-lib"].wheels  # type: ignore[index]
    assert wheels
    assert wheels[0].filename == "some_lib-1.2.0-py2.py3-none-any.whl"
    assert wheels[0].hashes == {"forebear-record-sha256": "ab" * 32}
    mine, near = packages["mine"].directory, packages["near"].directory  # type: ignore[index]
    assert mine
    assert near
    assert (mine.path, mine.editable) == ("/home/me/my code/mine", True)
    assert (near.path, near.subdirectory) == ("/srv/near", "py")
    forked, packed = packages["forked"].vcs, packages["packed"].archive  # type: ignore[index]
    assert forked
    assert packed
    assert (forked.type, forked.commit_id) == ("git", VCS.commit)
    assert packed.hashes == ARCHIVE.hashes
    assert data["tool"]["forebear"]["unlocked"] == ["old-style==0.9"]


def test_pylock_of_this_process_is_valid() -> None:
    lock = Pylock.from_dict(tomllib.loads(env.pylock(env.describe())))
    lock.validate()
    assert "msgspec" in {package.name for package in lock.packages}


def test_pylock_quotes_what_paths_may_hold() -> None:
    odd = Package(
        name="odd", version="1", origin="local", url="file:///a%22b%5Cc%0A%7F/é\ud83d\ude00"
    )
    (package,) = tomllib.loads(env.pylock(make(odd)))["packages"]
    assert package["directory"]["path"].startswith('/a"b\\c\n\x7f/é')


def test_installable_pins_and_says_what_it_cannot_bring_back() -> None:
    special = Package(name="torch", version="2.3.0+cu121")
    odd = Package(name="odd", version="2004-build")
    secret = Package(
        name="hidden",
        version="1",
        origin="vcs",
        url="https://[REDACTED:url-userinfo]@git.example/x",
        vcs="git",
        commit="abc",
    )
    file = Package(name="whl", version="1", origin="archive", url="file:///tmp/whl-1.whl")
    requirements, problems = env.installable(
        make(WHEEL, VCS, ARCHIVE, special, EDITABLE, LOCAL, odd, secret, file)
    )
    assert requirements == [
        "some-lib==1.2.0",
        f"forked @ git+https://git.example/x/forked.git@{VCS.commit}",
        f"packed @ https://files.example/packed-3.0.tar.gz#sha256={'cd' * 32}",
        "torch==2.3.0+cu121",
    ]
    assert [problem.split()[0] for problem in problems] == [
        "torch",
        "mine",
        "near",
        "odd",
        "hidden",
        "whl",
    ]
    assert "editable mode from the folder /home/me/my code/mine" in problems[1]


def test_a_conda_environment_says_so() -> None:
    where = Platform(
        system="Linux", architecture="x86_64", tag="linux-x86_64", byte_order="little", conda=True
    )
    assert "conda" in env.installable(make(WHEEL, platform=where))[1][0]


def test_another_interpreter_describes_itself_without_forebear(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    python = tmp_path / "v" / "bin" / "python"
    if not python.exists():
        python = tmp_path / "v" / "Scripts" / "python.exe"
    (site,) = (tmp_path / "v").rglob("site-packages")
    install(site, "only_me-4.2.dist-info", METADATA="")
    (site / "sitecustomize.py").write_text("print('noise')")
    found = env.describe_interpreter(python)
    assert [(package.name, package.version) for package in found.packages] == [("only-me", "4.2")]
    assert found.python.version == platform.python_version()


def test_the_own_interpreter_says_the_same_from_outside() -> None:
    inside = env.describe()
    outside = env.describe_interpreter(Path(sys.executable))
    assert outside.platform == inside.platform
    assert {p.name for p in outside.packages} <= {p.name for p in inside.packages}


def test_an_interpreter_that_cannot_answer_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be asked"):
        env.describe_interpreter(tmp_path / "nothing")
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no such module >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(Unreadable, match="failed to describe itself: no such module"):
        env.describe_interpreter(broken)


@pytest.mark.skipif(os.name == "nt", reason="the script below is a shell script")
def test_graphics_cards_come_from_the_tool_where_the_driver_shows_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if Path("/proc/driver/nvidia/gpus").exists():
        pytest.skip("this machine has a card of its own")
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert env.describe().machine.gpus == []
    tool.write_text("#!/bin/sh\necho Card A\necho Card B\n")
    tool.chmod(0o755)
    assert env.describe().machine.gpus == ["Card A", "Card B"]


def test_two_hundred_packages_cost_little(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = "".join(f"p/{n}.py,sha256={n:043d},1\n" for n in range(200))
    wheel = "Wheel-Version: 1.0\nTag: py3-none-any\n"
    for number in range(200):
        install(site, f"p{number}-1.0.dist-info", METADATA="", RECORD=record, WHEEL=wheel)
    # The price of a package is opening files: METADATA, the dear one, is not among them.
    opened: list[str] = []
    reading = Path.read_text

    def counted(self: Path, *args: object, **kwargs: object) -> str:
        opened.append(self.name)
        return reading(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", counted)
    assert len(env.describe().packages) == 200
    assert opened.count("METADATA") == 0
    assert len(opened) <= 3 * 200 + 10


def test_the_list_of_packages_is_remembered_until_something_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    (site / "one-1.0.dist-info").mkdir(parents=True)
    (site / "one-1.0.dist-info" / "METADATA").write_text("Name: one\nVersion: 1.0\n")
    os.utime(site, ns=(1, 1))
    monkeypatch.setattr(sys, "path", [str(site)])
    memory = tmp_path / "cache"
    first = env.describe(memory)
    assert [package.name for package in first.packages] == ["one"]
    assert len(list(memory.iterdir())) == 1
    assert env.describe(memory) == first
    (site / "two-2.0.dist-info").mkdir()
    (site / "two-2.0.dist-info" / "METADATA").write_text("Name: two\nVersion: 2.0\n")
    assert [package.name for package in env.describe(memory).packages] == ["one", "two"]
    os.utime(site, ns=(2, 2))
    next(memory.iterdir()).write_text("damaged")
    assert [package.name for package in env.describe(memory).packages] == ["one", "two"]
