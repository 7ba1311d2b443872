import numpy

from forebear.capture.callsite import call_site, is_user_code

LIBRARY = """
def here(*args, **kwargs):
    return call_site("here")

class Thing:
    def made(self, *args):
        return [call_site("made"), 0]
"""
library = {"call_site": call_site}
exec(compile(LIBRARY, numpy.__file__, "exec"), library)
here, Thing = library["here"], library["Thing"]


def test_names_around_a_call():
    table, rows, thing = {}, [], Thing()
    site = here(table, rows[1:], 3, key=rows)
    assert site.where.startswith(f"{__file__}:")
    assert site.targets == ("site",)
    assert site.arguments == ("table", "", "")
    assert site.name_of(0, "data") == "table"
    assert site.name_of(1) is None
    assert site.name_of(9, "key") == "rows"
    first, _second = thing.made(table)
    assert (first.targets, first.receiver) == (("first", "_second"), "thing")


def test_only_the_result_itself_has_the_name_that_is_assigned():
    table = {}
    text = here(table).where.upper()
    assert text
    part = Thing().made(table)[0]
    assert part.targets == ()
    assert part.receiver == ""


def test_of_many_calls_in_a_statement_each_is_told_apart():
    a, b = {}, []
    one, two = here(a), here(b)
    assert (one.arguments, one.targets) == (("a",), ("one",))
    assert (two.arguments, two.targets) == (("b",), ("two",))
    x = here(a); y = here(b)  # noqa: E702  # fmt: skip
    assert (x.targets, y.targets) == (("x",), ("y",))
    # fmt: off
    chain = Thing(
    ).made(
        a,
    )[0]
    # fmt: on
    assert chain.arguments == ("a",)


def test_code_without_source_has_a_place_only():
    names = {"here": here}
    exec(compile("site = here(1)", "<no such cell>", "exec"), names)
    assert names["site"].where == "<no such cell>:1"
    assert names["site"].targets == ()


def test_whose_code_it_is():
    import json

    assert is_user_code(__file__)
    assert is_user_code("<ipython-input-3-abc>")
    assert not is_user_code(json.__file__)
    assert not is_user_code(numpy.__file__)
    assert not is_user_code(call_site.__code__.co_filename)
    assert not is_user_code("<string>")
    assert not is_user_code("<frozen importlib._bootstrap>")
