import json
import stat
import threading

import pytest

from forebear.core.commitments import commit, opens
from forebear.core.errors import StoreUnwritable
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    GapNoticed,
    RunStarted,
    VersionNamed,
    decode,
    encode,
)
from forebear.core.ids import new_id
from forebear.store import open_store
from forebear.store.identities import FileIdentities

DIGEST = "sha256:" + "ab" * 32
NAME = "zq-somebody-zq"


@pytest.fixture
def identities(tmp_path):
    return FileIdentities(tmp_path / "identities")


def test_a_value_has_one_commitment_in_a_store_and_another_in_the_next(identities, tmp_path):
    one = identities.commitment(NAME)
    assert identities.commitment(NAME) == one
    assert FileIdentities(identities.root).commitment(NAME) == one
    assert identities.value_of(one) == NAME
    assert FileIdentities(tmp_path / "other").commitment(NAME) != one
    assert stat.S_IMODE((identities.root / one[9:]).stat().st_mode) == 0o600
    assert stat.S_IMODE(identities.root.stat().st_mode) == 0o700


def test_the_salt_opens_the_commitment_and_no_guess_does(identities):
    one = identities.commitment(NAME)
    said = json.loads((identities.root / one[9:]).read_text())
    assert opens(one, bytes.fromhex(said["salt"]), NAME)
    assert len(bytes.fromhex(said["salt"])) == 32
    assert commit(bytes(32), NAME) != one


def test_matching_finds_names_and_home_folders(identities):
    expected = sorted([identities.commitment(NAME), identities.commitment(f"/home/{NAME}")])
    identities.commitment("/home/else")
    identities.commitment(f"{NAME}-2")
    assert identities.matching(NAME) == expected


def test_erasing_has_two_steps_and_is_for_good(identities):
    one = identities.commitment(NAME)
    identities.hide([one])
    assert identities.value_of(one) == f"erased (commitment {one[9:21]})"
    assert identities.matching(NAME) == [one]
    identities.erase([one])
    assert identities.matching(NAME) == []
    assert identities.value_of(one) == f"erased (commitment {one[9:21]})"
    assert all(NAME not in path.read_text() for path in identities.root.iterdir())
    assert identities.commitment(NAME) != one


def test_another_process_learns_of_it(identities):
    other = FileIdentities(identities.root)
    one = identities.commitment(NAME)
    assert other.value_of(one) == NAME
    other.erase([one])
    assert identities.value_of(one) == f"erased (commitment {one[9:21]})"


def test_a_file_that_does_not_open_its_name_says_nothing(identities):
    one = identities.commitment(NAME)
    path = identities.root / one[9:]
    path.write_text(path.read_text().replace(NAME, "zq-another-zq"))
    fresh = FileIdentities(identities.root)
    assert fresh.value_of(one) is None
    path.write_text("{")
    assert FileIdentities(identities.root).value_of(one) is None
    assert fresh.value_of("identity:" + "0" * 64) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable, match="Cannot keep identities"):
        FileIdentities(tmp_path / "file" / "identities").commitment(NAME)


def test_many_threads_agree_in_the_end(identities):
    threads = [threading.Thread(target=identities.commitment, args=(NAME,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert identities.commitment(NAME) == identities.matching(NAME)[0]


def told(store):
    """Append what one person did, as a recording program would."""
    who, home = store.identities.commitment(NAME), store.identities.commitment(f"/home/{NAME}")
    run = new_id()
    store.append_encoded(
        encode(event)
        for event in (
            RunStarted(run=run, kind="run", name="r", cwd=f"{home}/work", attrs={"by": who}),
            ArtifactRecorded(artifact=DIGEST, kind="model", digest=DIGEST),
            VersionNamed(kind="model", name="m", artifact=DIGEST, by=who),
            AliasMoved(kind="model", name="m", alias="best", version=1, by=who),
        )
    )
    return run


def test_answers_show_the_name_and_events_do_not(tmp_path):
    with open_store(tmp_path, create=True) as store:
        run = told(store)
        assert store.run(run).cwd == f"/home/{NAME}/work"
        assert store.run(run).attrs["by"] == NAME
        assert store.versions("model", "m")[0].by == NAME
        assert store.alias("model", "m", "best").by == NAME
        assert not any(NAME.encode() in stored.body for stored in store.events())
        assert list(store.verify()) == []
        store.rebuild()
        assert store.versions("model", "m")[0].by == NAME


def test_after_erasing_no_file_of_the_store_has_the_name(tmp_path):
    with open_store(tmp_path, create=True) as store:
        run = told(store)
        root, before = store.head().root, [stored.body for stored in store.events()]
        one = store.identities.commitment(NAME)
        store.erase_identity(store.identities.matching(NAME))
        erased = f"erased (commitment {one[9:21]})"
        assert store.versions("model", "m")[0].by == erased
        assert store.run(run).attrs["by"] == erased
        assert store.run(run).cwd.startswith("erased (commitment ")
        assert store.run(run).cwd.endswith(")/work")
        assert [stored.body for stored in store.events()] == before
        assert store.head().root == root
        assert list(store.verify()) == []
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or NAME.encode() not in path.read_bytes(), path


def test_an_erasure_that_was_interrupted_is_seen_and_can_be_finished(tmp_path):
    with open_store(tmp_path, create=True) as store:
        told(store)
        store.identities.hide(store.identities.matching(NAME))
        assert {fault.what for fault in store.verify()} == {"projection"}
        store.erase_identity(store.identities.matching(NAME))
        assert list(store.verify()) == []
        assert store.identities.matching(NAME) == []


def test_a_name_that_comes_later_than_its_events_is_shown_after_a_rebuild(tmp_path):
    with open_store(tmp_path / "a", create=True) as first:
        told(first)
        bodies = [stored.body for stored in first.events()]
    with open_store(tmp_path / "b", create=True) as second:
        second.append_encoded(bodies)
        assert second.versions("model", "m")[0].by.startswith("identity:")
        (tmp_path / "a/identities").rename(tmp_path / "b/identities")
        second.rebuild()
        assert second.versions("model", "m")[0].by == NAME


def test_what_is_found_in_events_is_one_and_the_same_in_all_threads(identities):
    conceal = identities.concealer()
    body = encode(GapNoticed(run="r", what="zq@corp.example and ZQ@corp.example"))
    told = []
    threads = [threading.Thread(target=lambda: told.append(conceal(body))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {conceal(body)}
    assert decode(identities.reveal(conceal(body))).what == "zq@corp.example and ZQ@corp.example"


def test_a_value_that_is_erased_has_another_commitment_afterwards(identities):
    body = encode(GapNoticed(run="r", what="zq@corp.example"))
    before = identities.conceal(body)
    identities.erase(identities.matching("zq@corp.example"))
    assert identities.conceal(body) != before
    assert decode(identities.reveal(before)).what.startswith("erased (commitment ")


def test_very_many_values_are_not_kept(identities, monkeypatch):
    monkeypatch.setattr("forebear.store.identities._MOST", 3)
    told = [
        decode(identities.conceal(encode(GapNoticed(run="r", what=f"zq{n}@corp.example")))).what
        for n in (0, 1, 0, 2, 3, 4, 1)
    ]
    assert told[4:6] == ["[REDACTED:person]"] * 2
    assert told[2] == told[0]
    assert told[6] == told[1]
    assert len(list(identities.root.iterdir())) == 3


def test_names_are_matched_as_words_however_they_are_written(identities):
    texts = ["Jane Zqdoe", "zqdoe.jane@corp.example", "/srv/jane_zqdoe", "He and jane zqdoe agree."]
    expected = sorted(identities.commitment(text) for text in texts)
    for text in ("Jane Zqdoering", "zqdoe", "Jane.Zqdoe.old", "Jane-Zqdoe-2"):
        identities.commitment(text)
    assert identities.matching("Jane Zqdoe") == expected
    one = identities.commitment("a.b@corp.example")
    assert identities.matching("a.b@corp.example") == [one]
