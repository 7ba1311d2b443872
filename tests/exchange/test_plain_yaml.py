import time

import pytest

from forebear.exchange.mlflow.plain_yaml import read_yaml


def growing(merged):
    """Ten lines, each of which holds the one before ten times."""
    lines, last = ["a: &a {x: 1, y: 2}"], "a"
    for n in range(10):
        ten = ", ".join([f"*{last}"] * 10)
        lines.append(f"l{n}: &l{n} " + (f"{{<<: [{ten}]}}" if merged else f"[{ten}]"))
        last = f"l{n}"
    return "\n".join(lines)


def test_a_few_lines_that_repeat_each_other_cost_nothing():
    busy = time.process_time()
    assert set(read_yaml(growing(merged=False))) == {"a", *(f"l{n}" for n in range(10))}
    with pytest.raises(ValueError, match="merge"):
        read_yaml(growing(merged=True))
    assert time.process_time() - busy < 1


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system [id]", "a: [", "a: *b", "\0", b"\xff\xfe\xff",
        "[" * 20_000, "? [a]\n: 1", "a: !!timestamp x",
    ],
    ids=range(8),
)  # fmt: skip
def test_what_cannot_be_read_is_one_kind_of_error(text):
    with pytest.raises(ValueError, match=r"no YAML|month|day"):
        read_yaml(text)


def test_plain_values_are_read():
    assert read_yaml(b"a: [1, 2.5, x]\nb: {c: null}") == {"a": [1, 2.5, "x"], "b": {"c": None}}
