"""How long people wait on the lineage map, in Chromium: from a key, a move or a press to the paint.

200 and 500 things are drawn at once, as small as it takes; 192 of a base model's 300 runs; and what
is shown of 5,000. The figures are of this machine as it is now: its load is told beside them.

    python bench/explorer.py [--only "500 things"]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from server import started

UI = Path(__file__).parents[1] / "ui"
FOREBEAR = [sys.executable, "-m", "forebear"]


def main():
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--only", default="")
    only = asked.parse_args().only
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None or not (UI / "node_modules").is_dir():
        sys.exit("This needs node, chromium and `make ui`.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*FOREBEAR, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with started([*FOREBEAR, "serve"], folder) as (url, _):
            command = [node, "node_modules/vitest/vitest.mjs", "run", "--config"]
            command += ["e2e/vitest.bench.config.ts", "--disable-console-intercept", "-t", only]
            said = {"FOREBEAR_URL": url, "CHROMIUM": chromium, "NO_COLOR": "1"}
            sys.exit(subprocess.run(command, cwd=UI, env=os.environ | said, check=False).returncode)


if __name__ == "__main__":
    main()
