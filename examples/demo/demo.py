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


def do(*words: str, quiet: bool = False, leaves: int = 0) -> None:
    """Run a forebear command as a person would, and show it; it must leave with `leaves`."""
    print(f"{DIM}$ forebear {shlex.join(words)}{PLAIN}", flush=True)
    pipe = subprocess.PIPE if quiet else None
    done = subprocess.run([*FOREBEAR, *words], cwd=WORK, stdout=pipe, stderr=pipe, check=False)
    if done.returncode != leaves:
        if quiet:
            sys.stderr.buffer.write(done.stdout + done.stderr)
        sys.exit(f"The demo stopped: `forebear {' '.join(words)}` left with {done.returncode}.")


def record() -> None:
    """Run the pipeline, and say which of its models is the best."""
    say("1. Five ordinary scripts run; not a line in them knows of forebear.")
    do("init", quiet=True)
    do("run", "fetch.py", quiet=True)
    do("run", "prepare.py", quiet=True)
    do("run", "train.py", "--model", "forest", "--trees", "60", quiet=True)
    do("run", "train.py", "--model", "linear", quiet=True)
    do("run", "evaluate.py", quiet=True)
    say("2. What models are there? The newest becomes the champion.")
    why = "higher F1 and recall than the forest"
    do("alias", "tumour", "champion", "2", "--why", why, quiet=True)
    do("models")


def ask() -> None:
    """Where does it come from, what does it reach, can it be had again?"""
    say("3. Where does the champion come from?")
    do("trace", "tumour@champion")
    say("4. What does the raw data reach?")
    do("impact", "data/tumours.csv")
    say("5. Can the champion be made again? (its environment is rebuilt, its script run again)")
    do("reproduce", "tumour@champion")


def judge() -> None:
    """Is the data as it should be, and is the model good enough?"""
    say("6. Is the data as it should be? Checks are inferred once, and kept in a file to be read.")
    do("quality", "suggest", "data:clean", "-o", "quality/clean.toml", quiet=True)
    do("quality", "check", "data:clean")
    say("7. How good is the champion on rows that were held out?")
    do("validate", "tumour@champion", "--on", "data:holdout", "--target", "target")


def release() -> None:
    """May it go to production, and what is there?"""
    say("8. May it go to production? forebear.toml says what has to hold.")
    do("promote", "tumour:2", "--to", "production", leaves=1)
    say("   What is missing is said, and then it may.")
    do("licence", "data:tumours", "CC-BY-4.0", quiet=True)
    do("own", "model:tumour", "--by", "the imaging team", quiet=True)
    do("promote", "tumour:2", "--to", "production")
    do("deploy", "tumour:2", "--env", "prod", "--endpoint", "https://models.example/tumour")


def recall() -> None:
    """The data was bad after all; and what does an auditor see?"""
    say("9. The raw data turns out to be bad, and is recalled. What is to be done?")
    do("recall", "data:tumours", "--reason", "the labels of one hospital were swapped")
    say("10. What does an auditor see? The report is a page for people who are no data scientists.")
    do("audit", "tumour@production", "--report", "audit.html")
    say("11. Is everything still what was recorded?")
    do("verify")


def main() -> None:
    """Show what forebear is for, on one screen an answer."""
    begun = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(HERE / "pipeline", WORK)
    for part in (record, ask, judge, release, recall):
        part()
    print(
        f"\nDone in {time.monotonic() - begun:.0f} s. Look around in {WORK.name}/: audit.html, and"
        "\n  cd demo-work && ../.venv/bin/forebear show tumour:2"
        "\n  ../.venv/bin/forebear profile data/tumours.csv"
        "\n  ../.venv/bin/forebear audit tumour:2"
        "\n  ../.venv/bin/forebear history tumour --all"
        "\n  ../.venv/bin/forebear trace models/tumour.joblib --json"
        "\n  make -C .. ui && ../.venv/bin/forebear ui   # in the browser; needs node 20"
        "\nThen `forebear run your_script.py` in a project of yours; docs/tutorial.md goes on."
    )


if __name__ == "__main__":
    main()
