"""The text forms, against published vectors and against a reader written another way."""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from forebear.core import merkle, notes
from forebear.core.errors import InvalidInput

# The example of golang.org/x/mod/sumdb/note, with both halves of its key.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

# The examples of c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
POEM = (
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
    "\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()
SOFA = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
).encode()

# Made by another implementation of c2sp.org/tlog-proof (proofbundle 6.3.1): entry 5 of 7.
OTHER_KEY = "example.com/other+62b04a10+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
OTHER_PROOF = """\
c2sp.org/tlog-proof@v1
extra ZW50cnkgNQ==
index 5
SFM123z+yWXxX/dF/GJcQdXqJkaTaTAWWCj3PdS2iFQ=
vhV4G2KKKEFMHIoRuG24Qi+hBBIV/g18RJbSPNoeQUI=
l5nzB1F+9RfCIF35tndivzR1ayAJn7ffzOdrzr0nOy4=

example.com/other
7
mMl/C6MXXNCLAx3QhLncTmSbZNGijm6mlGRlAxc6tYc=

— example.com/other \
YrBKEGM28OPkaka+QlQgI6owu6UQ8xuVaLuGjHj8WRkUwgbqDxuT9tAapU/N+kTBzc+PPtBphIbLeGD7VKH1TQID/gI=
""".encode()

ENTRIES = [b"entry %d" % number for number in range(7)]
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(32))
NAME = "example.com/ours"
KEY = notes.VerifierKey(NAME, SECRET.public_key().public_bytes_raw())


def verify(key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signed(text, *, key=KEY, secret=SECRET):
    return notes.Note(text, [notes.Signature(key.name, key.id, secret.sign(text.encode()))])


def proof(index=5, *, extra=True, origin=NAME, entries=ENTRIES):
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    checkpoint = notes.Checkpoint(origin, len(leaves), merkle.root(leaves))
    hashes = merkle.inclusion_proof(index, len(leaves), leaves)
    note = signed(checkpoint.text)
    return notes.Proof(index, hashes, note, entries[index] if extra else None)


def believe(data):
    read = notes.parse_proof(data)
    return notes.check_proof(read, read.extra or b"", KEY, verify)


def another_reader(data, key):
    """Check a proof file with nothing of ours: straight from the three specifications."""
    head, _, note = data.decode().partition("\n\n")
    magic, extra, index, *path = head.split("\n")
    assert magic == "c2sp.org/tlog-proof@v1"
    entry = base64.b64decode(extra.split(" ")[1])
    at = int(index.split(" ")[1])
    text, _, line = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    name, _, coded = key.split("+", 2)
    raw = base64.b64decode(coded)
    _, signer, signature = line.strip().split(" ")
    blob = base64.b64decode(signature)
    assert origin == name == signer
    assert blob[:4] == hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], text.encode())

    def climb(at, size, steps):
        if size == 1:
            assert not steps
            return hashlib.sha256(b"\0" + entry).digest()
        half = 1
        while half * 2 < size:
            half *= 2
        *below, last = steps
        if at < half:
            pair = climb(at, half, below) + last
        else:
            pair = last + climb(at - half, size - half, below)
        return hashlib.sha256(b"\1" + pair).digest()

    steps = [base64.b64decode(step) for step in path]
    assert climb(at, int(size), steps) == base64.b64decode(root)
    return entry


def test_the_note_of_the_reference_implementation():
    key = notes.parse_key(GO_KEY)
    note = notes.parse_note(GO_NOTE)
    assert (str(key), str(note).encode(), note.text) == (GO_KEY, GO_NOTE, GO_TEXT)
    notes.check_signed(note, key, verify)
    secret = Ed25519PrivateKey.from_private_bytes(GO_SECRET)
    assert str(signed(GO_TEXT, key=key, secret=secret)).encode() == GO_NOTE


def test_the_note_with_an_empty_line_in_its_text():
    note = notes.parse_note(POEM)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert [one.name for one in note.signatures] == ["quasimodo.example/salvatore"]
    assert str(note).encode() == POEM


def test_the_checkpoint_of_the_specification():
    note = notes.parse_note(SOFA)
    checkpoint = notes.parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert checkpoint.text == note.text
    more = notes.Checkpoint("o", 0, merkle.EMPTY_ROOT, ("extension",))
    assert notes.parse_checkpoint(more.text) == more


def test_a_proof_of_another_implementation_is_accepted_and_written_the_same():
    read = notes.parse_proof(OTHER_PROOF)
    found = notes.check_proof(read, ENTRIES[5], notes.parse_key(OTHER_KEY), verify)
    assert (read.index, read.extra, found.size) == (5, ENTRIES[5], 7)
    assert str(read).encode() == OTHER_PROOF


@pytest.mark.parametrize("index", range(7))
def test_our_proofs_convince_another_reader(index):
    text = str(proof(index)).encode()
    assert another_reader(text, str(KEY)) == ENTRIES[index]
    assert notes.parse_proof(text) == proof(index)


def test_no_bit_of_a_proof_file_can_change():
    text = str(proof()).encode()
    assert believe(text).size == len(ENTRIES)
    caught = 0
    for place in range(len(text)):
        for bit in range(8):
            bent = bytearray(text)
            bent[place] ^= 1 << bit
            with pytest.raises(InvalidInput):
                believe(bytes(bent))
            caught += 1
    assert caught == len(text) * 8


def test_no_byte_of_a_proof_file_can_be_left_out_or_doubled():
    text = str(proof()).encode()
    for place in range(len(text)):
        once, twice = text[:place] + text[place + 1 :], text[: place + 1] + text[place:]
        for bent in (once, twice):
            if bent == text:
                continue
            with pytest.raises(InvalidInput):
                believe(bent)


def test_signatures_of_strangers_are_ignored_and_wrong_ones_of_ours_are_not():
    note = signed("text\n")
    stranger = notes.Signature("example.com/witness", b"1234", b"anything")
    namesake = notes.Signature(NAME, b"1234", b"anything")
    both = notes.Note(note.text, [stranger, namesake, *note.signatures])
    notes.check_signed(notes.parse_note(str(both).encode()), KEY, verify)
    with pytest.raises(InvalidInput, match="It is not signed by"):
        notes.check_signed(notes.Note("text\n", [stranger, namesake]), KEY, verify)
    wrong = notes.Signature(NAME, KEY.id, bytes(64))
    with pytest.raises(InvalidInput, match="does not belong to this text"):
        notes.check_signed(notes.Note("text\n", [*note.signatures, wrong]), KEY, verify)
    short = notes.Signature(NAME, KEY.id, note.signatures[0].value[:-1])
    with pytest.raises(InvalidInput, match="does not belong to this text"):
        notes.check_signed(notes.Note("text\n", [short]), KEY, verify)


def test_a_proof_about_another_log_is_refused():
    other = proof(origin="example.com/elsewhere")
    with pytest.raises(InvalidInput, match=r"about the log .*elsewhere, not about"):
        notes.check_proof(other, ENTRIES[5], KEY, verify)


def test_a_proof_may_come_without_its_entry():
    bare = proof(extra=False)
    assert b"extra" not in str(bare).encode()
    assert notes.check_proof(notes.parse_proof(str(bare).encode()), ENTRIES[5], KEY, verify)
    with pytest.raises(InvalidInput, match="does not lead from entry 5"):
        notes.check_proof(bare, ENTRIES[4], KEY, verify)


def test_the_only_entry_of_a_log_needs_no_hashes():
    alone = proof(0, entries=[b"alone"])
    assert "index 0\n\n" in str(alone)
    assert notes.parse_proof(str(alone).encode()) == alone
    notes.check_proof(alone, b"alone", KEY, verify)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        GO_KEY[:-4],
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "Peter Neumann"),
        GO_KEY.replace("PeterNeumann", "PeterNeuman"),
        GO_KEY.replace("+ARpc", "+BRpc"),
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_what_is_no_verifier_key(text):
    with pytest.raises(InvalidInput):
        notes.parse_key(text)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no signature lines"),
        (b"text\n", "no signature lines"),
        (b"\xff\n\n", "not UTF-8"),
        (GO_NOTE[:-1], "no signature lines"),
        (GO_NOTE + b"\n", "no signature lines"),
        (GO_NOTE.replace(b"cryptography", b"crypto\tgraphy"), "control characters"),
        (GO_NOTE.replace("—".encode(), b"-"), "not in its form"),
        (GO_NOTE.replace(b"PeterNeumann x08", b"PeterNeumannx08"), "not in its form"),
        (GO_NOTE.replace(b"PeterNeumann", b"Peter+Neumann"), "holds a space or"),
        (GO_NOTE.replace(b"nAM=", b"nAN="), "base64"),
        ("text\n\n— name AAAA\n".encode(), "too short"),
        (("text\n\n" + "— name AAAAAAAA\n" * 101).encode(), "more than 100"),
    ],
)
def test_what_is_no_note(data, why):
    with pytest.raises(InvalidInput, match=why):
        notes.parse_note(data)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        f"origin\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n١\n{ROOT}\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
        f"origin\n1\n{ROOT[:-4]}\n",
        f"origin\n1\n{ROOT}\n\n",
    ],
)
def test_what_is_no_checkpoint(text):
    with pytest.raises(InvalidInput):
        notes.parse_checkpoint(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\n\n", b"\n"),
        (b"@v1", b"@v2"),
        (b"index 5\n", b""),
        (b"index 5\n", b"index 05\n"),
        (b"index 5\n", b"index +5\n"),
        (b"extra ZW50cnkgNQ==\n", b"extra ZW50cnkgNR==\n"),
        (b"extra ZW50cnkgNQ==\n", b"extra\n"),
        (b"vhV4G2", b"vhV4"),
        (b"c2sp", "ç2sp".encode()),
    ],
)
def test_what_is_no_proof(before, after):
    assert before in OTHER_PROOF
    with pytest.raises(InvalidInput):
        notes.parse_proof(OTHER_PROOF.replace(before, after, 1))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00b"])
def test_names_that_no_log_can_have(name):
    with pytest.raises(InvalidInput, match="cannot be the name of a log"):
        notes.check_key_name(name)
