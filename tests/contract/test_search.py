"""Full-text search finds the same in every kind of store."""

import pytest
from sqlalchemy import text

from forebear.client.client import LocalClient
from forebear.core.catalog import (
    COLUMN,
    DESCRIPTION,
    LICENCE,
    OWNER,
    TAG,
    ColumnNote,
    Description,
    Licence,
    Owner,
    Tag,
)
from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.entities import Column
from forebear.core.errors import InvalidInput
from forebear.core.events import (
    ArtifactRecorded,
    ParamsLogged,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.ops.search import SearchRequest

WINE, TABLE, MODEL = (of_bytes(one) for one in (b"wine", b"table", b"model"))
# Fixed, because ids of tests are made of them, which must be the same in all worker processes.
RUN, STEP, FRAME = (f"0192a4c1-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))


def told(store):
    """A table of wines with its columns in memory, a model, a run, and what people say of them."""
    who = store.identities.commitment("Ada Byron")
    store.append(
        [
            RunStarted(run=RUN, kind="run", name="train_wine.py"),
            ArtifactRecorded(
                artifact=WINE, kind="data", digest=WINE, label="winequality-red.csv", table=TABLE
            ),
            ArtifactRecorded(
                artifact=FRAME,
                kind="data",
                digest=TABLE,
                columns=[Column(name="alcohol", type="f"), Column(name="pHLevel", type="f")],
            ),
            VersionNamed(kind="data", name="red-wine", artifact=WINE),
            ArtifactRecorded(artifact=MODEL, kind="model", digest=MODEL, label="RandomForest"),
            VersionNamed(kind="model", name="sommelier", artifact=MODEL),
            ParamsLogged(run=RUN, params={"depth": 4, "note": "Crème brûlée", "nested": {}}),
            StepRecorded(
                run=STEP,
                parent=RUN,
                kind="train",
                name="fit",
                started=now(),
                ended=now(),
                params={"n_estimators": 250},
            ),
            DESCRIPTION.say(
                "data:red-wine", Description(text="Quality of Portuguese wines 葡萄酒")
            ),
            OWNER.say("data:red-wine", Owner(who=who), key="owner"),
            TAG.say("data:red-wine", Tag(), key="gold"),
            LICENCE.say("model:sommelier", Licence(spdx="CC-BY-4.0", terms=["attribution"])),
            COLUMN.say("data:red-wine", ColumnNote(text="Percent by volume"), key="alcohol"),
        ]
    )
    return LocalClient(store, by="ops")


def refs(client, query, **more):
    return [hit.ref for hit in client.call(SearchRequest(query=query, **more)).hits]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("red-wine", "data:red-wine"),
        ("portuguese QUALITY", "data:red-wine"),
        ("port", "data:red-wine"),
        ("葡萄", "data:red-wine"),
        ("byron", "data:red-wine"),
        ("gold", "data:red-wine"),
        ("alcohol volume", "data:red-wine"),
        ("level", "data:red-wine"),
        ("winequality", "data:red-wine"),
        ("gold alcohol ada portuguese", "data:red-wine"),
        ("random forest", "model:sommelier"),
        ("attribution", "model:sommelier"),
        ("creme BRÛLÉE", f"run:{RUN}"),
        ("n_estimators 250", f"run:{RUN}"),
        ("train_wine", f"run:{RUN}"),
    ],
)
def test_words_are_found_wherever_they_are(store, query, found):
    assert refs(told(store), query) == [found]


def fit(number, **params):
    return StepRecorded(
        run=f"0192a4c1-0000-7000-8000-0000000001{number:02}",
        parent=RUN,
        kind="train",
        name="fit",
        started=now(),
        ended=now(),
        params=params,
    )


@pytest.mark.parametrize("together", [True, False])
def test_settings_that_many_fits_of_a_run_share_are_there_once(store, together):
    client = told(store)
    fits = [fit(n, depth=4 if n % 2 else 5, rate=0.25) for n in range(20)]
    for batch in [fits] if together else [[one] for one in fits]:
        store.append(batch)
    texts = [one.text for one in store.phrases.about([RUN]) if one.field == "parameter"]
    assert sorted(one for one in texts if "rate" in one) == [
        "depth=4, rate=0.25",
        "depth=5, rate=0.25",
    ]
    assert refs(client, "rate 0.25 depth 5") == [f"run:{RUN}"]


def test_the_most_telling_comes_first_and_kinds_can_be_chosen(store):
    client = told(store)
    assert refs(client, "wine") == ["data:red-wine", f"run:{RUN}"]
    assert refs(client, "wine", kind="run") == [f"run:{RUN}"]
    assert refs(client, "wine", limit=1) == ["data:red-wine"]
    assert client.call(SearchRequest(query="wine", limit=1)).count == 2
    with pytest.raises(InvalidInput, match="0 is no limit"):
        client.call(SearchRequest(query="wine", limit=0))


def test_each_answer_says_which_text_has_the_words(store):
    (hit,) = told(store).call(SearchRequest(query="volume gold")).hits
    assert [(m.field, m.key, m.text) for m in hit.matched] == [
        ("tag", "", "gold"),
        ("note", "alcohol", "alcohol: Percent by volume"),
    ]


def test_where_nothing_has_all_words_those_with_the_most_are_told_as_such(store):
    answer = told(store).call(SearchRequest(query="portuguese gold zebra"))
    assert ([hit.ref for hit in answer.hits], answer.partial) == (["data:red-wine"], True)
    assert "all the words" in answer.verdict


def test_what_was_replaced_or_taken_back_is_found_as_of_then_only(store):
    client = told(store)
    before = now()
    store.append(
        [
            DESCRIPTION.say("data:red-wine", Description(text="Vinho verde")),
            TAG.say("data:red-wine", None, key="gold"),
        ]
    )
    assert refs(client, "portuguese") == refs(client, "gold") == []
    assert refs(client, "verde") == ["data:red-wine"]
    then = before.isoformat()
    assert refs(client, "gold", as_of=then) == ["data:red-wine"]
    assert refs(client, "verde", as_of=then) == []
    assert refs(client, "wine", as_of="2020-01-01") == []


def test_what_many_runs_say_alike_is_in_the_index_once(store):
    client = told(store)
    again = [
        ArtifactRecorded(
            artifact=new_id(),
            kind="data",
            digest=TABLE,
            columns=[Column(name="alcohol", type="f"), Column(name="pHLevel", type="f")],
        )
        for _ in range(5)
    ]
    store.append([*again, VersionNamed(kind="data", name="red-wine", artifact=WINE)])
    assert store.phrases.count("alcohol", most=9) == 2  # the columns, and the note on one
    assert store.phrases.count("red", most=9) == 2  # the name, and the file
    assert refs(client, "phlevel") == ["data:red-wine"]


def test_the_index_is_made_again_from_the_events(store):
    client = told(store)
    store.rebuild()
    assert refs(client, "byron") == ["data:red-wine"]
    assert list(store.verify()) == []


def test_a_name_that_is_erased_is_erased_in_the_index_too(store):
    client = told(store)
    store.erase_identity(store.identities.matching("Ada Byron"))
    assert refs(client, "byron") == refs(client, "erased") == refs(client, "identity") == []
    assert refs(client, "gold") == ["data:red-wine"]
    with store._database.reading() as reader:
        for table, column in (("word", "word"), ("phrase", "text")):
            query = f"SELECT count(*) FROM {table} WHERE lower({column}) LIKE '%byron%'"
            assert reader.value(query) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM word WHERE word = 'portuguese'",
        "UPDATE word SET word = 'spanish' WHERE word = 'portuguese'",
        "INSERT INTO word (word, field, seq, n) VALUES ('zebra', 1, 3, 77)",
        "INSERT INTO word (word, field, seq, n) VALUES ('zebra', 1, 999999, 0)",
        "UPDATE phrase SET text = 'Wines of Spain' WHERE text LIKE 'Quality%'",
    ],
)
def test_damage_in_the_index_is_found_and_mended(store, damage):
    told(store)
    with store._database.writing() as connection:
        connection.execute(text(damage))
    assert "projection" in {fault.what for fault in store.verify()}
    store.rebuild()


@pytest.mark.parametrize(
    "query",
    [
        "'; DROP TABLE phrase; --",
        'NEAR("wine" , 5) OR *',
        "wine & !gold | <->",
        "%wine_%",
        "wine:* \\",
        "\ud800 wine".encode("utf-8", "replace").decode(),
        "w" * 900,
        "wine " * 150,
        "\U0001f377 wine",
        "wine\x00",
        "ﷺ ﷺ",
    ],
)
def test_no_sign_in_a_question_has_a_meaning(store, query):
    answer = told(store).call(SearchRequest(query=query))
    assert answer.words
    assert answer.verdict


@pytest.mark.parametrize("query", ["", "   ", "!?*", "x" * 1001])
def test_what_is_no_word_is_refused(store, query):
    with pytest.raises(InvalidInput):
        told(store).call(SearchRequest(query=query))


def test_names_and_what_is_in_their_versions_are_found_from_each_other(store):
    told(store)
    second = of_bytes(b"second")
    store.append(
        [
            ArtifactRecorded(artifact=second, kind="data", digest=second),
            VersionNamed(kind="data", name="red-wine", artifact=second),
        ]
    )
    assert store.newest("data") == {"red-wine": second}
    assert store.newest("data", 0) == {}
    assert store.phrases.names([WINE, TABLE, MODEL, "nobody"]) == {
        WINE: ["data:red-wine"],
        TABLE: ["data:red-wine"],
        MODEL: ["model:sommelier"],
    }
    assert store.phrases.names([]) == store.phrases.contents([]) == {}
    contents = store.phrases.contents(["data:red-wine", "model:red-wine", "data:nobody"])
    assert {ref: set(owns) for ref, owns in contents.items()} == {
        "data:red-wine": {WINE, TABLE, second}
    }
