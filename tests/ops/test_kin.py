from __future__ import annotations

from forebear.core.digest import of_bytes
from forebear.core.entities import Column
from forebear.core.events import ArtifactRecorded
from forebear.core.ids import new_id
from forebear.ops.kin import grouped, same_model, table_of
from story import link


def test_a_model_is_known_in_all_its_guises(store, story):
    trained = story.train(4, 0.8)
    run = story.run("evaluate.py")
    loaded = story.memory("model", "m", "forest 4")
    story.step(run, "ingest", "joblib.load", [link(trained.file)], [loaded])
    other = story.train(8, 0.9, save="second.pkl")
    store.append(story.events)
    guises = {trained.file, trained.model, loaded}
    for id in guises:
        kin = same_model(store, store.node(id))
        assert kin[0].id == id
        assert {node.id for node in kin} == guises
    assert other.file not in guises


def test_files_with_equal_state_are_one_model(store, story):
    for n in range(2):
        digest = of_bytes(str(n).encode())
        story.say(
            ArtifactRecorded(
                artifact=digest, kind="model", digest=digest, weights=of_bytes(b"state")
            )
        )
    store.append(story.events)
    nodes = [store.node(of_bytes(str(n).encode())) for n in range(2)]
    assert {node.id for node in same_model(store, nodes[0])} == {node.id for node in nodes}
    assert len(grouped(nodes, [])) == 1


def test_a_file_has_the_columns_of_the_table_it_holds(store, story):
    table = of_bytes(b"table")
    columns = [Column(name="age", type="int64")]
    story.say(
        ArtifactRecorded(
            artifact=new_id(), kind="data", digest=table, rows=3, columns=columns, label="df"
        )
    )
    file = story.file("a.csv", b"age", table=table)
    bare = story.file("b.csv", b"other")
    store.append(story.events)
    assert table_of(store, store.node(file)).rows == 3
    assert table_of(store, store.node(bare)).id == bare
