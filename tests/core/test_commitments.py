from hypothesis import given
from hypothesis import strategies as st

from forebear.core.commitments import commit, erased_words, opens, reveal
from forebear.core.events import LocationSeen, VersionNamed, decode, encode

SALT = bytes(range(32))
NAME = commit(SALT, "somebody")
HOME = commit(SALT, "/home/somebody")


def known(commitment):
    return {NAME: "somebody", HOME: "/home/somebody"}.get(commitment)


def test_a_commitment_opens_to_its_value_and_salt_only():
    assert opens(NAME, SALT, "somebody")
    assert not opens(NAME, SALT, "somebody else")
    assert not opens(NAME, bytes(32), "somebody")
    assert not opens(NAME, SALT[:-1], SALT[-1:].decode() + "somebody")
    assert commit(bytes(32), "somebody") != NAME


def test_values_stand_in_place_of_their_commitments():
    event = VersionNamed(kind="model", name="m", artifact="a", by=NAME)
    assert decode(reveal(encode(event), known)).by == "somebody"
    seen = LocationSeen(artifact="a", uri=f"{HOME}/data.csv", mode="read")
    assert decode(reveal(encode(seen), known)).uri == "/home/somebody/data.csv"


def test_what_is_unknown_stays_and_what_is_erased_says_so():
    body = encode(VersionNamed(kind="model", name="m", artifact="a", by=NAME))
    assert reveal(body, lambda _: None) == body
    assert decode(reveal(body, erased_words)).by == f"erased (commitment {NAME[9:21]})"
    plain = b"identity:1234"
    assert reveal(plain, known) == plain


@given(st.text())
def test_any_value_is_put_back_whole(value):
    value = value.encode(errors="replace").decode()
    commitment = commit(SALT, value)
    body = encode(VersionNamed(kind="model", name="m", artifact="a", by=commitment))
    assert decode(reveal(body, {commitment: value}.get)).by == value
