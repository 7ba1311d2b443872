import math
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forebear.capture.plain import plain, plain_mapping, public_module
from forebear.core.events import ParamsLogged, decode, encode


def test_numbers_that_json_has_not_become_text():
    assert plain(math.nan) == "NaN"
    assert plain([math.inf, -math.inf]) == ["Infinity", "-Infinity"]
    assert plain(2**70) == str(2**70)


def test_objects_are_named_by_the_module_that_offers_them():
    from sklearn.ensemble import RandomForestClassifier

    assert plain(RandomForestClassifier()) == "sklearn.ensemble.RandomForestClassifier"
    assert plain({"func": math.sqrt, 3: Path}) == {"func": "math.sqrt", "3": "pathlib.Path"}
    assert public_module(RandomForestClassifier) == "sklearn.ensemble"


def test_arrays_are_described_and_their_items_are_values():
    assert plain(np.zeros((3, 2))) == "ndarray of shape 3×2"
    assert plain(np.float64(0.5)) == 0.5
    assert plain(np.int32(3)) == 3


def test_long_things_are_cut_and_say_so():
    assert plain("x" * 3000).endswith("…")
    assert plain(list(range(300)))[-1] == "… 300 items"
    deep = nested = []
    for _ in range(20):
        deep.append(inner := [])
        deep = inner
    assert "list" in str(plain(nested))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), values))
def test_every_value_can_be_recorded(settings):
    event = ParamsLogged(run="r", params=plain_mapping(settings))
    assert decode(encode(event)).params == event.params


def test_texts_of_other_libraries_become_plain_texts():
    assert type(plain(np.str_("a"))) is str
    assert plain(np.str_("a")) == "a"
