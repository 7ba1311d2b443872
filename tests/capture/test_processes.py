"""What a recorded program starts joins its run: forks, workers, other Python programs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command import answer, forebear


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


def _unnumbered(text: str) -> str:
    return re.sub(r"pid=\d+", "pid=…", text)


def recorded(script: str, *words: str) -> str:
    """Run a script with and without recording, expect the same of both, and return the output."""
    Path("job.py").write_text(script)
    plain = subprocess.run(
        [sys.executable, "job.py", *words], capture_output=True, text=True, check=False
    )
    done = forebear("run", "--quiet", "job.py", *words)
    assert (done.stdout, done.returncode) == (plain.stdout, plain.returncode), done.stderr
    # Since Python 3.12 forks of a program with threads are warned of, by process number.
    assert _unnumbered(done.stderr) == _unnumbered(plain.stderr)
    return done.stdout


def root() -> dict[str, Any]:
    (run,) = answer("log")["runs"]
    return dict(run)


def gaps() -> list[str]:
    return list(answer("show", f"run:{root()['id']}")["gaps"])


def inner() -> dict[str, dict[str, Any]]:
    """The runs and steps inside the only run, by name."""
    return {run["name"]: run for run in answer("show", f"run:{root()['id']}")["steps"]}


def sources(of: str) -> set[str]:
    nodes = answer("trace", of)["nodes"]
    return {node.get("label") or node.get("name") for node in nodes}


def test_a_forked_child_records_what_it_does(work: Path) -> None:
    (work / "in.txt").write_text("data")
    recorded(
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    text = open('in.txt').read()\n"
        "    with open('out.txt', 'w') as file: file.write(text.upper())\n"
        "    os._exit(0)\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    assert "in.txt" in sources("out.txt")
    assert not [gap for gap in gaps() if "fork" in gap]
    assert forebear("verify").returncode == 0


def test_what_the_parent_had_read_is_known_in_a_forked_child(work: Path) -> None:
    (work / "in.csv").write_text("a,b\n1,2\n3,4\n5,6\n")
    recorded(
        "import os, pandas as pd\n"
        "frame = pd.read_csv('in.csv').query('a > 1')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    frame.to_csv('out.csv')\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    )
    trace = answer("trace", "out.csv")
    assert {edge["evidence"] for edge in trace["edges"]} == {"observed"}
    assert "in.csv" in sources("out.csv")


PROCESSES = """
import multiprocessing as mp, sys

def work(name):
    with open(name + '.txt') as source, open(name + '.out', 'w') as target:
        target.write(source.read().upper())
    return name

if __name__ == '__main__':
    context = mp.get_context(sys.argv[1])
    if sys.argv[2] == 'process':
        children = [context.Process(target=work, args=(name,)) for name in 'ab']
        for child in children: child.start()
        for child in children: child.join()
        print([child.exitcode for child in children])
    elif sys.argv[2] == 'pool':
        with context.Pool(2) as pool:
            print(pool.map(work, 'ab'))
    else:
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            print(list(pool.map(work, 'ab')))
"""


@pytest.mark.parametrize("kind", ["process", "pool", "executor"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_record_into_the_run(work: Path, method: str, kind: str) -> None:
    (work / "a.txt").write_text("first")
    (work / "b.txt").write_text("second")
    recorded(PROCESSES, method, kind)
    assert "a.txt" in sources("a.out")
    assert "b.txt" in sources("b.out")
    assert root()["status"] == "finished"
    assert {run["kind"] for run in inner().values()} == {"transform"}
    assert not [gap for gap in gaps() if "program" in gap or "fork" in gap]


JOBLIB = """
import pandas as pd
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.datasets import make_classification

def train(X, y, c):
    return LogisticRegression(C=c).fit(X, y)

if __name__ == '__main__':
    frame = pd.read_csv('in.csv')
    frame = frame[frame.a > 0.1]
    X, y = frame[['a', 'b']], frame['y']
    models = Parallel(n_jobs=2)(delayed(train)(X, y, c) for c in (0.1, 1.0))
    import joblib
    joblib.dump(models[1], 'model.joblib')
    print(models[1].C)
"""


def table(path: Path) -> None:
    rows = [f"{n / 50},{(n * 7 % 11) / 11},{int(n * 3 % 7 > 3)}" for n in range(60)]
    path.write_text("\n".join(["a,b,y", *rows]) + "\n")


def test_a_model_trained_by_a_worker_of_joblib_comes_from_the_data(work: Path) -> None:
    table(work / "in.csv")
    recorded(JOBLIB)
    trace = answer("trace", "model.joblib")
    assert {edge["evidence"] for edge in trace["edges"]} == {"observed"}
    assert {"in.csv", "LogisticRegression.fit"} <= sources("model.joblib")
    assert not gaps()


def test_what_scikit_learn_gives_to_workers_is_its_own_business(work: Path) -> None:
    table(work / "in.csv")
    recorded(
        "import pandas as pd\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.model_selection import cross_val_score\n"
        "frame = pd.read_csv('in.csv')\n"
        "scores = cross_val_score(LogisticRegression(), frame[['a', 'b']], frame['y'], n_jobs=2)\n"
        "print(len(scores))\n"
    )
    assert not [name for name in inner() if "LogisticRegression.fit" in name]
    assert not gaps()


def test_a_program_started_by_the_program_is_a_run_inside_it(work: Path) -> None:
    (work / "in.txt").write_text("data")
    (work / "other.py").write_text(
        "import sys, helper\n"
        "text = open('in.txt').read()\n"
        "with open('out.txt', 'w') as file: file.write(helper.change(text))\n"
    )
    (work / "helper.py").write_text("def change(text): return text.upper()")
    recorded(
        "import os, subprocess, sys\n"
        "subprocess.run([sys.executable, 'other.py'], check=True)\n"
        "subprocess.run([sys.executable, 'other.py'], env={**os.environ, 'A': '1'}, check=True)\n"
        "os.environ['PYTHONPATH'] = 'elsewhere'\n"
        "os.system(sys.executable + ' -c \"import os; print(os.environ[\\'PYTHONPATH\\'])\"')\n"
    )
    assert "in.txt" in sources("out.txt")
    assert inner()["other.py"]["parent"] == root()["id"]
    assert inner()["other.py"]["status"] == "finished"
    assert not [gap for gap in gaps() if "program" in gap]
    (code,) = [n for n in answer("trace", "out.txt")["nodes"] if n.get("kind") == "code"]
    assert {"job.py", "other.py", "helper.py"} <= set(code["attrs"]["files"])


def test_what_pandas_joins_inside_an_inner_program_is_no_trouble(work: Path) -> None:
    (work / "in.csv").write_text("key,a\n1,2\n3,4\n5,6\n")
    (work / "other.py").write_text(
        "import logging\n"
        "import pandas as pd\n"
        "logging.basicConfig(filename='log.txt', level=logging.DEBUG)\n"
        "frame = pd.read_csv('in.csv').query('key > 1')\n"
        "frame.merge(pd.read_csv('in.csv'), on='key', how='left').to_csv('out.csv')\n"
    )
    recorded(
        "import subprocess, sys\n"
        "import pandas as pd\n"
        "pd.read_csv('in.csv').query('key > 1').to_csv('two.csv')\n"
        "subprocess.run([sys.executable, 'other.py'], check=True)\n"
    )
    assert "in.csv" in sources("out.csv")
    assert "capture failed" not in (work / "log.txt").read_text()


@pytest.mark.parametrize(
    ("ending", "status", "exit_code"),
    [
        ("sys.exit(3)", "failed", 3),
        ("os.kill(os.getpid(), 9)", "lost", 137),
        ("1 / 0", "failed", 1),
    ],
)
def test_how_an_inner_program_ended_is_said(
    work: Path, ending: str, status: str, exit_code: int
) -> None:
    (work / "in.txt").write_text("data")
    (work / "other.py").write_text(f"import os, sys\nopen('in.txt').close()\n{ending}\n")
    recorded(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, 'other.py'], stderr=-3).returncode)\n"
    )
    found = inner()["other.py"]
    assert (found["status"], found["exit_code"]) == (status, exit_code)
    assert root()["status"] == "finished"


def test_a_killed_worker_loses_nothing_that_it_had_recorded(work: Path) -> None:
    (work / "in.txt").write_text("data")
    recorded(
        "import multiprocessing as mp, os, signal\n"
        "def work():\n"
        "    open('in.txt').close()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "child = mp.get_context('fork').Process(target=work)\n"
        "child.start(); child.join(); print(child.exitcode)\n"
    )
    assert "in.txt" in {node.get("label") for node in answer("impact", "in.txt")["nodes"]}
    assert root()["status"] == "finished"
    assert any("SIGKILL" in gap for gap in gaps())
    assert forebear("verify").returncode == 0


def test_forebear_run_inside_a_run_is_a_part_of_it(work: Path) -> None:
    (work / "in.txt").write_text("data")
    (work / "other.py").write_text("open('out.txt', 'w').write(open('in.txt').read().upper())")
    (work / "job.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'forebear', 'run', '--quiet', 'other.py'])\n"
    )
    assert forebear("run", "job.py").returncode == 0
    assert inner()["other.py"]["parent"] == root()["id"]
    assert inner()["other.py"]["exit_code"] == 0
    assert "in.txt" in sources("out.txt")
    assert not [gap for gap in gaps() if "program" in gap]


def test_an_interpreter_that_ignores_its_environment_is_a_gap(work: Path) -> None:
    recorded("import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', 'print(1)'])\n")
    assert any(Path(sys.executable).name in gap for gap in gaps())


def test_a_program_that_replaces_itself_keeps_its_record(work: Path) -> None:
    (work / "in.txt").write_text("data")
    (work / "other.py").write_text("print(open('mid.txt').read())")
    recorded(
        "import os, sys\n"
        "with open('mid.txt', 'w') as file: file.write(open('in.txt').read() * 2)\n"
        "os.execv(sys.executable, [sys.executable, 'other.py'])\n"
    )
    assert "in.txt" in sources("mid.txt")
    assert "other.py" in {node.get("name") for node in answer("impact", "in.txt")["nodes"]}


def test_the_environment_that_a_program_sees_is_its_own(work: Path) -> None:
    recorded(
        "import os, subprocess, sys\n"
        'look = \'import os; print(sorted(n for n in os.environ if n[:4] in ("FORE", "PYTH")))\'\n'
        "exec(look)\n"
        "print(subprocess.run([sys.executable, '-c', look], capture_output=True).stdout)\n"
        "os._exit is os._exit and print(signal if (signal := None) else 'same')\n"
    )


def test_a_worker_ended_by_sigterm_leaves_a_readable_spool(work: Path) -> None:
    (work / "in.txt").write_text("data")
    recorded(
        "import multiprocessing as mp, time\n"
        "def work(ready):\n"
        "    open('in.txt').close()\n"
        "    ready.set()\n"
        "    time.sleep(60)\n"
        "context = mp.get_context('fork')\n"
        "ready = context.Event()\n"
        "child = context.Process(target=work, args=(ready,), daemon=True)\n"
        "child.start(); ready.wait()\n"
    )
    assert "in.txt" in {node.get("label") for node in answer("impact", "in.txt")["nodes"]}
    assert os.listdir(".forebear/spool") == ["drain.lock"]
    assert signal.SIGTERM


def test_what_workers_and_inner_programs_made_is_made_again(work: Path) -> None:
    table(work / "in.csv")
    (work / "prepare.py").write_text(
        "import pandas as pd, helper\n"
        "helper.keep(pd.read_csv('in.csv')).to_csv('mid.csv', index=False)\n"
    )
    (work / "helper.py").write_text("def keep(frame): return frame[frame.a > 0.3]")
    (work / "job.py").write_text(
        "import multiprocessing as mp, pandas as pd, subprocess, sys\n"
        "def work(n):\n"
        "    frame = pd.read_csv('mid.csv')\n"
        "    frame[frame.b > n / 10].to_csv(f'part{n}.csv', index=False)\n"
        "if __name__ == '__main__':\n"
        "    subprocess.run([sys.executable, 'prepare.py'], check=True)\n"
        "    with mp.get_context('spawn').Pool(2) as pool: pool.map(work, [1, 2])\n"
    )
    assert forebear("run", "job.py").returncode == 0
    assert {"in.csv", "mid.csv"} <= sources("part2.csv")
    verdict = json.loads(forebear("reproduce", "part2.csv", "--env", "current", "--json").stdout)
    assert verdict["verdict"] == "bitwise"


def test_workers_of_a_program_that_records_itself_join_its_run(work: Path) -> None:
    table(work / "in.csv")
    (work / "job.py").write_text(
        "import forebear as fb, os, pandas as pd, sys\n"
        "fb.autolog()\n"
        "def work(name): pd.read_csv('in.csv').head(7).to_csv(name, index=False)\n"
        "with fb.run('shares'):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        work('forked.csv')\n"
        "        sys.exit(4)\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    command = [sys.executable, "-W", "ignore:This process", "job.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("4\n", "", 0)
    assert root()["status"] == "finished"
    assert inner()["shares"]["status"] == "finished"
    assert "in.csv" in sources("forked.csv")


def test_the_first_thing_that_an_inner_program_says_does_not_wait_for_itself(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "home").mkdir()
    (work / "home" / ".gitconfig").write_text("[user]\n\tname = Somebody Else\n")
    monkeypatch.setenv("HOME", str(work / "home"))
    (work / "inner.py").write_text("import forebear as fb\nwith fb.run('inner'): pass\n")
    (work / "job.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, 'inner.py'], check=True, timeout=30)\n"
    )
    done = forebear("run", "--quiet", "job.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "inner" in {run["name"] for run in answer("runs")["runs"]}
