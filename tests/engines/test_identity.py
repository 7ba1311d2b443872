import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.tree import DecisionTreeClassifier

import forebear as fb
from forebear.core.errors import Unreadable
from forebear.engines.files import digest_file
from forebear.engines.identity import digest_of
from forebear.engines.models import state_digest
from forebear.engines.tables import fingerprint


def test_paths_stand_for_their_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    assert digest_of(path) == digest_of(str(path)) == digest_file(path).digest
    assert digest_of(tmp_path) not in {digest_of(path), digest_file(path).digest}
    with pytest.raises(Unreadable, match="There is no file or folder"):
        digest_of("nowhere.csv")


def test_tables_stand_for_their_values() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    assert digest_of(frame) == digest_of(pl.DataFrame(frame)) == fingerprint(frame).digest
    assert digest_of(np.eye(2)) == fingerprint(np.eye(2)).digest


def test_models_stand_for_their_state() -> None:
    model = DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]], [0, 1])
    assert digest_of(model) == state_digest(model).digest


@pytest.mark.parametrize(
    "thing", [1, None, [1, 2], {"a": 1}, object(), DecisionTreeClassifier, len]
)
def test_other_things_have_none(thing: Any) -> None:
    with pytest.raises(Unreadable, match="has no digest") as caught:
        digest_of(thing)
    assert "Give a path" in caught.value.hint


def test_a_digest_is_whole_or_not_at_all() -> None:
    with pytest.raises(Unreadable, match=r"Column 'm' holds .* builtins\.object"):
        digest_of(pd.DataFrame({"m": [object(), 1]}))
    model = DecisionTreeClassifier()
    model.note = (i for i in range(3))
    with pytest.raises(Unreadable, match=r"cannot be digested: builtins\.generator") as caught:
        digest_of(model)
    assert "Save the model" in caught.value.hint


def test_it_is_at_hand() -> None:
    assert fb.digest_of is digest_of


def test_the_written_rule_is_the_rule() -> None:
    page = Path(__file__).parents[2] / "docs" / "identity.md"
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
    by_hand, in_libraries = blocks[1:]
    names: dict[str, Any] = {}
    exec(by_hand + in_libraries, names)
    assert digest_of(pd.DataFrame(names["values"])) == "sha256:" + names["table"].hex()
