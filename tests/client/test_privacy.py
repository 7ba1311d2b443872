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
        command=["python", str(home / "work/train.py"), f"/data/users/{NAME}/x.csv"],
        attrs={"by": NAME, "git": {"remote": f"git@host:{NAME}/x"}},
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
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    conceal = concealment(tmp_path)
    assert conceal(b'{"cwd":"/root/work"}') == b'{"cwd":"/root/work"}'
    assert conceal(b'{"by":"root"}') != b'{"by":"root"}'


def test_a_machine_without_users_records_all_the_same(tmp_path, monkeypatch):
    def nobody():
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setenv("HOME", "/")
    body = b'{"cwd":"/work","event":"run-started"}'
    assert concealment(tmp_path)(body) == body


def test_all_that_is_read_is_read_before_files_are_watched(tmp_path, monkeypatch):
    FileIdentities(tmp_path / "identities").commitment(NAME)
    conceal = concealment(tmp_path)
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert conceal(b'{"by":"%s"}' % NAME.encode()).startswith(b'{"by":"identity:')
    assert conceal(b'{"by":"another"}').startswith(b'{"by":"identity:')


def refuse(path, *_):
    raise AssertionError(f"{path} was read")
