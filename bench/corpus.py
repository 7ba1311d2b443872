"""How true recording is, over all scripts of `tests/corpus`, and what it costs.

    python bench/corpus.py [--only 16 57 ...] [--rounds 1] [--json FILE] [--keep FOLDER]

Each case runs plainly and under `forebear run`, in fresh folders. Then what a user would ask is
asked (trace, columns, rows, leaks) and set beside the truth that was written by hand. `4/5:6` is 4
right of 5 told, 6 expected (`4:6`: all 4 told are right); `rows` counts sets of rows that are
exactly the same. `same` says whether output, errors, exit codes and files were those of the plain
run. `CPU` is what recording added, all processes included, from the second run in a folder on: the
first one also makes the store and looks through all installed packages.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus_cases import Behaviour, behaviour

from corpus.agreement import PARTS, Agreement, Score, agreement, files_in
from corpus.truth import Case, cases
from forebear.client.client import connect
from forebear.client.locate import init_store

RECORDED = [str(Path(sys.executable).with_name("forebear")), "run", "--quiet"]
"""As people type it: `python -m` imports more."""


class Result(Struct, kw_only=True):
    """One case: how true the record is, whether it changed anything, what it cost."""

    name: str
    agreement: Agreement
    same: bool
    plain_cpu: float
    recorded_cpu: float

    @property
    def overhead(self) -> float:
        return self.recorded_cpu / self.plain_cpu - 1


def result_of(case: Case, work: Path, rounds: int) -> Result:
    """Run a case plainly and recorded, by turns, and compare."""
    plain, recorded, cpu = None, None, ([], [])
    for _ in range(rounds):
        plain, _ = behaviour(case, work / "plain" / case.name, [])
        recorded, inputs = behaviour(case, work / case.name, RECORDED, prepare=_first_run)
        cpu[0].append(plain.cpu)
        cpu[1].append(recorded.cpu)
    same = (plain.codes, plain.said, plain.files) == (
        recorded.codes,
        recorded.said,
        recorded.files,
    )
    found = agreement_of(case, work / case.name, inputs)
    if not same:
        found.differences.append(_difference(plain, recorded))
    return Result(
        name=case.name,
        agreement=found,
        same=same,
        plain_cpu=statistics.median(cpu[0]),
        recorded_cpu=statistics.median(cpu[1]),
    )


def _first_run(folder: Path) -> None:
    """Let there be a store, as there is after the first run in a folder."""
    with tempfile.NamedTemporaryFile(suffix=".py") as empty:
        command = [sys.executable, *RECORDED, empty.name]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


def asked_again(case: Case, work: Path) -> Result:
    """Ask what an earlier round recorded, without running anything."""
    inputs = files_in(work / case.name) - files_written(case)
    found = agreement_of(case, work / case.name, inputs)
    return Result(name=case.name, agreement=found, same=True, plain_cpu=1.0, recorded_cpu=1.0)


def files_written(case: Case) -> set[str]:
    """Return the files that a case writes, by its truth."""
    return {target for _, target in case.truth.file_edges} | set(case.truth.standalone)


def agreement_of(case: Case, folder: Path, inputs: set[str]) -> Agreement:
    init_store(folder / ".forebear")  # where nothing was recorded, nothing is what is answered
    with connect(start=folder) as client:
        return agreement(case, folder, client, inputs)


def _difference(plain: Behaviour, recorded: Behaviour) -> str:
    if plain.codes != recorded.codes:
        return f"exit codes {plain.codes} became {recorded.codes}"
    if plain.files != recorded.files:
        return f"other files: {sorted(plain.files ^ recorded.files)}"
    for one, two in zip(plain.said, recorded.said, strict=True):
        for before, after in zip(one.splitlines(), two.splitlines(), strict=False):
            if before != after:
                return f"said {before!r}, and recorded {after!r}"
        if one != two:
            return f"said {len(one)} bytes, and recorded {len(two)}: {two[len(one) :][-200:]!r}"
    return ""


HEAD = f"{'case':<24}" + "".join(f"{part:>11}" for part in PARTS) + f"{'same':>5}{'CPU':>6}"


def row(name: str, found: Agreement, same: str, cost: str) -> str:
    """Return one line of the table."""
    cells = []
    for part in PARTS:
        score: Score = getattr(found, part)
        right = f"{score.right}" if score.right == score.told else f"{score.right}/{score.told}"
        cells.append(f"{right}:{score.expected}")
    return f"{name[:23]:<24}" + "".join(f"{cell:>11}" for cell in cells) + f"{same:>5}{cost:>6}"


def total_of(results: list[Result]) -> Agreement:
    """Return all scores added up."""
    total = Agreement()
    for one in results:
        for part in PARTS:
            score: Score = getattr(one.agreement, part)
            getattr(total, part).take(score.expected, score.told, score.right)
    return total


def summary(results: list[Result]) -> dict[str, object]:
    """Return precision and recall of each part, and the rest, as numbers."""
    total = total_of(results)
    figures: dict[str, object] = {"cases": len(results)}
    for part in PARTS:
        score: Score = getattr(total, part)
        figures[part] = {
            "expected": score.expected,
            "told": score.told,
            "right": score.right,
            "precision": score.right / score.told if score.told else None,
            "recall": score.right / score.expected if score.expected else None,
        }
    figures["false alarms"] = total.leaks.told - total.leaks.right
    figures["same behaviour"] = sum(one.same for one in results)
    figures["plain CPU seconds"] = sum(one.plain_cpu for one in results)
    figures["recorded CPU seconds"] = sum(one.recorded_cpu for one in results)
    figures["median overhead"] = statistics.median(one.overhead for one in results)
    return figures


def show(results: list[Result]) -> None:
    """Print what all cases come to."""
    total, figures = total_of(results), summary(results)
    same = f"{figures['same behaviour']}/{len(results)}"
    print("-" * len(HEAD))
    print(row("all", total, same, f"{figures['median overhead']:+.0%}"))
    print()
    print(f"{'':<16}{'expected':>10}{'told':>8}{'right':>8}{'precision':>12}{'recall':>10}")
    for part in PARTS:
        score: Score = getattr(total, part)
        shares = [f"{score.right / of:.2%}" if of else "-" for of in (score.told, score.expected)]
        print(
            f"{part:<16}{score.expected:>10}{score.told:>8}{score.right:>8}"
            f"{shares[0]:>12}{shares[1]:>10}"
        )
    print(f"false alarms of leaks   {figures['false alarms']}")
    print(f"behaved the same        {figures['same behaviour']} of {len(results)} cases")
    print(
        f"CPU seconds             {figures['plain CPU seconds']:.0f} plain,"
        f" {figures['recorded CPU seconds']:.0f} recorded,"
        f" {figures['median overhead']:+.1%} in the median case"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="numbers of cases")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--keep", type=Path, help="leave the folders of the cases here")
    parser.add_argument("--ask-again", action="store_true", help="run nothing; ask what --keep has")
    options = parser.parse_args()
    work = (options.keep or Path(tempfile.mkdtemp(prefix="forebear-corpus-"))).resolve()
    results = []
    print(HEAD, flush=True)
    try:
        for case in cases():
            if options.only and case.name.split("_")[0] not in options.only:
                continue
            if options.ask_again:
                result = asked_again(case, work)
            else:
                result = result_of(case, work, options.rounds)
            results.append(result)
            same = "yes" if result.same else "NO"
            print(row(case.name, result.agreement, same, f"{result.overhead:+.0%}"), flush=True)
            for one in result.agreement.differences:
                print(f"    {one}", flush=True)
        if results:
            show(results)
    finally:
        if options.keep is None:
            shutil.rmtree(work, ignore_errors=True)
    if options.json:
        told = {"cases": results, "all": summary(results)}
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2))


if __name__ == "__main__":
    main()
