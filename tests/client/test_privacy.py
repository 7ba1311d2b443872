import getpass

from forebear.client.privacy import concealment
from forebear.client.spool import SpoolHeader, SpoolReader, SpoolWriter
from forebear.core.events import RunStarted, decode
from forebear.store.identities import FileIdentities

NAME = "zq-somebody-zq"


def test_what_a_program_records_does_not_name_its_user(tmp_path, monkeypatch):
    home = tmp_path / "home" / NAME
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(getpass, "getuser", lambda: NAME)
    store = tmp_path / ".forebear"
    writer = SpoolWriter(
        store / "spool", SpoolHeader(run="r", pid=1, host="h"), conceal=concealment(store)
    )
    event = RunStarted(
        run="r",
        kind="run",
        name="train.py",
        cwd=str(home / "work"),
        command=["python", str(home / "work/train.py")],
        attrs={"by": NAME},
    )
    writer.append(event)
    writer.close()
    assert NAME.encode() not in writer.path.read_bytes()
    (record,) = SpoolReader(writer.path).records()
    identities = FileIdentities(store / "identities")
    assert decode(identities.reveal(record[0])) == event
    assert len(identities.matching(NAME)) == 2


def test_a_home_that_names_nobody_is_left(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setattr(getpass, "getuser", lambda: NAME)
    conceal = concealment(tmp_path)
    assert conceal(b'{"cwd":"/root/work"}') == b'{"cwd":"/root/work"}'
    assert conceal(b'{"by":"%s"}' % NAME.encode()) != b'{"by":"%s"}' % NAME.encode()


def test_a_machine_without_users_records_all_the_same(tmp_path, monkeypatch):
    def nobody():
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setenv("HOME", "/")
    body = b'{"by":"unknown","cwd":"/work"}'
    assert concealment(tmp_path)(body) == body
