"""What is in `deploy/` is sound as far as that shows without a machine to deploy on."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from command import forebear

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
INSTRUCTIONS = {
    "ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL",
    "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(DEPLOY / name)
    return read


def dockerfile() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]  # type: ignore[misc]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    return found


def commands() -> list[list[str]]:
    """Return the words of every command of ours that is started."""
    found = []
    for name in UNITS:
        service = dict(unit(name)).get("Service", {})
        for key in ("ExecStart", "ExecStartPre"):
            if key in service:
                said = service[key].replace("%%", "%")
                words = shlex.split(said)
                words = shlex.split(words[2]) if words[0] == "/bin/sh" else words
                found.append(words[words.index("/opt/forebear/bin/forebear") + 1 :])
    for instruction, rest in dockerfile():
        if instruction == "CMD":
            found.append(json.loads(rest))
        if instruction == "RUN" and rest.startswith("forebear "):
            found.append(shlex.split(rest)[1:])
    return found


def test_every_command_and_option_is_one(compose: dict[str, Any]) -> None:
    said = [*commands(), compose["services"]["forebear"]["command"]]
    assert len(said) >= 6
    for words in said:
        known = forebear(words[0], "--help").stdout
        for option in (word for word in words if word.startswith("--")):
            assert option in known, f"{words[0]} has no {option}"


@pytest.mark.parametrize("name", UNITS)
def test_systemd_knows_all_that_units_say(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    for one in UNITS:  # with a command that is here
        text = (DEPLOY / one).read_text().replace("/opt/forebear/bin/forebear", "/bin/true")
        (tmp_path / one).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_server_may_write_only_where_its_store_is() -> None:
    service = unit("forebear.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["User"] != "root"
    assert service["NoNewPrivileges"] == "true"
    assert f"/var/lib/{service['StateDirectory']}" in service["Environment"]


def test_who_ends_the_server_waits_longer_than_it_takes(compose: dict[str, Any]) -> None:
    from forebear.server.running import _PATIENCE

    assert int(unit("forebear.service")["Service"]["TimeoutStopSec"]) > _PATIENCE
    grace = compose["services"]["forebear"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > _PATIENCE


def test_the_image_is_built_of_what_is_there() -> None:
    said = dockerfile()
    assert {instruction for instruction, _ in said} <= INSTRUCTIONS
    defaults = dict(rest.split("=") for key, rest in said if key == "ARG")
    assert all(":" in image for image in defaults.values()), "each image has a tag"
    stages = [re.match(r"\$(\w+)(?: AS (\w+))?", rest) for key, rest in said if key == "FROM"]
    assert {one[1] for one in stages if one} == set(defaults)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for key, rest in said:
        if key == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.split('/')[0]}" in ignored, f"{source} is kept out"
        elif key == "COPY":
            stage = re.match(r"--from=(\w+)", rest)
            assert stage is not None
            assert stage[1] in {one[2] for one in stages if one}
    extras = re.search(r"\[([\w,]+)\]'", (DEPLOY / "Dockerfile").read_text())
    assert extras is not None
    assert {f"{one} = [" for one in extras[1].split(",")} <= set(
        re.findall(r"^\w+ = \[", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    )
    last = [key for key, _ in said]
    assert "USER" in last[last.index("FROM", len(last) - last[::-1].index("FROM") - 1) :]


def test_images_made_of_packages_stand_in_for_those_that_are_pulled(
    compose: dict[str, Any],
) -> None:
    made = (DEPLOY / "images.sh").read_text()
    stages = re.findall(r"^FROM debian AS (\w+)", (DEPLOY / "images.Dockerfile").read_text(), re.M)
    assert re.search(r"for image in ([\w ]+);", made)[1].split() == stages  # type: ignore[index]
    taken = {f"{stage.upper()}_IMAGE" for stage in stages}
    assert set(re.findall(r"(\w+_IMAGE)=forebear-\w+", made)) == taken
    said = (DEPLOY / "compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+_IMAGE):-", said)) == taken
    assert set(compose["services"]["forebear"]["build"]["args"]) == {
        rest.partition("=")[0] for key, rest in dockerfile() if key == "ARG"
    }


@pytest.mark.parametrize("name", ["images.sh", "postgres.sh"])
def test_scripts_are_ones_that_any_shell_reads(name: str) -> None:
    assert (DEPLOY / name).stat().st_mode & 0o111
    done = subprocess.run(
        ["/bin/sh", "-n", str(DEPLOY / name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_passwords_are_kept_out_of_git_and_of_the_image() -> None:
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()
    assert not any(
        line.startswith("!deploy") for line in (ROOT / ".dockerignore").read_text().splitlines()
    )


def test_the_database_is_reached_by_nobody_else(compose: dict[str, Any]) -> None:
    database, server = compose["services"]["database"], compose["services"]["forebear"]
    assert "ports" not in database
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert server["depends_on"]["database"]["condition"] == "service_healthy"
    assert ":?" in database["environment"]["POSTGRES_PASSWORD"]
    context = DEPLOY / server["build"]["context"]
    assert (context / server["build"]["dockerfile"]).is_file()
    volumes = {one.split(":")[0] for one in (*database["volumes"], *server["volumes"])}
    assert volumes == set(compose["volumes"])
