"""Files of weights, read without the libraries that wrote them."""

import json

import pytest

from forebear.core.errors import Unreadable
from forebear.engines.safetensors import read_header, safetensors_weights
from forebear.engines.savedmodel import is_saved_model, read_fingerprint


def safetensors_file(path, tensors, metadata=None, *, cut=0):
    """Write tensors (name to dtype, shape, bytes), as the format's description says."""
    header, at = {"__metadata__": metadata} if metadata else {}, 0
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(raw)]}
        at += len(raw)
    text = json.dumps(header).encode()
    body = b"".join(raw for _, _, raw in tensors.values())
    whole = len(text).to_bytes(8, "little") + text + body
    path.write_bytes(whole[: len(whole) - cut])
    return path


A = ("F32", [2], b"\0\0\x80\x3f\0\0\0\x40")
B = ("I8", [3], b"abc")


def test_a_header_tells_tensors_and_metadata(tmp_path):
    header = read_header(safetensors_file(tmp_path / "x", {"a": A, "b": B}, {"format": "pt"}))
    assert header.metadata == {"format": "pt"}
    assert header.tensors["b"].dtype == "I8"
    assert header.tensors["b"].stop - header.tensors["b"].start == 3


def test_the_digest_is_of_names_types_shapes_and_numbers(tmp_path):
    one = safetensors_weights(safetensors_file(tmp_path / "1", {"a": A, "b": B}))
    order = safetensors_weights(safetensors_file(tmp_path / "2", {"b": B, "a": A}, {"x": "y"}))
    wrapped = {"module.a": A, "_orig_mod.b": B}
    assert order == one == safetensors_weights(safetensors_file(tmp_path / "3", wrapped))
    others = [
        {"a": A, "c": B},
        {"a": A, "b": ("U8", [3], b"abc")},
        {"a": A, "b": ("I8", [1, 3], b"abc")},
        {"a": A, "b": ("I8", [3], b"abd")},
        {"a": A},
    ]
    digests = {safetensors_weights(safetensors_file(tmp_path / "4", other)) for other in others}
    assert len(digests - {one}) == len(others)


def test_a_file_without_tensors_has_no_weights(tmp_path):
    assert safetensors_weights(safetensors_file(tmp_path / "x", {})) is None


@pytest.mark.parametrize("cut", [1, 9, 30, 90])
def test_a_file_that_is_cut_off_is_refused(tmp_path, cut):
    path = safetensors_file(tmp_path / "x", {"a": A, "b": B}, cut=cut)
    with pytest.raises(Unreadable, match="no whole safetensors file"):
        safetensors_weights(path)


@pytest.mark.parametrize("body", [b"", b"hello, world", b"\2\0\0\0\0\0\0\0[]", b"\xff" * 20])
def test_what_is_no_such_file_is_refused(tmp_path, body):
    (tmp_path / "x").write_bytes(body)
    with pytest.raises(Unreadable, match="no whole safetensors file"):
        read_header(tmp_path / "x")


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def fingerprint(*, uuid="38234567"):
    hashes = [2**64 - 1, 17561793210193, 3, 2**63, 127]
    body = b"".join(bytes([n << 3]) + varint(value) for n, value in enumerate(hashes, start=1))
    body += bytes([6 << 3 | 2, 2, 8, 4])
    return body + (bytes([7 << 3 | 2, len(uuid)]) + uuid.encode() if uuid else b"")


def test_a_fingerprint_is_read_without_tensorflow(tmp_path):
    (tmp_path / "fingerprint.pb").write_bytes(fingerprint())
    found = read_fingerprint(tmp_path)
    assert found.saved_model_checksum == 2**64 - 1
    assert found.singleprint == f"17561793210193/3/{2**63}/127"
    assert found.uuid == "38234567"


def test_a_fingerprint_of_before_there_were_uuids(tmp_path):
    (tmp_path / "fingerprint.pb").write_bytes(fingerprint(uuid=""))
    assert read_fingerprint(tmp_path).uuid is None
    assert read_fingerprint(tmp_path).checkpoint_hash == 127


@pytest.mark.parametrize("body", [b"\x08", b"\x08" + b"\xff" * 20, b"\x3a\x10abc", b"\x0d1234"])
def test_a_broken_fingerprint_is_refused(tmp_path, body):
    (tmp_path / "fingerprint.pb").write_bytes(body)
    with pytest.raises(Unreadable, match="no fingerprint"):
        read_fingerprint(tmp_path)


def test_a_folder_without_a_fingerprint(tmp_path):
    assert read_fingerprint(tmp_path) is None
    assert not is_saved_model(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    assert is_saved_model(tmp_path)
