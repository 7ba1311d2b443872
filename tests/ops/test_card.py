"""What the catalog says of a thing, and what comes down to it."""

from __future__ import annotations

import pytest

from forebear.client.card_text import card_facts, card_parts, schema_lines
from forebear.client.lines import as_text
from forebear.core.catalog import COLUMN, ColumnNote
from forebear.core.digest import of_bytes
from forebear.core.entities import Column
from forebear.core.errors import InvalidInput
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    Feed,
    Flow,
    Operation,
    Rows,
    VersionNamed,
)
from forebear.core.quality import INCIDENT, Incident
from forebear.ops.catalog import DataRequest
from forebear.ops.describing import (
    ColumnRequest,
    DescribeRequest,
    FreshRequest,
    LicenceRequest,
    OwnRequest,
    StopRequest,
    TagRequest,
)
from forebear.ops.difference import DiffRequest
from forebear.ops.show import ShowRequest
from forebear.ops.table import Target
from story import link

RAW, CLEAN, CHURN = (Target(ref=ref) for ref in ("data:raw", "data:clean", "model:churn"))


@pytest.fixture
def told(store, story):
    """raw -> clean -> churn, which serves predictions."""
    trained = story.train(2, 0.8)
    story.serve(trained.file)
    store.append(story.events)
    return trained


def card(client, target, **more):
    return client.call(ShowRequest(target=target, **more)).card


def tags(client, target, **more):
    return {one.tag: one.way for one in card(client, target, **more).tags}


def test_a_card_holds_all_that_is_said(told, client):
    client.call(DescribeRequest(target=RAW, text="Customers"))
    client.call(OwnRequest(target=RAW, by="Ada Byron"))
    client.call(TagRequest(target=RAW, tags=["gold"]))
    client.call(LicenceRequest(target=RAW, licence="cc-by-nc-4.0"))
    client.call(FreshRequest(target=RAW, every="1d"))
    found = card(client, RAW)
    assert found.description == "Customers"
    assert [(one.role, one.who) for one in found.owners] == [("owner", "Ada Byron")]
    assert found.terms == ["attribution", "non-commercial"]
    assert (found.source, found.freshness.overdue) == ("file", False)
    text = as_text([*card_facts(found), *card_parts(found)])
    for words in ("Ada Byron", "gold", "CC-BY-NC-4.0", "non-commercial", "expected every 1 day"):
        assert words in text


def test_what_is_said_of_a_version_goes_before_what_is_said_of_its_name(told, client):
    client.call(DescribeRequest(target=RAW, text="of the name"))
    client.call(DescribeRequest(target=Target(ref="data:raw:1"), text="of the version"))
    assert card(client, Target(ref="data:raw:1")).description == "of the version"
    assert card(client, RAW).description == "of the name"


def test_tags_come_down_to_all_that_was_made_and_name_their_way(told, client):
    client.call(TagRequest(target=RAW, tags=["pii"]))
    assert tags(client, RAW) == {"pii": None}
    way = tags(client, CHURN)["pii"]
    assert way.source == "data:raw"
    assert (way.titles[0], way.titles[-1]) == ("raw:1", "churn:1")
    assert len(way.path) == len(way.titles)
    assert set(tags(client, Target(ref=f"run:{told.run}"))) == {"pii"}


def test_tags_that_do_not_propagate_stay(told, client):
    client.call(TagRequest(target=RAW, tags=["local"], propagate=False))
    assert set(tags(client, RAW)) == {"local"}
    assert tags(client, CLEAN) == {}


def test_a_stop_keeps_a_tag_from_what_is_behind_it_until_it_is_taken_back(told, client):
    client.call(TagRequest(target=RAW, tags=["pii", "gold"]))
    client.call(StopRequest(target=CLEAN, what=["tag:pii"], because="masked"))
    assert set(tags(client, CLEAN)) == set(tags(client, CHURN)) == {"gold"}
    assert card(client, CLEAN).stops == ["tag:pii"]
    client.call(StopRequest(target=CLEAN, what=["tag:pii"], remove=True))
    assert set(tags(client, CHURN)) == {"pii", "gold"}


def test_a_run_that_masks_stops_what_goes_through_its_steps(told, client):
    client.call(TagRequest(target=CLEAN, tags=["pii"]))
    client.call(StopRequest(target=Target(ref=f"run:{told.run}")))
    assert tags(client, CHURN) == {}


def test_a_tag_stays_while_another_source_has_it_and_answers_as_of_then(told, client, store):
    client.call(TagRequest(target=RAW, tags=["pii"]))
    client.call(TagRequest(target=CLEAN, tags=["pii"]))
    assert tags(client, CHURN)["pii"].source == "data:clean"
    assert tags(client, CHURN)["pii"].more == 1
    client.call(TagRequest(target=CLEAN, tags=["pii"], remove=True))
    assert tags(client, CHURN)["pii"].source == "data:raw"
    client.call(TagRequest(target=RAW, tags=["pii"], remove=True))
    assert tags(client, CHURN) == {}


def test_licences_add_up_and_code_hands_nothing_down(told, client):
    client.call(LicenceRequest(target=RAW, licence="CC-BY-NC-4.0"))
    client.call(LicenceRequest(target=CLEAN, licence="MIT"))
    script = of_bytes(b"train.py")
    client.call(LicenceRequest(target=Target(ref=script), licence="GPL-3.0-only"))
    found = card(client, CHURN)
    assert {one.spdx for one in found.licences} == {"CC-BY-NC-4.0", "MIT"}
    assert found.terms == ["attribution", "non-commercial"]


def test_open_incidents_come_down_and_closed_ones_do_not(told, client, store):
    incident = Incident(status="open", severity="error", title="ages are negative")
    store.append([INCIDENT.say("data:raw", incident, key="range-age")])
    (own,) = card(client, RAW).incidents
    (come_down,) = card(client, CHURN).incidents
    assert (own.way, come_down.way.source) == (None, "data:raw")
    assert "ages are negative" in as_text(card_parts(card(client, CHURN)))
    closed = Incident(status="closed", severity="error", title="ages are negative")
    store.append([INCIDENT.say("data:raw", closed, key="range-age")])
    assert card(client, CHURN).incidents == []


def aggregate(story, columns, rows, operations, same=()):
    """A step that makes one file of `clean`."""
    made = story.file("sums.csv", b"sums " + repr((columns, rows)).encode())
    run = story.run("sums.py")
    flow = Flow(
        target=made, sources=[of_bytes(b"clean table")], rows=[rows], columns=columns, same=same
    )
    story.step(
        run,
        "transform",
        "sums",
        [link(of_bytes(b"clean table"))],
        [made],
        flows=[flow],
        operations=operations,
    )
    story.say(VersionNamed(kind="data", name="sums", artifact=made))
    return made


MEAN = Operation(name="mean", rows_in=990, rows_out=2, pooled=True)
POOLED = {"age": Feed([(0, "age")], [0])}


@pytest.mark.parametrize(
    ("columns", "rows", "operations", "same", "stops"),
    [
        (POOLED, None, [MEAN], [], True),
        (POOLED, Rows(n_in=990, n_out=2, reached=990), [], ["churned"], True),
        (POOLED, Rows(n_in=990, n_out=990, reached=990), [MEAN], [], False),
        (POOLED, Rows(n_in=990, n_out=2, reached=2), [], [], False),
        (POOLED, None, [Operation(name="rank", rows_in=9, rows_out=9, pooled=True)], [], False),
        ({"age": Feed([(0, "age")], [])}, None, [MEAN], [], False),
        (POOLED, None, [MEAN], ["churned"], False),
    ],
)
def test_tags_stop_where_only_figures_over_many_rows_go_on(
    store, story, client, columns, rows, operations, same, stops
):
    aggregate(story, columns, rows, operations, same)
    store.append(story.events)
    client.call(TagRequest(target=CLEAN, tags=["pii"]))
    client.call(TagRequest(target=CLEAN, tags=["crm"], through_aggregates=True))
    client.call(LicenceRequest(target=CLEAN, licence="MIT"))
    found = card(client, Target(ref="data:sums"))
    assert {one.tag for one in found.tags} == ({"crm"} if stops else {"crm", "pii"})
    assert [one.spdx for one in found.licences] == ["MIT"]


def test_the_class_of_a_column_comes_down_by_the_columns_it_went_into(store, story, client):
    clean = of_bytes(b"clean table")
    made = story.file("kept.csv", b"kept")
    run = story.run("keep.py")
    flow = Flow(
        target=made, sources=[clean], same=["churned"], columns={"years": Feed([(0, "age")])}
    )
    story.step(run, "transform", "keep", [link(clean)], [made], flows=[flow])
    bare = story.file("bare.csv", b"bare")
    other = Flow(target=bare, sources=[clean], same=["churned"])
    story.step(run, "transform", "drop", [link(clean)], [bare], flows=[other])
    story.say(VersionNamed(kind="data", name="kept", artifact=made))
    story.say(VersionNamed(kind="data", name="bare", artifact=bare))
    store.append(story.events)
    client.call(ColumnRequest(target=CLEAN, column="age", sensitive="birth-date"))
    (found,) = card(client, Target(ref="data:kept")).columns
    assert (found.name, found.sensitivity) == ("years", "birth-date")
    assert (found.source, found.source_column, found.inferred) == ("clean:1", "age", False)
    assert card(client, Target(ref="data:bare")).columns == []
    client.call(ColumnRequest(target=Target(ref="data:kept"), column="years", sensitive="none"))
    (own,) = card(client, Target(ref="data:kept")).columns
    assert own.sensitivity == "none"


def test_what_a_scan_has_found_gives_way_to_what_people_say(told, client, store):
    clean = of_bytes(b"clean table")
    note = ColumnNote(sensitivity="phone", found_by="pattern", count=9, share=0.9)
    store.append([COLUMN.say(clean, note, key="age")])
    (found,) = card(client, CLEAN).columns
    assert (found.sensitivity, found.share) == ("phone", 0.9)
    client.call(ColumnRequest(target=CLEAN, column="age", text="In years", sensitive="none"))
    (said,) = card(client, CLEAN).columns
    assert (said.sensitivity, said.found_by, said.text) == ("none", "declared", "In years")


def table_version(story, content, *columns):
    digest = of_bytes(content)
    made = [Column(name=n, type=t, digest=d and of_bytes(d)) for n, t, d in columns]
    story.say(ArtifactRecorded(artifact=digest, kind="data", digest=digest, columns=made))
    story.say(VersionNamed(kind="data", name="people", artifact=digest))


def test_a_name_tells_how_its_columns_changed(store, story, client):
    table_version(
        story, b"1", ("id", "int64", b"id"), ("mail", "string", b"m"), ("x", "int64", b"x")
    )
    table_version(
        story, b"2", ("id", "int64", b"id"), ("email", "string", b"m"), ("x", "text", b"t")
    )
    story.say(ArtifactRecorded(artifact=of_bytes(b"3"), kind="data", digest=of_bytes(b"3")))
    story.say(VersionNamed(kind="data", name="people", artifact=of_bytes(b"3")))
    table_version(
        story, b"4", ("email", "string", b"m"), ("id", "int64", b"id"), ("y", "int64", None)
    )
    store.append(story.events)
    view = client.call(ShowRequest(target=Target(ref="data:people")))
    four, three, two, one = view.schemas
    assert (one.change, one.columns, three.columns, three.change) == (None, 3, None, None)
    assert [(r.before, r.after) for r in two.change.renamed] == [("mail", "email")]
    assert [(r.column, r.before, r.after) for r in two.change.retyped] == [("x", "int64", "text")]
    assert [c.name for c in four.change.added] == ["y"]
    assert [c.name for c in four.change.removed] == ["x"]
    assert four.change.moved
    text = as_text(schema_lines(view.schemas))
    assert "mail is called email" in text
    assert "columns are not recorded" in text


def test_diff_tells_what_became_of_the_columns(store, story, client):
    table_version(story, b"1", ("id", "int64", b"id"), ("a", "int64", b"a"))
    table_version(story, b"2", ("id", "int64", b"other"), ("b", "int64", b"b"))
    store.append(story.events)
    answer = client.call(
        DiffRequest(left=Target(ref="data:people:1"), right=Target(ref="data:people:2"))
    )
    assert [c.name for c in answer.columns.added] == ["b"]
    assert [c.name for c in answer.columns.removed] == ["a"]
    assert answer.columns.changed == ["id"]


def names(client, **asked):
    return {entry.name for entry in client.call(DataRequest(**asked)).data}


def test_the_list_of_data_can_be_narrowed(told, client, store):
    client.call(TagRequest(target=RAW, tags=["pii"]))
    client.call(OwnRequest(target=CLEAN, by="Ada Byron", role="steward"))
    client.call(LicenceRequest(target=Target(ref="data:clean:1"), licence="MIT"))
    assert names(client, tag="PII") == {"raw", "clean"}
    assert names(client, tag="gold") == set()
    assert names(client, owner="ada byron") == {"clean"}
    assert names(client, owner="somebody") == set()
    assert names(client, missing="owner") == names(client, missing="licence") == {"raw"}
    assert names(client, missing="checks") == {"raw", "clean"}
    answer = client.call(DataRequest(limit=1))
    assert (len(answer.data), answer.count) == (1, 2)
    assert names(client, tag="pii", as_of="2020-01-01") == set()


def test_the_list_tells_how_each_is(told, client, store):
    client.call(TagRequest(target=RAW, tags=["pii"]))
    client.call(FreshRequest(target=RAW, every="1s"))
    client.call(ColumnRequest(target=CLEAN, column="age", sensitive="birth-date"))
    incident = Incident(status="open", severity="warn", title="late")
    store.append([INCIDENT.say("data:clean", incident, key="late")])
    found = {entry.name: entry for entry in client.call(DataRequest(as_of="2999-01-01")).data}
    assert found["raw"].tags == found["clean"].inherited == ["pii"]
    assert (found["clean"].incidents, found["clean"].sensitive) == (1, ["birth-date"])


def test_a_model_that_was_saved_has_what_its_guise_in_memory_carries(told, client, store):
    client.call(TagRequest(target=CHURN, tags=["flagged"]))
    tuned = of_bytes(b"tuned")
    store.append(
        [
            ArtifactRecorded(artifact=tuned, kind="model", digest=tuned),
            Derived(source=told.model, target=tuned, relation="finetune"),
            VersionNamed(kind="model", name="tuned", artifact=tuned),
        ]
    )
    assert set(tags(client, Target(ref="model:tuned"))) == {"flagged"}


def test_where_too_much_lies_above_that_is_said(store, story, client, monkeypatch):
    clean = of_bytes(b"clean table")
    made = story.file("kept.csv", b"kept")
    flow = Flow(target=made, sources=[clean], same=["age"])
    story.step(story.run("keep.py"), "transform", "keep", [link(clean)], [made], flows=[flow])
    story.say(VersionNamed(kind="data", name="kept", artifact=made))
    store.append(story.events)
    client.call(ColumnRequest(target=CLEAN, column="age", sensitive="birth-date"))
    kept = Target(ref="data:kept")
    assert [one.name for one in card(client, kept).columns] == ["age"]
    monkeypatch.setattr("forebear.analysis.flowgraph._MOST", 1)
    found = card(client, kept)
    assert (found.columns, found.columns_complete) == ([], False)
    assert "Too much lies above" in as_text(card_parts(found))


def test_a_tag_that_speaks_of_a_column_goes_where_the_column_goes(store, story, client):
    clean = of_bytes(b"clean table")
    run = story.run("keep.py")
    kept, bare = story.file("kept.csv", b"kept"), story.file("bare.csv", b"bare")
    for made, flow in (
        (kept, Flow(target=kept, sources=[clean], columns={"years": Feed([(0, "age")])})),
        (bare, Flow(target=bare, sources=[clean], same=["churned"])),
    ):
        story.step(run, "transform", "keep", [link(clean)], [made], flows=[flow])
        story.say(VersionNamed(kind="data", name=f"of-{made[-4:]}", artifact=made))
    fits = {}
    for made in (kept, bare):
        fits[made] = story.memory("model", "Forest", f"forest on {made}")
        story.step(run, "train", "fit", [link(made, "train")], [fits[made]])
    store.append(story.events)
    client.call(TagRequest(target=CLEAN, tags=["pii"], columns=["age"]))
    client.call(TagRequest(target=CLEAN, tags=["gold"]))
    assert set(tags(client, Target(ref=kept))) == {"gold", "pii"}
    assert set(tags(client, Target(ref=bare))) == {"gold"}
    assert tags(client, Target(ref=fits[kept]))["pii"].path == [clean, kept, fits[kept]]
    assert set(tags(client, Target(ref=fits[bare]))) == {"gold"}
    assert len(names(client, tag="pii")) == 2
    client.call(StopRequest(target=Target(ref=kept), what=["tag:pii"]))
    assert set(tags(client, Target(ref=fits[kept]))) == {"gold"}
    with pytest.raises(InvalidInput, match="no column"):
        client.call(TagRequest(target=CLEAN, tags=["pii"], columns=["agee"]))


def test_what_a_tagged_run_derived_from_has_no_tag_of_it(store, story, client):
    base = story.file("base.bin", b"base", kind="model")
    other = story.file("other.bin", b"other", kind="model")
    tuned = story.file("tuned.bin", b"tuned", kind="model")
    run = story.run("tune.py")
    story.say(Derived(source=base, target=tuned, relation="finetune", run=run))
    story.say(Derived(source=base, target=other, relation="finetune"))
    store.append(story.events)
    client.call(TagRequest(target=Target(ref=f"run:{run}"), tags=["trial"]))
    assert set(tags(client, Target(ref=tuned))) == {"trial"}
    assert tags(client, Target(ref=other)) == tags(client, Target(ref=base)) == {}
