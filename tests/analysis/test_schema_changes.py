from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.schema_changes import schema_change
from forebear.core.entities import Column

columns = st.lists(
    st.builds(
        Column,
        name=st.sampled_from("abcdef"),
        type=st.sampled_from(["int64", "text"]),
        digest=st.none() | st.sampled_from("xyz"),
    ),
    unique_by=lambda one: one.name,
    max_size=6,
)


@given(columns, columns)
def test_what_is_said_leads_from_the_old_columns_to_the_new_ones(before, after):
    change = schema_change(before, after)
    names = {one.name for one in before}
    names -= {one.name for one in change.removed} | {one.before for one in change.renamed}
    names |= {one.name for one in change.added} | {one.after for one in change.renamed}
    assert names == {one.name for one in after}
    types = {one.name: one.type for one in before} | {r.column: r.after for r in change.retyped}
    assert all(types.get(one.name, one.type) == one.type for one in after)


@given(columns)
def test_nothing_is_said_of_the_same_columns(same):
    change = schema_change(same, same)
    assert change.same
    assert change.changed == []


@given(columns, columns)
def test_backwards_what_was_added_is_removed(before, after):
    there, back = schema_change(before, after), schema_change(after, before)
    assert {one.name for one in there.added} == {one.name for one in back.removed}
    assert {(one.before, one.after) for one in there.renamed} == {
        (one.after, one.before) for one in back.renamed
    }


def test_columns_that_look_alike_are_not_taken_for_renamed_ones():
    constant = [Column(name=name, type="int64", digest="x") for name in "ab"]
    assert schema_change(constant[:1], [Column(name="c", type="int64", digest="x")]).renamed
    assert not schema_change(constant, [Column(name="c", type="int64", digest="x")]).renamed


def test_of_what_is_not_recorded_nothing_is_said_to_have_changed() -> None:
    whole = [Column(name=name, type="int64", digest=name) for name in "abc"]
    # As where a file was written and never read: columns that were computed come last.
    told = [whole[0], whole[2], Column(name="b", type="?")]
    for change in (schema_change(whole, told), schema_change(told, whole)):
        assert change.same
    assert schema_change(whole, [*told, Column(name="d", type="?")]).added[0].name == "d"
