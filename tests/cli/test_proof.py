"""The commands as an auditor uses them: what is proved, what is refused, and with which code."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.keys import verify
from forebear.client.locate import init_store
from forebear.core.errors import InvalidInput
from forebear.core.events import GapNoticed
from forebear.core.notes import (
    VerifierKey,
    check_proof,
    parse_checkpoint,
    parse_key,
    parse_note,
    parse_proof,
)
from forebear.store import open_store
from story import Story


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def story(folder: Path) -> Story:
    story = Story(folder)
    story.prepare()
    story.train(4, 0.8)
    with open_store(init_store(folder / ".forebear"), create=True) as store:
        store.append(story.events)
    return story


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*argv: str) -> tuple[int, str, str]:
        code = main(list(argv))
        out, err = capsys.readouterr()
        assert "internal error" not in err
        return code, out, err

    return call


@pytest.fixture
def proved(story: Story, run) -> Path:
    assert run("proof", "churn:1", "-o", "x.tlog-proof")[0] == 0
    return Path("x.tlog-proof")


def grow(folder: Path, count: int = 3) -> None:
    with open_store(folder / ".forebear") as store:
        store.append(GapNoticed(run="r", what=str(number)) for number in range(count))


def sql(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / ".forebear/ledger.db")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def key_of(folder: Path) -> str:
    return (folder / ".forebear/keys/log.pub").read_text().strip()


def test_a_version_is_proved_and_checked(proved, run, folder):
    code, out, err = run("verify-proof", "x.tlog-proof")
    assert (code, err) == (0, "")
    assert out.startswith("Proved: event ")
    assert "as a version of the model churn" in " ".join(out.split())
    assert all(len(line) <= 100 for line in out.splitlines())
    body = json.loads(run("verify-proof", "x.tlog-proof", "--json")[1])
    assert body["valid"]
    assert body["event"]["name"] == "churn"


def test_the_proof_is_checked_where_there_is_no_store(proved, run, folder, monkeypatch):
    key, elsewhere = key_of(folder), folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.tlog-proof").write_bytes(proved.read_bytes())
    (folder / ".forebear").rename(folder / "gone")
    monkeypatch.chdir(elsewhere)
    assert run("verify-proof", "x.tlog-proof", "--key", key)[0] == 0
    (elsewhere / "theirs.pub").write_text(key + "\n")
    assert run("verify-proof", "x.tlog-proof", "--key", "theirs.pub")[0] == 0
    code, out, err = run("verify-proof", "x.tlog-proof")
    assert (code, out) == (2, "")
    assert "There is no key to check the signature with." in err
    assert "neither a key nor a file" in run("verify-proof", "x.tlog-proof", "--key", "no")[2]
    assert not (elsewhere / ".forebear").exists()


def believe(data: bytes, key: VerifierKey) -> None:
    read = parse_proof(data)
    check_proof(read, read.extra or b"", key, verify)


def test_no_byte_of_the_file_can_change(proved, folder):
    """What `verify-proof` does, for each byte; the command itself is run for some of them below."""
    data, key = proved.read_bytes(), parse_key(key_of(folder))
    believe(data, key)
    for place in range(len(data)):
        bent = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(InvalidInput):
            believe(bent, key)


def change(data: bytes, line: int, put: bytes) -> bytes:
    lines = data.split(b"\n")
    lines[line] = put
    return b"\n".join(lines)


def test_a_changed_file_proves_nothing_and_a_malformed_one_is_refused(proved, run):
    data = proved.read_bytes()
    lines = data.split(b"\n")
    extra, index, first = lines[1], lines[2], lines[3]
    swapped = first[:5] + (b"A" if first[5:6] != b"A" else b"B") + first[6:]
    note = len(lines) - lines[::-1].index(b"", 1)
    for bent in (
        change(
            data, 1, extra[:20] + (b"QQQQ" if extra[20:24] != b"QQQQ" else b"RRRR") + extra[24:]
        ),
        change(data, 2, index + b"1"),
        change(data, 3, swapped),
        change(data, note - 4, b"forebear/another"),
        change(data, note - 3, lines[note - 3] + b"0"),
        change(data, note, lines[note].replace(b"forebear/", b"forebeer/")),
    ):
        assert bent != data
        proved.write_bytes(bent)
        code, out, err = run("verify-proof", str(proved))
        assert (code, err) == (1, "")
        assert out.startswith("Not proved: ")
        assert len(" ".join(out.split()).split(". ")) == 1
        assert json.loads(run("verify-proof", str(proved), "--json")[1])["valid"] is False
    for bent in (b"", b"nothing of the kind", data[:-40], data.replace(b"index ", b"indix ")):
        proved.write_bytes(bent)
        code, out, err = run("verify-proof", str(proved))
        assert (code, out) == (2, "")
        assert err.startswith("error: ")
    assert run("verify-proof", "missing.tlog-proof")[0] == 2


def test_another_key_proves_nothing(proved, run, folder):
    (folder / "other").mkdir()
    assert run("checkpoint", "--store", str(init_store(folder / "other/.forebear")))[0] == 0
    code, out, _ = run("verify-proof", str(proved), "--key", key_of(folder / "other"))
    assert code == 1
    assert "It is not signed by forebear/" in out


def test_the_event_may_lie_in_a_file_of_its_own(proved, run, folder):
    read = parse_proof(proved.read_bytes())
    assert read.extra is not None
    Path("event.json").write_bytes(read.extra)
    assert run("verify-proof", str(proved), "--event", "event.json")[0] == 0
    bare = str(read).replace(str(read).split("\n")[1] + "\n", "")
    Path("bare.tlog-proof").write_text(bare)
    assert run("verify-proof", "bare.tlog-proof")[0] == 2
    assert run("verify-proof", "bare.tlog-proof", "--event", "event.json")[0] == 0
    Path("event.json").write_bytes(read.extra + b" ")
    for file in (str(proved), "bare.tlog-proof"):
        code, out, _ = run("verify-proof", file, "--event", "event.json")
        assert (code, out.startswith("Not proved: ")) == (1, True)


def test_one_event_or_all_can_be_had(story, run):
    body = json.loads(run("proof", "churn:1", "--json")[1])
    count = len(body["events"])
    assert count >= 3
    code, out, _ = run("proof", "churn:1", "-o", "y.tlog-proof", "--event", "all")
    assert code == 0
    files = [f"y.{number}.tlog-proof" for number in range(1, count + 1)]
    for file, event in zip(files, body["events"], strict=True):
        assert f"event {event['seq']} is proved in {file}" in out
        assert run("verify-proof", file)[0] == 0
        assert parse_proof(Path(file).read_bytes()).index == event["index"]
    assert run("proof", "churn:1", "-o", "z", "--event", "2")[0] == 0
    assert parse_proof(Path("z").read_bytes()).index == body["events"][1]["index"]
    code, out, _ = run("proof", "churn:1")
    assert parse_proof(out.encode()).index == body["events"][0]["index"]
    for wrong in ("0", "99", "two"):
        code, _, err = run("proof", "churn:1", "-o", "w", "--event", wrong)
        assert (code, f"There is no event {wrong}." in err) == (2, True)
    assert "Several proofs need files" in run("proof", "churn:1", "--event", "all")[2]
    assert "cannot be written" in run("proof", "churn:1", "-o", "no/such/folder")[2]


def test_a_file_and_a_run_are_proved_too(story, run):
    assert run("proof", "model.pkl", "-o", "x")[0] == 0
    assert run("verify-proof", "x")[0] == 0
    id = json.loads(run("log", "--json")[1])["runs"][0]["id"]
    assert run("proof", f"run:{id}", "-o", "x")[0] == 0
    assert "was started" in run("verify-proof", "x")[1]
    assert run("proof", "unheard-of", "-o", "x")[0] == 2


def test_an_empty_log_proves_nothing(folder, run):
    init_store(folder / ".forebear")
    code, out, err = run("proof", "churn:1")
    assert (code, out) == (2, "")
    assert "The log is empty" in err


def test_a_checkpoint_is_a_signed_note(story, run, folder):
    code, out, _ = run("checkpoint")
    assert code == 0
    signed = parse_checkpoint(parse_note(out.encode()).text)
    with open_store(folder / ".forebear") as store:
        assert (signed.size, f"sha256:{signed.root.hex()}") == (
            store.head().size,
            store.head().root,
        )
    body = json.loads(run("checkpoint", "--json", "-o", "c")[1])
    assert body["note"] == out == Path("c").read_text()
    assert body["key"] == key_of(folder)
    code, _, err = run("checkpoint", "--origin", "example.com/models")
    assert (code, "has signed under that name" in err) == (2, True)


def test_a_log_can_have_a_name_of_its_own(story, run):
    assert run("checkpoint", "--origin", "example.com/models")[1].startswith("example.com/models\n")
    assert run("proof", "churn:1", "-o", "x")[0] == 0
    assert "log example.com/models" in run("verify-proof", "x")[1]


def test_a_log_that_grew_still_has_its_checkpoint(story, run, folder):
    run("checkpoint", "-o", "c")
    assert run("verify", "--against", "c")[0] == 0
    grow(folder, 300)
    code, out, _ = run("verify", "--against", "c")
    assert code == 0
    assert "are those of the checkpoint." in out
    body = json.loads(run("verify", "--against", "c", "--json")[1])
    assert body["well"]
    assert body["against"]["well"]


def rehash(folder: Path) -> None:
    """Make the ledger agree with itself again, as a careful forger would."""
    from forebear.core.merkle import Frontier, leaf_hash
    from forebear.store.ledger import ticked

    connection = sqlite3.connect(folder / ".forebear/ledger.db")
    edge, clock = Frontier(), b""
    with connection:
        rows = connection.execute("SELECT seq, body, recorded FROM event ORDER BY seq").fetchall()
        for place, (seq, body, recorded) in enumerate(rows, 1):
            clock = ticked(clock, recorded)
            edge.append(leaf_hash(body))
            connection.execute(
                "UPDATE event SET seq = ?, leaf = ? WHERE seq = ?", (place, leaf_hash(body), seq)
            )
        connection.execute(
            "UPDATE head SET size = ?, root = ?, frontier = ?, clock = ?",
            (edge.size, edge.root(), edge.to_bytes(), clock),
        )
    connection.close()
    with open_store(folder / ".forebear") as store:
        store.rebuild()


def test_a_history_that_was_rewritten_whole_is_caught(story, run, folder):
    run("checkpoint", "-o", "c")
    better = "CAST(replace(CAST(body AS TEXT), '0.8', '0.9') AS BLOB)"
    sql(folder, f"UPDATE event SET body = {better} WHERE CAST(body AS TEXT) LIKE '%0.8%'")
    rehash(folder)
    last = folder / ".forebear/keys/last-checkpoint"
    signed = last.read_bytes()
    code, out, _ = run("verify")
    assert code == 1
    assert "are not those of the checkpoint" in " ".join(out.split())
    last.unlink()
    assert run("verify")[0] == 0
    last.write_bytes(signed)
    code, out, _ = run("verify", "--against", "c")
    assert code == 1
    assert "are not those of the checkpoint: history was rewritten" in " ".join(out.split())
    body = json.loads(run("verify", "--against", "c", "--json")[1])
    assert (body["well"], body["against"]["well"], body["faults"]) == (False, False, [])
    code, out, err = run("checkpoint")
    assert (code, out) == (2, "")
    assert "does not continue the" in err
    grow(folder)
    assert run("verify", "--against", "c")[0] == 1
    assert run("checkpoint")[0] == 2
    assert run("proof", "churn:1")[0] == 2


def test_a_log_that_was_cut_off_is_caught(story, run, folder):
    run("checkpoint", "-o", "c")
    signed = parse_checkpoint(parse_note(Path("c").read_bytes()).text)
    sql(folder, f"DELETE FROM event WHERE seq > {signed.size - 2}")
    rehash(folder)
    code, out, _ = run("verify", "--against", "c")
    assert code == 1
    assert run("verify")[1] == out
    told = json.loads(run("verify", "--json")[1])
    assert (told["well"], told["last_signed"]["well"]) == (False, False)
    shorter = signed.size - 2
    assert f"speaks of {signed.size} events, and the log has only {shorter}" in " ".join(
        out.split()
    )
    code, _, err = run("checkpoint")
    assert code == 2
    assert f"has {shorter} events, and a checkpoint of {signed.size} was signed before" in err


def test_what_was_signed_last_and_is_damaged_is_told(story, run, folder):
    run("checkpoint")
    assert run("verify")[0] == 0
    (folder / ".forebear/keys/last-checkpoint").write_bytes(b"\xff")
    code, out, err = run("verify")
    assert (code, err) == (1, "")
    assert "What this log signed last is damaged" in out


def test_reordering_and_deletion_are_caught(story, run, folder):
    run("checkpoint", "-o", "c")
    sql(
        folder,
        "UPDATE event SET seq = -1 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = -1",
    )
    assert run("verify")[0] == 1
    rehash(folder)
    assert run("verify", "--against", "c")[0] == 1
    sql(folder, "DELETE FROM event WHERE seq = 3")
    assert run("verify")[0] == 1
    rehash(folder)
    assert run("verify", "--against", "c")[0] == 1


def test_a_checkpoint_of_another_log_is_told(story, run, folder):
    (folder / "other").mkdir()
    run("checkpoint", "--store", str(init_store(folder / "other/.forebear")), "-o", "theirs")
    run("checkpoint", "-o", "ours")
    code, out, _ = run("verify", "--against", "theirs")
    assert code == 1
    assert "The checkpoint says nothing about this log" in out
    key = key_of(folder / "other")
    assert run("verify", "--against", "theirs", "--key", key)[0] == 0  # the empty log begins all
    Path("bent").write_bytes(Path("ours").read_bytes().replace(b"\n", b"0\n", 1))
    assert run("verify", "--against", "bent")[0] == 1
    for bad in (b"", b"text\n", Path("ours").read_bytes()[:-30]):
        Path("bent").write_bytes(bad)
        code, out, err = run("verify", "--against", "bent")
        assert (code, out) == (2, "")
        assert err.startswith("error: ")
    assert run("verify", "--against", "missing")[0] == 2


def test_an_identity_is_erased_and_old_proofs_still_hold(story, run, folder, monkeypatch):
    monkeypatch.setattr("forebear.client.local.caller", lambda: "zq-somebody-zq")
    assert run("alias", "churn", "champion", "1")[0] == 0
    run("proof", "churn@champion", "-o", "p.tlog-proof", "--event", "2")
    run("checkpoint", "-o", "c")
    assert "by zq-somebody-zq" in run("show", "churn", "--history")[1]
    code, out, _ = run("erase-identity", "zq-somebody-zq")
    assert (code, out.startswith("Erased zq-somebody-zq: commitments ")) == (0, True)
    shown = run("show", "churn", "--history")[1]
    assert "zq-somebody-zq" not in shown
    assert "by erased (commitment " in shown
    assert run("verify-proof", "p.tlog-proof")[0] == 0
    assert run("verify", "--against", "c")[0] == 0
    for path in (folder / ".forebear").rglob("*"):
        assert not path.is_file() or b"zq-somebody-zq" not in path.read_bytes(), path
    assert run("erase-identity", "zq-somebody-zq")[0] == 2
    code, out, _ = run("erase-identity", "ops", "--json")
    assert (code, json.loads(out)["remaining"]) == (0, {})
    code, out, _ = run("erase-identity", "churn", "--json")
    assert (code, json.loads(out)["erased"]) == (0, [])
    assert json.loads(out)["remaining"] == {"alias": 1, "version": 1}


@pytest.mark.parametrize("name", ["proof", "verify-proof", "checkpoint", "erase-identity"])
def test_every_command_has_help(folder, run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: forebear {name}")
    assert "--json" in out
