"""The tour: ordinary scripts on real data are recorded, then asked about.

Run by `make demo`. Everything happens in `demo-work/`, which is made anew each time.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
WORK = Path("demo-work").absolute()
FOREBEAR = [str(Path(sys.executable).with_name("forebear"))]
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text: str) -> None:
    """Print a sentence to the newcomer."""
    print(f"\n{BOLD}{text}{PLAIN}")


def do(*words: str, quiet: bool = False) -> None:
    """Run a forebear command as a person would, and show it."""
    print(f"{DIM}$ forebear {shlex.join(words)}{PLAIN}", flush=True)
    done = subprocess.run(
        [*FOREBEAR, *words], cwd=WORK, stderr=subprocess.PIPE if quiet else None, check=False
    )
    if done.returncode != 0:
        if quiet:
            sys.stderr.buffer.write(done.stderr)
        sys.exit(f"The demo stopped: `forebear {' '.join(words)}` left with {done.returncode}.")


def main() -> None:
    """Show what forebear is for, on one screen an answer."""
    begun = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(HERE / "pipeline", WORK)
    say("1. Five ordinary scripts run; not a line in them knows of forebear.")
    do("init", quiet=True)
    do("run", "fetch.py", quiet=True)
    do("run", "prepare.py", quiet=True)
    do("run", "train.py", "--model", "forest", "--trees", "60", quiet=True)
    do("run", "train.py", "--model", "linear", quiet=True)
    do("run", "evaluate.py", quiet=True)
    say("2. What models are there? The newest becomes the champion.")
    do(
        "alias",
        "tumour",
        "champion",
        "2",
        "--why",
        "higher F1 and recall than the forest",
        quiet=True,
    )
    do("models")
    say("3. Where does the champion come from?")
    do("trace", "tumour@champion")
    say("4. Suppose the raw data turns out to be bad. What does it reach?")
    do("impact", "data/tumours.csv")
    say("5. Can the champion be made again? (its environment is rebuilt, its script run again)")
    do("reproduce", "tumour@champion")
    say("6. Is everything still what was recorded?")
    do("verify")
    print(
        f"\nDone in {time.monotonic() - begun:.0f} s. Look around in {WORK.name}/: try"
        "\n  cd demo-work && ../.venv/bin/forebear show tumour:2"
        "\n  ../.venv/bin/forebear path data/tumours.csv tumour@champion"
        "\n  ../.venv/bin/forebear trace models/tumour.joblib --json"
        "\nThen `forebear run your_script.py` in a project of yours; docs/tutorial.md goes on."
    )


if __name__ == "__main__":
    main()
