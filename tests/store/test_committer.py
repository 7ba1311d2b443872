"""Group commit, with a store that only counts."""

import os
import signal
import threading
import time

import pytest

from forebear.core.errors import Conflict, InvalidInput, StoreError, StoreUnwritable
from forebear.core.rows import Appended, Head
from forebear.store.committer import Committer, _Waiting
from forebear.store.ledger import Call


class Disk:
    """Takes a while to write, and remembers what it was given at a time."""

    def __init__(self, slow=0.02, fails=lambda call: None):
        self.slow, self.fails = slow, fails
        self.groups = []

    def __call__(self, calls):
        self.groups.append([call.incoming[0] for call in calls])
        time.sleep(self.slow)
        for call in calls:
            if (error := self.fails(call)) is not None:
                raise error
        head = Head(size=sum(map(len, self.groups)), root="")
        return [
            Conflict("no")
            if call.incoming[0] == "no"
            else Appended(accepted=len(call.incoming), duplicates=0, head=head)
            for call in calls
        ]


def together(committer, *words):
    outcomes = {}

    def work(word):
        try:
            outcomes[word] = committer.commit(Call([word]))
        except BaseException as error:
            outcomes[word] = error

    threads = [threading.Thread(target=work, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_those_who_come_while_one_writes_are_written_together():
    class Slow(Disk):
        def __call__(self, calls):
            while not self.groups and len(committer._waiting) < 31:
                time.sleep(0.001)
            return super().__call__(calls)

    disk = Slow()
    committer = Committer(disk)
    outcomes = together(committer, *map(str, range(32)))
    assert sorted(word for group in disk.groups for word in group) == sorted(map(str, range(32)))
    assert [len(group) for group in disk.groups] == [1, 31]
    assert all(isinstance(one, Appended) for one in outcomes.values())


def test_one_alone_waits_for_nobody():
    disk = Disk(slow=0)
    committer = Committer(disk)
    for word in "abc":
        committer.commit(Call([word]))
    assert disk.groups == [["a"], ["b"], ["c"]]


def test_a_refused_caller_harms_nobody():
    outcomes = together(Committer(Disk()), "a", "no", "b")
    assert isinstance(outcomes.pop("no"), Conflict)
    assert all(isinstance(one, Appended) for one in outcomes.values())


def test_a_value_nobody_can_place_is_found_by_writing_alone():
    disk = Disk(fails=lambda call: InvalidInput("odd") if call.incoming[0] == "odd" else None)
    outcomes = together(Committer(disk), "a", "b", "odd", "c")
    assert isinstance(outcomes.pop("odd"), InvalidInput)
    assert all(isinstance(one, Appended) for one in outcomes.values())


def test_a_full_disk_is_everybodys_error_and_the_next_call_is_tried():
    full = [True]
    disk = Disk(fails=lambda _: StoreUnwritable("full", hint="h") if full[0] else None)
    committer = Committer(disk)
    outcomes = together(committer, "a", "b", "c")
    assert {(type(one), str(one), one.hint) for one in outcomes.values()} == {
        (StoreUnwritable, "full", "h")
    }
    assert len(set(map(id, outcomes.values()))) == 3
    full[0] = False
    assert isinstance(committer.commit(Call(["d"])), Appended)


def test_an_interruption_is_the_interrupted_ones_own():
    class Stop(BaseException):
        pass

    disk = Disk(fails=lambda call: Stop() if len(disk.groups) == 1 else None)
    committer = Committer(disk)
    outcomes = together(committer, "a", "b", "c", "d")
    kinds = [type(one) for one in outcomes.values()]
    assert kinds.count(Stop) == 1
    assert set(kinds) <= {Stop, Appended, StoreError}
    assert isinstance(committer.commit(Call(["e"])), Appended)


def interrupted(committer, word, after=0.0):
    """Have the main thread, which has come to write, be interrupted then, or by a signal."""

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, after)
    try:
        with pytest.raises(KeyboardInterrupt):
            committer.commit(Call([word]))
    finally:
        signal.signal(signal.SIGALRM, before)


def test_who_is_interrupted_in_waiting_is_not_written_and_keeps_nobody_waiting():
    disk = Disk(slow=0.3)
    committer = Committer(disk)
    other = threading.Thread(target=committer.commit, args=(Call(["a"]),))
    other.start()
    while not disk.groups:
        time.sleep(0.001)
    interrupted(committer, "b", after=0.05)
    other.join()
    outcomes = together(committer, "c", "d")
    assert all(isinstance(one, Appended) for one in outcomes.values())
    assert not committer._busy
    assert sorted(word for group in disk.groups for word in group) == ["a", "c", "d"]


def test_who_is_interrupted_while_others_write_for_it_leaves_nobody_asleep():
    went = threading.Event()

    class Slow(Disk):
        def __call__(self, calls):
            while not self.groups and len(committer._waiting) < 3:
                time.sleep(0.001)
            if self.groups:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)
                went.wait()
            return super().__call__(calls)

    disk = Slow(slow=0)
    committer = Committer(disk)
    outcomes = []

    def come(word, place):
        while len(committer._waiting) < place:
            time.sleep(0.001)
        outcomes.append(committer.commit(Call([word])))

    threads = [threading.Thread(target=come, args=one) for one in [("a", 0), ("b", 0), ("c", 2)]]
    for thread in threads:
        thread.start()
        while not committer._busy:
            time.sleep(0.001)
    interrupted(committer, "mine")
    went.set()
    for thread in threads:
        thread.join()
    assert [len(group) for group in disk.groups] == [1, 3]
    assert [one.accepted for one in outcomes] == [1, 1, 1]


def test_who_is_interrupted_as_it_is_woken_wakes_the_next_one():
    committer = Committer(Disk(slow=0))
    mine, gone, last = (_Waiting(Call([word])) for word in "abc")
    mine.next, gone.next = gone, last
    mine.outcome = gone.outcome = last.outcome = Conflict("no")
    committer._leave(gone)
    assert not last.turn.locked()
    committer._leave(mine)
    committer._wake(last)
    assert not last.turn.locked()


def test_who_is_interrupted_in_gathering_others_lets_them_write(monkeypatch):
    monkeypatch.setattr("forebear.store.committer._PATIENCE", 30)
    disk = Disk()
    committer = Committer(disk)
    committer._last, committer._took = 3, 30
    outcomes = {}
    other = threading.Thread(target=lambda: outcomes.update(together(committer, "b")))
    threading.Timer(0.05, other.start).start()
    interrupted(committer, "a", after=0.3)
    committer._took = 0
    other.join(5)
    assert isinstance(outcomes["b"], Appended)
    assert (disk.groups, committer._busy) == ([["b"]], False)


def test_a_child_after_a_fork_in_the_middle_of_writing_writes_for_itself():
    disk = Disk(slow=0.2)
    committer = Committer(disk)
    writing = threading.Thread(target=committer.commit, args=(Call(["parent"]),))
    writing.start()
    time.sleep(0.05)
    child = os.fork()
    if child == 0:
        os._exit(0 if isinstance(committer.commit(Call(["child"])), Appended) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    writing.join()


def test_a_large_call_shares_its_transaction_with_few():
    disk = Disk()
    committer = Committer(disk)
    calls = [Call([f"{n}"] * 4000) for n in range(4)]
    threads = [threading.Thread(target=committer.commit, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(disk.groups) == 4


@pytest.mark.parametrize("again", range(3))
def test_all_come_through_in_the_end(again):
    disk = Disk(slow=0.0005)
    committer = Committer(disk)

    def work(name):
        for n in range(50):
            committer.commit(Call([f"{name}{n}"]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert sum(map(len, disk.groups)) == 400
