"""What is built: its types are those of the server, and it is light."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest

from forebear.server.apis.ui import BUILT
from ui.conftest import UI

FIRST_LOAD = 250_000


def test_the_clients_types_are_those_of_the_server(node, tmp_path):
    codegen = UI / "codegen"
    if not (codegen / "node_modules").is_dir():
        pytest.skip("ui/codegen/node_modules is not installed (`make test` does it)")
    described = subprocess.run(
        [sys.executable, codegen / "describe.py"], check=True, capture_output=True
    )
    made = tmp_path / "schema.d.ts"
    subprocess.run([node, codegen / "generate.mjs", made], check=True, input=described.stdout)
    stale = made.read_text() != (UI / "src" / "api" / "schema.d.ts").read_text()
    assert not stale, "The server's interface has changed: `make ui-types`, and commit the file."


def test_the_first_page_is_light(chromium):
    manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    needed, waiting = set(), ["index.html", "src/pages/home/Home.tsx", "src/app/Palette.tsx"]
    while waiting:
        chunk = manifest[waiting.pop()]
        files = {chunk["file"], *chunk.get("css", [])}
        waiting += [one for one in chunk.get("imports", []) if manifest[one]["file"] not in needed]
        needed |= files
    size = sum(len(gzip.compress((BUILT / file).read_bytes())) for file in needed)
    assert size < FIRST_LOAD
