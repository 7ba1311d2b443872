"""Personal data planted anywhere in what is recorded, and where it may not be found afterwards."""

import getpass
import gzip
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.client.client import LocalClient
from forebear.client.drain import drain, host_id
from forebear.client.keys import LogKey
from forebear.client.privacy import concealment
from forebear.client.proving import prove
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.client.transfer import export_events, import_events
from forebear.core.errors import UnknownRef
from forebear.core.events import (
    ArtifactRecorded,
    GapNoticed,
    LocationSeen,
    ParamsLogged,
    RunEnded,
    RunStarted,
)
from forebear.core.ids import new_id
from forebear.ops.identities import EraseRequest
from forebear.ops.registry import AliasRequest, HistoryRequest, NameRequest
from forebear.ops.table import Target
from forebear.store import open_store

MODEL = "sha256:" + "ab" * 32
PLANTED = (
    "zqjane",
    "/home/zqjane/work",
    "/mnt/home/zqjane",
    "/data/users/zqjane/x.csv",
    "git@github.com:zqjane/wine.git",
    "Jane Zqdoe",
    "jane_zqdoe",
    "Zqdoe, Jane <zqjane@zqcorp.example>",
    "j.zqdoe@zqcorp.example",
    "zqbob@zqcorp.example",
    "/home/zqbob/shared.csv",
)
NAMES = ("zqjane", "Jane Zqdoe", "j.zqdoe@zqcorp.example", "zqbob")
TRACES = ("zqjane", "zqdoe", "zqbob", "zqcorp", "zqwhy")


@contextmanager
def somebody(folder):
    """Let this process be that of a person with a login, a home folder and settings of git."""
    told = folder / "gitconfig"
    told.write_text("[user]\n\tname = Jane Zqdoe\n\temail = j.zqdoe@zqcorp.example\n")
    variables = {"HOME": "/home/zqjane", "GIT_CONFIG_GLOBAL": str(told)}
    with (
        mock.patch.dict("os.environ", variables),
        mock.patch.object(getpass, "getuser", return_value="zqjane"),
    ):
        yield


def traces(data):
    """What of the planted data is in some bytes."""
    return [trace for trace in TRACES if trace.encode() in data.lower()]


texts = st.lists(st.sampled_from([*PLANTED, "train.py", "a", "--x=", "é"]), max_size=3).map(
    " ".join
)
values = st.recursive(
    texts | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
params = st.dictionaries(texts, values, max_size=3)


@st.composite
def recordings(draw):
    """What a program says, with personal data in any text of it."""
    run = new_id()
    return run, [
        RunStarted(
            run=run,
            kind="run",
            name=draw(texts),
            command=draw(st.lists(texts, max_size=3)),
            cwd=draw(texts),
            attrs={"by": "zqjane", "host": host_id(), "git": draw(params)},
        ),
        ParamsLogged(run=run, params=draw(params)),
        ArtifactRecorded(artifact=MODEL, kind="model", digest=MODEL, label=draw(texts)),
        LocationSeen(artifact=MODEL, uri=draw(texts), mode="write", run=run),
        GapNoticed(run=run, what=draw(texts)),
        RunEnded(run=run, status="failed", error=draw(texts)),
    ]


def record(folder, store, recording, why):
    """Record as a program, its user and another process do; return what the spool held."""
    run, events = recording
    writer = SpoolWriter(
        folder / "spool", SpoolHeader(run=run, pid=1, host=host_id()), conceal=concealment(folder)
    )
    for event in events:
        writer.append(event)
    writer.close()
    spooled = writer.path.read_bytes()
    assert drain(folder, store).notes == []
    client = LocalClient(store)
    client.call(NameRequest(target=Target(ref=MODEL), name="m"))
    client.call(AliasRequest(name="m", alias="best", version=1, why=why))
    assert client.call(HistoryRequest(name="m")).moves[0].why == why
    return client, spooled


def handed_out(folder, client):
    """All bytes that leave a store: events, an export, proofs and the checkpoints in them."""
    yield from (stored.body for stored in client.store.events())
    export_events(client.store, folder / "all.ndjson.gz")
    yield gzip.decompress((folder / "all.ndjson.gz").read_bytes())
    proofs = prove(client, LogKey.open(folder / "keys"), "m@best")
    for event in proofs.answer.events:
        proof = proofs.file(event)
        yield from (str(proof).encode(), proof.extra)


@settings(max_examples=10, deadline=None)
@given(recording=recordings(), why=texts.map("zqwhy zqjane ".__add__))
def test_personal_data_is_in_nothing_that_is_for_ever_and_can_be_erased(recording, why):
    with tempfile.TemporaryDirectory() as place, somebody(Path(place)):
        folder = Path(place) / ".forebear"
        with open_store(folder, create=True) as store:
            client, spooled = record(folder, store, recording, why)
            assert traces(spooled) == []
            for data in handed_out(Path(place), client):
                assert traces(data) == []
            before = [stored.body for stored in store.events()]
            for name in NAMES:
                with suppress(UnknownRef):
                    assert client.call(EraseRequest(name=name)).remaining == {}
            assert [stored.body for stored in store.events()] == before
            assert list(store.verify()) == []
            (move,) = client.call(HistoryRequest(name="m")).moves
            assert move.by.startswith("erased (commitment ")
            assert move.why.startswith("erased (commitment ")
            for path in folder.rglob("*"):
                assert not path.is_file() or traces(path.read_bytes()) == [], path
            store.rebuild()
            assert list(store.verify()) == []


@settings(max_examples=3, deadline=None)
@given(recording=recordings(), why=texts.map("zqwhy zqjane ".__add__))
def test_the_same_on_postgresql_and_in_a_store_that_gets_the_events(server, recording, why):
    emptied(server)
    with tempfile.TemporaryDirectory() as place, somebody(Path(place)):
        folder = Path(place) / ".forebear"
        with open_store(server, create=True, blobs=folder / "blobs") as store:
            client, _ = record(folder, store, recording, why)
            for data in handed_out(Path(place), client):
                assert traces(data) == []
            for name in NAMES:
                with suppress(UnknownRef):
                    client.call(EraseRequest(name=name))
            assert list(store.verify()) == []
            assert traces(dumped(server)) == []
        with open_store(Path(place) / "other", create=True) as other:
            import_events(other, Path(place) / "all.ndjson.gz")
            assert list(other.verify()) == []
        for path in (Path(place) / "other").rglob("*"):
            assert not path.is_file() or traces(path.read_bytes()) == [], path


def emptied(address):
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")


def dumped(address):
    """All rows of all tables, as text."""
    import psycopg

    with psycopg.connect(address) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r'"
        ).fetchall()
        return "\n".join(
            str(connection.execute(f'SELECT * FROM "{table}"').fetchall()) for (table,) in found
        ).encode()
