"""Arrow files whose parts point outside of themselves are refused, whatever reads them.

Arrow believes what a file says of places: followed, they lead into memory of others.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from forebear.core.errors import Unreadable
from forebear.engines.checking import scanning
from forebear.engines.profile import profile_path
from forebear.engines.records import read_records

OUTSIDE = [6, -1, 50_000_000, -(2**31)]


@pytest.fixture(params=[(column, value) for column in ("texts", "codes") for value in OUTSIDE])
def damaged(tmp_path, request) -> Path:
    """A file in which one place, of a text or in a dictionary, is another."""
    column, value = request.param
    texts = pa.array([f"text number {number}" for number in range(3000)])
    codes = pa.array([f"w{number % 5}" for number in range(3000)]).dictionary_encode()
    path = tmp_path / "bad.arrow"
    feather.write_feather(
        pa.table({"texts": texts, "codes": codes}), path, compression="uncompressed"
    )
    held = (texts if column == "texts" else codes.indices).buffers()[1].to_pybytes()[:64]
    content = bytearray(path.read_bytes())
    place = content.index(held) + 40
    content[place : place + 4] = value.to_bytes(4, "little", signed=True)
    path.write_bytes(content)
    return path


def test_a_profile_is_refused(damaged) -> None:
    with pytest.raises(Unreadable, match=r"bad\.arrow' cannot be read"):
        profile_path(str(damaged))


def test_checks_are_refused(damaged) -> None:
    pytest.importorskip("duckdb")
    with pytest.raises(Unreadable, match=r"bad\.arrow' cannot be read"), scanning(damaged, {}):
        pass


def test_records_are_refused(damaged) -> None:
    with pytest.raises(Unreadable):
        read_records(damaged.read_bytes(), "bad.arrow")
