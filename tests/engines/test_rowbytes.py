"""Row maps that somebody else has written: sound ones come back, others are said to be none."""

import contextlib
import json
import random
import tracemalloc
import zlib

import numpy as np
import pytest

from forebear.core.errors import CorruptStore
from forebear.engines.rowbytes import decode, encode, members
from forebear.engines.rowmaps import RowMap, span

ZEROS = zlib.compress(b"\0" * (16 << 20), 9)
SOUND = [
    encode(RowMap(20, 5, ins=np.array([3, 4, 7, 9, 11]))),
    encode(RowMap(20, 5, ins=np.array([9, 4, 7, 3, 11]))),
    encode(RowMap(20, 5, outs=np.array([0, 0, 3]), ins=np.array([9, 4, 7]))),
    encode(span(2, 5, 20)),
]


def map_of(header, body=b""):
    said = header.replace("SIZE", str(len(body)))
    return b"forebear.rows.v1\n" + said.encode() + b"\n" + body


def part(name, type="<u8", rows=8):
    told = {"name": name, "size": "SIZE", "type": type}
    said = json.dumps({"n_in": rows, "n_out": 8, "parts": [told]})
    return said.replace('"SIZE"', "SIZE")


def nested(times):
    parts = '[{"name":"later","size":SIZE},{"name":"earlier","size":0}]'
    inner = SOUND[0]
    for _ in range(times):
        inner = map_of(f'{{"n_in":8,"n_out":8,"parts":{parts}}}', inner)
    return inner


@pytest.mark.parametrize(
    "data",
    [
        map_of(part("set"), ZEROS),
        map_of(part("ins"), ZEROS),
        map_of(part("set"), zlib.compress(b"\0")[:-3]),
        map_of(part("ins", "O"), zlib.compress(bytes(8))),
        map_of(part("ins", "no type"), zlib.compress(bytes(8))),
        map_of(part("ins", "<f8"), zlib.compress(bytes(8))),
        map_of(part("ins", "<u8"), zlib.compress(bytes(9))),
        map_of(part("other"), zlib.compress(bytes(8))),
        map_of('{"n_in": -5, "n_out": 1, "start": 0}'),
        map_of('{"n_in": 5, "n_out": 99999999999999999, "start": 0}'),
        map_of(part("set", rows=100_000_000_000), ZEROS),
        b'forebear.rows.v1\n{"n_in": "\xff", "n_out": 1}\n',
        nested(1200),
        b"",
        b"nothing",
    ],
)
def test_what_is_no_map_is_said_and_takes_little_memory(data):
    tracemalloc.start()
    try:
        with pytest.raises(CorruptStore):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("sound", SOUND)
def test_damage_is_no_other_fault(sound):
    chance = random.Random(7)
    for _ in range(500):
        damaged = bytearray(sound)
        for _ in range(chance.choice([1, 2, 4])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        for read in (decode, members):
            with contextlib.suppress(CorruptStore):
                read(bytes(damaged))


@pytest.mark.parametrize(
    "outside",
    [
        RowMap(4, 2, ins=np.array([9, 1])),
        RowMap(4, 2, outs=np.array([0, 0, 5]), ins=np.array([0, 1, 2])),
        RowMap(4, 2, outs=np.array([0, 0, 1]), ins=np.array([0, 4, 2])),
        RowMap(4, 3, start=2),
    ],
)
def test_a_map_to_rows_that_are_not_there_is_damaged(outside):
    body = encode(RowMap(20, 20, start=outside.start, ins=outside.ins, outs=outside.outs))
    assert b'"n_in":20,"n_out":20' in body
    said = f'"n_in":{outside.n_in},"n_out":{outside.n_out}'.encode()
    with pytest.raises(CorruptStore, match="damaged"):
        decode(body.replace(b'"n_in":20,"n_out":20', said))
