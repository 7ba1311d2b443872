"""Workers that are forked, programs that are killed, recorded programs that serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

import forebear as fb
from command import forebear

PROGRAM = """
import sys, time
import forebear as fb
serving = fb.serving("churn:2", env="prod", every=0.2)
predict = serving.watch(lambda rows: 1)
for _ in range(1000):
    predict({"age": 3})
serving.flush()
print("acknowledged", flush=True)
for _ in range(50):
    predict({"age": 3})
time.sleep(60)
"""


def test_what_was_acknowledged_survives_a_kill(folder, deployed):
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout.readline() == "acknowledged\n"
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
    (one,) = deployed()
    assert 1000 <= one.usage.calls <= 1050
    assert one.status == "running"
    assert forebear("verify", cwd=folder).returncode == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_forked_workers_count_for_the_same_deployment(folder, deployed):
    serving = fb.serving("churn:2", env="prod", store=str(folder))
    predict = serving.watch(lambda rows: 1)
    predict([1])
    serving.flush()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in range(100):
                    predict([1])
                serving.close()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 3
    predict([1])
    serving.close()
    (one,) = deployed()
    assert one.usage.calls == 302


def test_workers_that_start_together_make_one_deployment(folder, deployed):
    program = PROGRAM.replace("time.sleep(60)", "serving.close()")
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(3)
    ]
    for one in started:
        one.communicate(timeout=60)
        assert one.returncode == 0
    (one,) = deployed()
    assert one.usage.calls == 3 * 1050


def test_a_program_says_the_rest_when_it_ends_and_its_record_holds_none_of_our_files(folder):
    script = folder / "serve.py"
    script.write_text(
        PROGRAM.replace("time.sleep(60)", "").replace("serving.flush()", "serving.flush()")
    )
    done = forebear("run", "serve.py", cwd=folder)
    assert done.returncode == 0, done.stderr
    shown = forebear("deployments", "--env", "prod", cwd=folder).stdout
    assert "1,050 calls" in shown
    run = done.stderr.partition("run:")[2].partition(";")[0]
    told = forebear("show", f"run:{run}", cwd=folder).stdout
    assert "serving.lock" not in told
    assert "ledger.db" not in told


def test_a_slow_store_does_not_hold_up_the_program(folder, monkeypatch, deployed):
    from forebear.capture.serving import reporting

    true, asked, called = reporting.connect, threading.Event(), threading.Event()
    in_time = []

    def slow(store):
        asked.set()
        in_time.append(called.wait(timeout=30))
        return true(store)

    monkeypatch.setattr(reporting, "connect", slow)
    serving = fb.serving("churn:2", env="prod", store=str(folder), every=0.05)
    predict = serving.watch(lambda rows: 1)
    predict([1])
    asked.wait(timeout=30)
    for _ in range(1000):
        predict([1])
    called.set()
    serving.close()
    assert in_time[0], "the calls waited for the store"
    assert deployed()[0].usage.calls == 1001
