"""Tokens for servers: in a file that only its owner reads, each for one server."""

import pytest

from forebear.client.credentials import forget_token, keep_token, token_for
from forebear.core.errors import InvalidInput


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("FOREBEAR_TOKEN", raising=False)
    return tmp_path / "forebear"


def test_a_token_is_for_one_server(home):
    assert token_for("https://models.example") is None
    path = keep_token("https://models.example", "one")
    keep_token("https://other.example/forebear/", "two")
    assert path.parent == home
    assert (path.stat().st_mode & 0o777, home.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in home.iterdir()] == [path.name]
    for same in ("https://models.example/", "https://MODELS.example:443"):
        assert token_for(same) == "one"
    assert token_for("https://other.example/forebear") == "two"
    for another in (
        "http://models.example",
        "https://models.example:8443",
        "https://models.example.evil",
        "https://other.example",
        "https://evil.example/models.example",
    ):
        assert token_for(another) is None, another


def test_the_environment_comes_first(monkeypatch):
    keep_token("https://models.example", "one")
    monkeypatch.setenv("FOREBEAR_TOKEN", " two\n")
    assert token_for("https://models.example") == "two"


def test_it_is_forgotten():
    keep_token("https://models.example", "one")
    assert forget_token("https://models.example")
    assert not forget_token("https://models.example")
    assert token_for("https://models.example") is None


def test_a_file_that_others_can_read_is_refused():
    path = keep_token("https://models.example", "one")
    path.chmod(0o640)
    with pytest.raises(InvalidInput, match="Others than you"):
        token_for("https://models.example")


@pytest.mark.parametrize("body", ["", "[]", '{"a": 1}', "\xff"])
def test_a_file_that_is_damaged_is_said(body):
    path = keep_token("https://models.example", "one")
    path.write_text(body, encoding="latin-1")
    with pytest.raises(InvalidInput, match="no list of tokens"):
        token_for("https://models.example")
