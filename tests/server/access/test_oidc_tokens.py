"""What a provider signs is believed only if all of it holds; tried with forged answers."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from urllib.parse import parse_qs

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from forebear.core.errors import InvalidInput, Unauthenticated
from forebear.server.oidc import NoProvider, Provider

ISSUER = "https://login.example"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})


def claims(**more):
    at = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": "forebear",
        "sub": "42",
        "nonce": "the nonce",
        "iat": at,
        "exp": at + 300,
        "email": "ada@example.com",
        "email_verified": True,
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(said, key=KEY, alg="RS256"):
    return jwt.encode({"alg": alg, "kid": key.kid}, said, key, algorithms=[alg])


class Forger:
    """Answers as a provider would, with whatever token a test has made."""

    def __init__(self, token, *, keys=(KEY,), metadata=None):
        self.token, self.keys, self.asked = token, list(keys), []
        self.metadata = metadata or {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }

    def __call__(self, request):
        self.asked.append(request)
        body = {
            "/.well-known/openid-configuration": self.metadata,
            "/token": {"id_token": self.token},
            "/keys": {"keys": [one.as_dict(private=False) for one in self.keys]},
        }[request.url.path]
        return httpx2.Response(200, json=body)

    def provider(self):
        transport = httpx2.MockTransport(self)
        return Provider(ISSUER, "forebear", "the secret", transport=transport)

    def identity(self, provider=None):
        provider = provider or self.provider()
        return asyncio.run(
            provider.identity("code", "https://m/back", nonce="the nonce", verifier="v" * 43)
        )


@pytest.mark.parametrize(("key", "alg"), [(KEY, "RS256"), (KEY, "PS256"), (CURVE, "ES256")])
def test_what_holds_is_believed(key, alg):
    forger = Forger(signed(claims(), key, alg), keys=[key])
    found = forger.identity()
    assert (found.issuer, found.subject, found.email) == (ISSUER, "42", "ada@example.com")
    (sent,) = [one for one in forger.asked if one.url.path == "/token"]
    form = parse_qs(sent.content.decode())
    assert form["code_verifier"] == ["v" * 43]
    assert sent.headers["authorization"].startswith("Basic ")
    assert "the secret" not in str(form)


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["forebear", "another"]},
        {"aud": None},
        {"azp": "another"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 3},
        {"sub": None},
        {"sub": ""},
        {"sub": 42},
        {"exp": "soon"},
    ],
)
def test_what_does_not_hold_is_not(more):
    with pytest.raises(Unauthenticated):
        Forger(signed(claims(**more))).identity()


def packed(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(alg, said):
    header = {"alg": alg, "kid": "one"}
    return ".".join(packed(json.dumps(one).encode()) for one in (header, said))


def without_signature(said):
    return unsigned("none", said) + "."


def with_the_public_key(said):
    """Sign with the key that everybody knows as if it were a secret."""
    text = unsigned("HS256", said)
    made = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{packed(made)}"


def with_a_key_of_its_own(said):
    header = {"alg": "RS256", "kid": "one", "jwk": OTHER.as_dict(private=False)}
    forged = RSAKey.import_key(OTHER.as_dict(private=True), {"kid": "one"})
    return jwt.encode(header, said, forged, algorithms=["RS256"])


def changed(said):
    head, _, signature = signed(claims(sub="1")).split(".")
    return f"{head}.{packed(json.dumps(said).encode())}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        without_signature,
        with_the_public_key,
        with_a_key_of_its_own,
        changed,
        lambda said: signed(said, OTHER),
        lambda said: "",
        lambda said: "a.b.c",
        lambda said: "x" * 100_000,
    ],
)
def test_no_forged_token_is_believed(forge):
    with pytest.raises(Unauthenticated):
        Forger(forge(claims())).identity()


@pytest.mark.parametrize("verified", [False, "true", None, 1])
def test_an_address_counts_only_if_it_is_verified(verified):
    assert Forger(signed(claims(email_verified=verified))).identity().email is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("mar\u212a@example.com", None),
        ("\uff41da@example.com", None),
        ("ada@e\u0445ample.com", None),
        ("root", None),
        (["ada@example.com"], None),
        ({"a": "b"}, None),
    ],
)
def test_no_address_becomes_that_of_somebody_else(said, address):
    """A capital of another script has a small letter of ours: it would be another's address."""
    assert Forger(signed(claims(email=said))).identity().email == address


def test_keys_that_have_changed_are_asked_for_again_but_not_each_time():
    forger = Forger(signed(claims()))
    provider = forger.provider()

    async def twice():
        ask = {"nonce": "the nonce", "verifier": "v" * 43}
        await provider.identity("code", "https://m/back", **ask)
        forger.keys, forger.token = [OTHER], signed(claims(), OTHER)
        for _ in range(3):
            with pytest.raises(Unauthenticated):
                await provider.identity("code", "https://m/back", **ask)
        provider._asked -= 60
        return await provider.identity("code", "https://m/back", **ask)

    assert asyncio.run(twice()).subject == "42"
    assert len([one for one in forger.asked if one.url.path == "/keys"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": 3},
    ],
)
def test_a_provider_that_says_what_cannot_be_is_not_asked_further(change):
    forger = Forger(signed(claims()))
    forger.metadata = {k: v for k, v in {**forger.metadata, **change}.items() if v is not None}
    with pytest.raises(NoProvider):
        forger.identity()


def test_a_secret_is_never_sent_in_the_clear():
    forger = Forger(signed(claims()))
    forger.metadata = {**forger.metadata, "token_endpoint": "http://login.example/token"}
    with pytest.raises(InvalidInput, match="https"):
        forger.identity()
    assert all(one.url.path != "/token" for one in forger.asked)
    with pytest.raises(InvalidInput, match="https"):
        Provider("http://login.example", "forebear")


def test_a_redirect_is_not_followed():
    def answer(request):
        return httpx2.Response(302, headers={"location": "https://evil.example/"})

    provider = Provider(ISSUER, "forebear", transport=httpx2.MockTransport(answer))
    with pytest.raises(NoProvider):
        asyncio.run(provider.address("https://m/back", state="s", nonce="n", verifier="v"))
