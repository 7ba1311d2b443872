"""Whatever stands in the file of rules, the answer is a policy or one clear sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.core.errors import InvalidInput
from forebear.core.policies import Rules
from forebear.ops.policies import check_settings, written
from forebear.ops.requirement import requirements

KEYS = sorted(requirements())
PLAIN = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["none", "any", "known", "observed", "30 days", "f1 >= 0.9", "bitwise"]),
    st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["people", "last", "by", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), VALUES, max_size=4))
def test_every_setting_is_read_or_refused_with_a_sentence(said):
    try:
        check_settings(Rules(source="forebear.toml"), "production", said)
    except InvalidInput as error:
        told = error.message
    else:
        told = " ".join(f"{key} = {written(value)}" for key, value in said.items())
    assert said == {} or told
