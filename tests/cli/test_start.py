"""What a command imports: the file that it is in, and what answers it."""

from __future__ import annotations

import subprocess
import sys

from command import forebear
from forebear.cli import file_of
from forebear.cli.app import app
from forebear.plugins import load_folder


def imported_by(folder, *words):
    """Return what a command has imported when it has answered."""
    program = (
        "import sys; from forebear.cli import main; code = main(sys.argv[1:]);"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stdout
    return set(modules)


def test_a_command_imports_no_other_command(tmp_path):
    assert forebear("init", cwd=tmp_path).returncode == 0
    imported = imported_by(tmp_path, "models")
    files = {name for name in imported if name.startswith("forebear.cli.")}
    assert files == {f"forebear.cli.{name}" for name in ("app", "models", "output", "quick")}
    assert not {name for name in imported if name.startswith("forebear.capture")}
    assert not imported & {"forebear.ops.bias", "sqlalchemy", "asyncio", "numpy"}


def test_a_trace_of_a_recorded_model_needs_no_sqlalchemy(tmp_path):
    script = "from pathlib import Path; Path('b').write_bytes(Path('a').read_bytes())"
    (tmp_path / "program.py").write_text(script)
    (tmp_path / "a").write_text("a")
    assert forebear("run", "program.py", cwd=tmp_path).returncode == 0
    assert forebear("trace", "b", cwd=tmp_path).returncode == 0  # takes in what was recorded
    for words in (["trace", "b"], ["impact", "a"], ["runs"], ["show", "b"], ["descendants", "a"]):
        assert not imported_by(tmp_path, *words) & {"sqlalchemy", "asyncio", "numpy"}, words


def test_the_version_is_told_without_any_command(tmp_path):
    imported = imported_by(tmp_path, "--version")
    assert not imported & {"forebear.cli.app", "forebear.ops", "cyclopts", "rich", "msgspec"}
    assert forebear("--version").stdout == forebear("models", "--version").stdout


def test_the_list_of_all_commands_needs_no_database(tmp_path):
    assert not imported_by(tmp_path, "--help") & {"sqlalchemy", "alembic", "numpy", "httpx2"}


def test_each_command_is_found_by_the_text_of_its_file():
    load_folder("forebear.cli")
    commands = [name for name in app if not name.startswith("-")]
    assert "trace" in commands
    for name in commands:
        inside = [app[name][word] for word in app[name] if not word.startswith("-")]
        functions = [one.default_command for one in (app[name], *inside) if one.default_command]
        assert {file_of(name)} == {one.__module__ for one in functions}, name


def test_an_unknown_command_is_told_which_there_are(tmp_path):
    done = forebear("trac", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert 'Did you mean "trace"?' in done.stderr
