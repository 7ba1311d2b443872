import gc

import numpy as np

from forebear.capture.tracker import At, Origin, Tracker


class Thing:
    pass


def known(tracker, artifact, **facts):
    thing = Thing()
    tracker.bind(thing, Origin(artifact=artifact, **facts))
    return thing


def sources(tracker, thing):
    origin = tracker.get(thing)
    return None if origin is None else [source.artifact for source in origin.sources()]


def test_only_recorded_ancestors_are_kept():
    tracker = Tracker()
    one = known(tracker, "one")
    last = one
    for step in range(100):
        new = Thing()
        tracker.derive(new, [last], f"step {step}")
        last = new
    assert sources(tracker, last) == ["one"]
    assert len(tracker.get(last).operations) == 40
    assert tracker.get(last).names()[-1] == "step 99"


def test_sources_of_many_parents_are_joined_once():
    tracker = Tracker()
    one, two = known(tracker, "one", role="train"), known(tracker, "two", role="train")
    part, both = Thing(), Thing()
    tracker.derive(part, [one], "select")
    tracker.derive(both, [part, two, one, object()], "join")
    origin = tracker.get(both)
    assert sources(tracker, both) == ["one", "two"]
    assert origin.names() == ["select", "join"]
    assert origin.role == "train"


def test_parts_told_at_one_place_are_one_operation():
    tracker = Tracker()
    one, half, whole, again = known(tracker, "one"), Thing(), Thing(), Thing()
    place = At(1, 2, "train.py", 7)
    tracker.derive(half, [one], "merge", place)
    tracker.derive(whole, [half, one], "merge", place)
    tracker.derive(again, [whole], "merge", At(1, 4, "train.py", 9))
    assert tracker.get(whole).names() == ["merge"]
    assert tracker.get(again).names() == ["merge", "merge"]
    assert tracker.get(again).site().where == "train.py:9"


def test_unknown_parents_say_nothing():
    tracker = Tracker()
    thing = Thing()
    tracker.derive(thing, [Thing()], "x")
    assert tracker.get(thing) is None


def test_objects_are_let_go_of():
    tracker = Tracker()
    thing = known(tracker, "one")
    array = np.zeros((4, 4))[1:]
    tracker.bind(array, Origin(artifact="two"))
    assert len(tracker._known) == 2
    del thing, array
    gc.collect()
    assert tracker._known == {}
    assert tracker._views == {}


def test_what_cannot_be_watched_is_left_out():
    tracker = Tracker()
    tracker.bind(3, Origin(artifact="one"))
    assert tracker.get(3) is None


def test_views_share_the_origin_of_the_memory_they_show():
    tracker = Tracker()
    memory = np.arange(20.0).reshape(5, 4)
    left, right = memory[:, :2], memory[:, 2:]
    tracker.bind(left, Origin(artifact="left"))
    tracker.bind(right, Origin(artifact="right"))
    assert sources(tracker, left[1:]) == ["left"]
    assert sources(tracker, memory[:3, 3]) == ["right"]
    assert sources(tracker, memory[0]) == ["left", "right"]
    assert sources(tracker, left.copy()) is None
    whole = np.zeros((5, 4))
    tracker.bind(whole, Origin(artifact="whole"))
    assert sources(tracker, whole[1:2].T) == ["whole"]


def test_predictions_keep_their_model_through_operations():
    tracker = Tracker()
    model, data = Origin(artifact="model"), Origin(artifact="data")
    proba, one, labels = np.zeros((5, 2)), Thing(), known(tracker, "labels")
    origin = Origin(artifact="proba")
    origin.model, origin.data = model, data
    tracker.bind(proba, origin)
    assert tracker.get(proba[:, 1]).model is model
    tracker.derive(one, [proba, labels], "assign")
    assert (tracker.get(one).model, tracker.get(one).data) == (model, data)
