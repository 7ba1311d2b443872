import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.core.errors import Unreadable
from forebear.core.points import Point, greater, lesser, pack, unpack

whole = st.integers(-(2**62), 2**62 - 1)
points = st.builds(Point, st.integers(0, 2**31), whole, whole, st.floats())


def bits(value):
    return struct.pack("<d", value)


@given(st.lists(points, max_size=50))
def test_what_is_packed_comes_out_bit_for_bit(said):
    found = unpack(pack(said))
    assert [one[:3] for one in found] == [one[:3] for one in said]
    assert [bits(one.value) for one in found] == [bits(one.value) for one in said]
    assert pack(found) == pack(said)


def test_regular_points_take_few_bytes():
    said = [Point(n % 4, n * 1000, n // 4, float(n // 100)) for n in range(16_384)]
    assert len(pack(said)) / len(said) < 0.5


def test_the_form_is_as_it_is_written_down():
    packet = pack([Point(1, 5, 7, 0.5)])
    assert packet.startswith(b"forebear-points-1\n" + struct.pack("<Q", 1))


@pytest.mark.parametrize("cut", [0, 10, 18, 25, 26, 40, -1])
def test_a_damaged_packet_is_refused(cut):
    packet = pack([Point(0, n, n, n / 3) for n in range(100)])
    with pytest.raises(Unreadable):
        unpack(packet[:cut])
    with pytest.raises(Unreadable):
        unpack(packet[:18] + struct.pack("<Q", 99) + packet[26:])
    with pytest.raises(Unreadable):
        unpack(packet[:18] + struct.pack("<Q", 101) + packet[26:])


def test_a_packet_that_announces_more_than_there_is_costs_nothing():
    with pytest.raises(Unreadable):
        unpack(pack([])[:18] + struct.pack("<Q", 2**63) + pack([])[26:])


def test_a_packet_that_unpacks_to_more_than_it_may_costs_nothing(monkeypatch):
    monkeypatch.setattr("forebear.core.points._MOST", 10)
    points = [Point(0, n, n, 0.0) for n in range(11)]
    with pytest.raises(OverflowError):
        pack(points)
    assert unpack(pack(points[:10])) == points[:10]
    monkeypatch.undo()
    packet = pack(points)
    monkeypatch.setattr("forebear.core.points._MOST", 10)
    with pytest.raises(Unreadable, match="10 are the most"):
        unpack(packet)


def test_a_step_that_has_no_place_is_refused():
    with pytest.raises(OverflowError):
        pack([Point(0, 0, 2**70, 1.0)])


@pytest.mark.parametrize(
    ("one", "other", "small", "large"),
    [
        (1.0, 2.0, 1.0, 2.0),
        ("-Infinity", 2.0, "-Infinity", 2.0),
        ("NaN", 2.0, 2.0, 2.0),
        (2.0, "NaN", 2.0, 2.0),
        (None, 2.0, 2.0, 2.0),
        (None, "NaN", "NaN", "NaN"),
        (2.0, None, 2.0, 2.0),
    ],
)
def test_the_least_and_greatest_of_two(one, other, small, large):
    assert (lesser(one, other), greater(one, other)) == (small, large)
