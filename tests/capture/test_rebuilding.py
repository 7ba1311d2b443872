"""What stands in the way of a recorded environment is named in one sentence."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import msgspec
import pytest

from forebear.capture import environment
from forebear.capture.reproduce import environments, reproduction
from forebear.core.errors import ForebearError

UNKNOWN = (
    "  × No solution found when resolving dependencies:\n"
    "  ╰─▶ Because six-zq was not found in the package registry and you require six-zq==1.0, we\n"
    "      can conclude that your requirements are unsatisfiable.\n"
)
NO_VERSION = (
    "  × No solution found when resolving dependencies:\n"
    "  ╰─▶ Because there is no version of six==99.9 and you require six==99.9, we can conclude\n"
    "      that your requirements are unsatisfiable.\n"
)
UNTRUSTED = (
    "error: Failed to fetch: https://index.example/six/\n"
    "  cause: client error (Connect)\n"
    "  cause: invalid peer certificate: UnknownIssuer\n"
    "\n"
    "hint: Consider enabling use of system TLS certificates with the `--system-certs` flag\n"
)
OFFLINE = (
    "error: No solution found when resolving dependencies\n"
    "  cause: Because six was not found in the cache and you require six==1.17.0, we can\n"
    "conclude that your requirements are unsatisfiable.\n"
    "\n"
    "hint: Packages were unavailable because the network was disabled.\n"
)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[tuple[str, ...]]:
    """Let uv fail with each text in turn ('' is success), and return what it was asked."""
    asked: list[tuple[str, ...]] = []
    waiting = list(answers)

    def uv(*words: str) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        text = waiting.pop(0)
        if words[0] == "venv":
            Path(words[-1]).mkdir()
        return subprocess.CompletedProcess(words, 2 if text else 0, "", text)

    monkeypatch.setattr(environments, "_uv", uv)
    return asked


@pytest.fixture
def recorded() -> environment.Environment:
    found = environment.describe()
    packages = [
        environment.Package(name="six", version="1.17.0"),
        environment.Package(name="forebear", version="0.1.0", origin="editable", url="file:///x"),
        environment.Package(name="mine", version="2.0", origin="local", url="file:///y"),
    ]
    return msgspec.structs.replace(found, packages=packages)


def test_exactly_what_was_recorded_is_installed(
    recorded: environment.Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, "", "")
    said: list[str] = []
    rebuilt = environments.rebuild(recorded, tmp_path / "env", said.append)
    assert rebuilt.python == tmp_path / "env" / "bin" / "python"
    assert (tmp_path / "env" / "recorded.txt").read_text() == "six==1.17.0\nmsgspec\n"
    assert recorded.python.version in asked[0]
    assert "--no-deps" in asked[1]
    assert len(rebuilt.notes) == 1
    assert rebuilt.notes[0].startswith("mine 2.0")
    assert said[-1] == "Installing 2 packages"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UNKNOWN, "Package six-zq cannot be installed any more."),
        (NO_VERSION, "Package six==99.9 cannot be installed any more."),
        ("error: no network", "The recorded packages cannot be installed: no network"),
    ],
)
def test_a_package_that_is_gone_is_named(
    recorded: environment.Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    sentence: str,
) -> None:
    answering(monkeypatch, "", error)
    rebuilt = environments.rebuild(recorded, tmp_path / "env", lambda _: None)
    assert (rebuilt.python, rebuilt.obstacles) == (None, [sentence])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UNTRUSTED, "Failed to fetch: https://index.example/six/: invalid peer certificate"),
        (OFFLINE, "No solution found when resolving dependencies: Because six was not found in"),
    ],
)
def test_what_cannot_be_fetched_now_is_no_verdict(
    recorded: environment.Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    reason: str,
) -> None:
    answering(monkeypatch, "", error)
    with pytest.raises(ForebearError) as told:
        environments.rebuild(recorded, tmp_path / "env", lambda _: None)
    assert told.value.message.startswith(f"The recorded packages cannot be fetched now: {reason}")
    assert "--env current" in (told.value.hint or "")


def test_a_python_that_is_not_here_is_named(
    recorded: environment.Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "error: No interpreter found\n")
    with pytest.raises(ForebearError, match="is not available here: No interpreter found") as told:
        environments.rebuild(recorded, tmp_path / "env", lambda _: None)
    assert told.value.message.startswith(f"Python {recorded.python.version} ")


@pytest.mark.parametrize(
    ("paths", "given", "trust"),
    [
        (("/etc/ssl/cert.pem", None), None, "true"),
        ((None, "/etc/ssl/certs"), None, "true"),
        ((None, "/etc/ssl/certs"), "false", "false"),
        ((None, None), None, None),
    ],
)
def test_the_machines_certificates_are_trusted_where_there_are_any(
    monkeypatch: pytest.MonkeyPatch,
    paths: tuple[str | None, str | None],
    given: str | None,
    trust: str | None,
) -> None:
    here = ssl.DefaultVerifyPaths(*paths, "", "", "", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: here)
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    if given is not None:
        monkeypatch.setenv("UV_SYSTEM_CERTS", given)
    environs: list[dict[str, str]] = []
    monkeypatch.setattr(subprocess, "run", lambda *_, env, **__: environs.append(env))
    environments._uv("venv")
    assert environs[0].get("UV_SYSTEM_CERTS") == trust


def test_environments_are_compared_in_words(recorded: environment.Environment) -> None:
    present = msgspec.structs.replace(
        recorded, packages=[environment.Package(name="six", version="1.16.0")]
    )
    assert environments.differences(recorded, present) == [
        "Package six was 1.17.0 and is 1.16.0.",
        "Package forebear 0.1.0 is missing.",
        "Package mine 2.0 is missing.",
    ]


def test_a_secret_that_a_program_printed_last_is_not_cut_before_it_is_seen(tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    password = "S3cret" * 60
    output.write_text(f"OperationalError: postgresql://shop:{password}@db.example/shop\n")
    told = reproduction._last_words(output)
    assert told is not None
    assert "S3cret" not in told
