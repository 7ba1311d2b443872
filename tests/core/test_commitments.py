from hypothesis import given
from hypothesis import strategies as st

from forebear.core.commitments import commit, concealer, erased_words, opens, reveal
from forebear.core.events import LocationSeen, VersionNamed, decode, encode

SALT = bytes(range(32))
NAME = commit(SALT, "somebody")
HOME = commit(SALT, "/home/somebody")
CONCEAL = concealer({"somebody": NAME}, {"/home/somebody": HOME})


def known(commitment):
    return {NAME: "somebody", HOME: "/home/somebody"}.get(commitment)


def test_a_commitment_opens_to_its_value_and_salt_only():
    assert opens(NAME, SALT, "somebody")
    assert not opens(NAME, SALT, "somebody else")
    assert not opens(NAME, bytes(32), "somebody")
    assert not opens(NAME, SALT[:-1], SALT[-1:].decode() + "somebody")
    assert commit(bytes(32), "somebody") != NAME


def test_who_and_where_are_taken_out_of_an_event_and_put_back():
    event = VersionNamed(kind="model", name="somebody", artifact="a", by="somebody")
    body = CONCEAL(encode(event))
    assert decode(body).by == NAME
    assert decode(body).name == "somebody"
    assert decode(reveal(body, known)) == event
    seen = LocationSeen(artifact="a", uri="/home/somebody/data.csv", mode="read")
    body = CONCEAL(encode(seen))
    assert decode(body).uri == f"{HOME}/data.csv"
    assert decode(reveal(body, known)) == seen


def test_a_longer_name_that_begins_the_same_is_another_one():
    for uri in ("/home/somebodyelse/x", "/home/somebody-2/x", "/home/somebody.old"):
        body = encode(LocationSeen(artifact="a", uri=uri, mode="read"))
        assert CONCEAL(body) == body
    body = encode(LocationSeen(artifact="a", uri="/home/somebody", mode="read"))
    assert decode(CONCEAL(body)).uri == HOME


def test_the_longest_place_is_taken():
    deep = commit(SALT, "/home/somebody/x")
    both = concealer({}, {"/home/somebody": HOME, "/home/somebody/x": deep})
    assert both(b'"/home/somebody/x/y"') == b'"%s/y"' % deep.encode()
    assert both(b'"/home/somebody/y"') == b'"%s/y"' % HOME.encode()


def test_what_is_unknown_stays_and_what_is_erased_says_so():
    body = CONCEAL(encode(VersionNamed(kind="model", name="m", artifact="a", by="somebody")))
    assert reveal(body, lambda _: None) == body
    assert decode(reveal(body, erased_words)).by == f"erased (commitment {NAME[9:21]})"
    plain = b"identity:1234"
    assert reveal(plain, known) == plain


def test_nobody_to_conceal():
    body = encode(VersionNamed(kind="model", name="m", artifact="a", by="somebody"))
    assert concealer({}, {})(body) is body


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_survives_its_concealment(name, folder):
    name, home = (text.encode(errors="replace").decode() for text in (name, "/home/" + folder))
    values = {commit(SALT, name): name, commit(SALT, home): home}
    conceal = concealer({name: commit(SALT, name)}, {home: commit(SALT, home)})
    event = VersionNamed(kind="model", name="m", artifact=home, by=name)
    concealed = conceal(encode(event))
    assert decode(concealed).by == commit(SALT, name)
    assert decode(concealed).artifact == commit(SALT, home)
    assert decode(reveal(concealed, values.get)) == event
