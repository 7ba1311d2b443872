from __future__ import annotations

import pytest

from forebear.core.digest import of_bytes
from forebear.core.errors import BadRef, UnknownRef
from forebear.core.events import ArtifactRecorded, LocationSeen, VersionNamed
from forebear.ops.resolve import resolve, resolve_one
from forebear.ops.table import Target
from story import RAW, Story


@pytest.fixture
def told(store, story: Story):
    first = story.train(4, 0.8)
    second = story.train(8, 0.9, save="second.pkl")
    story.alias("champion", 1)
    store.append(story.events)
    return first, second


def found(store, ref: str, **more) -> str:
    return resolve(store, Target(ref=ref, **more)).nodes[0].id


def test_names_versions_and_aliases(store, told):
    first, second = told
    assert found(store, "churn") == second.file
    assert found(store, "churn:1") == first.file
    assert found(store, "model:churn:v2") == second.file
    assert found(store, "churn@champion") == first.file
    assert found(store, "data:raw") == of_bytes(RAW)
    assert found(store, "raw") == of_bytes(RAW)


def test_digests_ids_and_runs(store, told):
    first, _ = told
    assert found(store, first.file) == first.file
    assert found(store, first.file[:19]) == first.file
    assert found(store, first.model) == first.model
    assert found(store, first.fit) == first.fit
    whole = resolve(store, Target(ref=f"run:{first.run}"))
    assert whole.run.id == first.run
    assert first.fit in whole.ids


def test_runs_and_digests_are_found_as_tables_show_them(store, told):
    first, _ = told
    assert resolve(store, Target(ref=first.run[:18])).run.id == first.run
    assert found(store, first.file.removeprefix("sha256:")[:12]) == first.file
    with pytest.raises(UnknownRef, match="called 'ffffffffffff'"):
        found(store, "ffffffffffff")


def test_what_is_called_like_a_digest_is_found_by_its_name(store, told):
    first, second = told
    shown = first.file.removeprefix("sha256:")[:12]
    store.append([VersionNamed(kind="model", name=shown, artifact=second.file)])
    assert found(store, shown) == second.file


def test_a_digest_of_learned_state_means_the_model_in_memory(store, told):
    assert found(store, of_bytes(b"forest 4")) == told[0].model


def test_a_name_of_both_kinds_must_say_which(store, told):
    store.append([VersionNamed(kind="data", name="churn", artifact=of_bytes(RAW))])
    with pytest.raises(BadRef, match="a model and of data") as raised:
        found(store, "churn:1")
    assert raised.value.hint == "Write `model:churn:1` or `data:churn:1`."
    assert found(store, "data:churn") == of_bytes(RAW)
    assert found(store, "model:churn:1") == told[0].file


@pytest.mark.parametrize(
    ("ref", "message", "hint"),
    [
        ("churm", "no model, data or file called 'churm'", "Did you mean churn?"),
        ("data:churn", "no data called 'churn'", None),
        ("zebra", "called 'zebra'", "`forebear models` and `forebear data` list the names."),
        ("churn:7", "churn has no version 7", "Its versions are 1 to 2."),
        ("raw:2", "raw has no version 2", "Its only version is 1."),
        ("churn@best", "churn has no alias 'best'", "It has champion."),
        ("raw@best", "raw has no alias", "`forebear alias raw best VERSION` makes one."),
        ("run:ffff", "No run begins with 'ffff'", "`forebear log` lists the runs."),
        ("sha256:ffffff", "No recorded content has the digest sha256:ffffff", None),
        ("0192a4c1-0000-7000-8000-000000000000", "Nothing recorded has the id", None),
        ("no/such/file.csv", "There is no file 'no/such/file.csv'", None),
    ],
)
def test_unknown_refs_say_what_to_do(store, told, ref, message, hint):
    with pytest.raises(UnknownRef, match=message) as raised:
        found(store, ref)
    if hint is not None:
        assert raised.value.hint == hint


def test_several_runs_with_one_beginning_are_listed(store, told):
    with pytest.raises(BadRef, match="may mean 3 things: run:") as raised:
        found(store, f"run:{told[0].run[:6]}")
    assert raised.value.hint == "Write more of it."


def test_several_digests_with_one_beginning_are_listed(store, story):
    names: dict[str, list[bytes]] = {}
    for n in range(60_000):
        content = str(n).encode()
        names.setdefault(of_bytes(content)[:13], []).append(content)
        if len(names[of_bytes(content)[:13]]) == 2:
            break
    (prefix, pair) = next((p, c) for p, c in names.items() if len(c) == 2)
    for place, content in enumerate(pair):
        story.file(f"{place}.csv", content)
    store.append(story.events)
    with pytest.raises(BadRef, match="may mean 2 things"):
        found(store, prefix)


def test_a_file_is_known_by_its_content_wherever_it_lies(store, told):
    assert found(store, "./copy.csv", digest=of_bytes(RAW), path="/elsewhere/copy.csv") == of_bytes(
        RAW
    )


def test_names_come_before_files(store, told):
    assert found(store, "churn", digest=of_bytes(RAW), path="/x/churn") == told[1].file


def test_a_changed_file_says_what_it_was(store, told, story):
    place = str(story.at / "data/raw.csv")
    with pytest.raises(UnknownRef, match="its content now is not recorded: raw:1") as raised:
        found(store, "data/raw.csv", digest=of_bytes(b"new"), path=place)
    assert of_bytes(RAW) in raised.value.hint


def test_a_file_that_is_gone_says_what_it_was(store, told, story):
    with pytest.raises(UnknownRef, match="it is gone: raw:1") as raised:
        found(store, "data/raw.csv", path=str(story.at / "data/raw.csv"))
    assert of_bytes(RAW) in raised.value.hint


def test_content_never_seen_says_so(store, told):
    with pytest.raises(UnknownRef, match="has content that is not recorded") as raised:
        found(store, "./new.csv", digest=of_bytes(b"new"), path="/x/new.csv")
    assert "`forebear register` records it" in raised.value.hint


def test_deeds_need_one_artifact(store, told, story):
    with pytest.raises(BadRef, match="is a run"):
        resolve_one(store, Target(ref=f"run:{told[0].run}"))
    with pytest.raises(BadRef, match="may mean 2 things"):
        resolve_one(store, Target(ref=of_bytes(b"X_train values")))
    assert resolve_one(store, Target(ref="churn:1")).id == told[0].file


@pytest.mark.parametrize(
    "ref",
    [
        "snowflake://org-acc/SHOP#ORDERS",
        "snowflake://ORG-ACC/shop#public.orders",
        "snowflake://org-acc/shop.public.orders",
    ],
)
def test_a_table_is_found_however_its_address_is_written(store, ref):
    uri = "snowflake://org-acc/SHOP#ORDERS"
    table = of_bytes(uri.encode())
    store.append([
        ArtifactRecorded(artifact=table, kind="data", digest=table, by_reference=True),
        LocationSeen(artifact=table, uri=uri, mode="read"),
    ])  # fmt: skip
    assert found(store, ref) == table
    with pytest.raises(UnknownRef):
        found(store, "snowflake://org-acc/SHOP#RAW.ORDERS")
