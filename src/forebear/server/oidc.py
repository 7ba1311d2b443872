"""Signing in through a provider of OpenID Connect: the code flow with PKCE, for one client.

The provider says who somebody is in a signed token. It is believed only if it was signed by a
key that the provider publishes, with one of a few algorithms, for this client, in answer to this
very request, and is not over.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from forebear.core.errors import ForebearError, InvalidInput, Unauthenticated
from forebear.server.access import is_loopback

__all__ = ["Identity", "NoProvider", "Provider", "challenge_of", "new_words"]

_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "EdDSA"),
)
"""None that is signed with a secret that others have, and not `none`."""
_SECONDS: Final = 10.0
_KEPT: Final = 3600.0
_AGAIN: Final = 30.0
"""Seconds before the keys are asked for again, however many tokens name unknown ones."""
_LEEWAY: Final = 60
_LARGEST: Final = 1 << 20


class NoProvider(ForebearError):
    """Who vouches for people cannot be asked, or says what cannot be."""

    code = "no-provider"
    status = 502


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is, as the provider says."""

    issuer: str
    subject: str
    email: str | None
    """Their address, if the provider has made sure that it is theirs."""


class _Metadata(Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(Struct, frozen=True):
    id_token: str


class Provider:
    """One provider, to which this server is one client."""

    def __init__(
        self,
        issuer: str,
        client: str,
        secret: str = "",
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.issuer, self.client, self._secret = issuer, client, secret
        _check_address(issuer)
        # A redirect would send what is secret wherever somebody likes.
        self._http = httpx2.AsyncClient(
            timeout=_SECONDS, follow_redirects=False, transport=transport
        )
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None
        self._asked = -_KEPT

    async def address(self, back: str, *, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser is sent, which comes `back` then."""
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": back,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        known = await self._known()
        joint = "&" if urlsplit(known.authorization_endpoint).query else "?"
        return known.authorization_endpoint + joint + urlencode(asked)

    async def identity(self, code: str, back: str, *, nonce: str, verifier: str) -> Identity:
        """Return who somebody is who came back with a code.

        Raises:
            Unauthenticated: the code is not good, or what it is good for does not hold.
            NoProvider: the provider does not answer as it should.
        """
        known = await self._known()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.client,
            "code_verifier": verifier,
        }
        auth = httpx2.BasicAuth(self.client, self._secret) if self._secret else None
        answer = await self._ask("POST", known.token_endpoint, data=form, auth=auth)
        if answer.status_code in {400, 401, 403}:
            raise _unbelieved()
        claims = await self._claims(_read(answer, _Tokens).id_token)
        said = claims.get("nonce")
        if not isinstance(said, str) or not hmac.compare_digest(said, nonce):
            raise _unbelieved()
        verified = claims.get("email_verified") is True
        return Identity(
            issuer=self.issuer,
            subject=claims["sub"],
            email=_address(claims.get("email")) if verified else None,
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            try:
                told = jwt.decode(token, await self._published(), algorithms=_ALGORITHMS)
            except InvalidKeyIdError:
                # The provider may have changed its keys.
                told = jwt.decode(token, await self._published(anew=True), algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(told.claims)
        except (JoseError, ValueError, TypeError):
            raise _unbelieved() from None
        audience, party = told.claims["aud"], told.claims.get("azp", self.client)
        if party != self.client or (isinstance(audience, list) and audience != [self.client]):
            raise _unbelieved()
        if not told.claims["sub"]:
            raise _unbelieved()
        return told.claims

    async def _published(self, *, anew: bool = False) -> KeySet:
        age = time.monotonic() - self._asked
        if self._keys is None or age > _KEPT or (anew and age > _AGAIN):
            self._asked = time.monotonic()
            known = await self._known()
            answer = await self._ask("GET", known.jwks_uri)
            try:
                self._keys = KeySet.import_key_set(_read(answer, dict[str, Any]))
            except (JoseError, ValueError, KeyError, TypeError):
                raise NoProvider(f"{self.issuer} publishes no keys that can be read.") from None
        return self._keys

    async def _known(self) -> _Metadata:
        if self._metadata is None:
            address = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = _read(await self._ask("GET", address), _Metadata)
            if found.issuer != self.issuer:
                raise NoProvider(
                    f"What answers at {self.issuer} calls itself {found.issuer[:200]}.",
                    hint="`--oidc-issuer` is what it calls itself, to the letter.",
                )
            for one in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
                _check_address(one)
            self._metadata = found
        return self._metadata

    async def _ask(self, method: str, address: str, **more: Any) -> httpx2.Response:
        try:
            answer = await self._http.request(method, address, **more)
        except httpx2.HTTPError as error:
            why = str(error) or type(error).__name__
            raise NoProvider(f"{self.issuer} does not answer: {why}.") from None
        if len(answer.content) > _LARGEST:
            raise NoProvider(f"{self.issuer} answers with more than {_LARGEST >> 20} MiB.")
        return answer


def new_words() -> tuple[str, str, str]:
    """Return a state, a nonce and a verifier for one request."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return state, nonce, verifier


def challenge_of(verifier: str) -> str:
    """Return what is told beforehand of a verifier (RFC 7636).

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    own = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or (parts.scheme != "https" and not own):
        raise InvalidInput(
            f"{address} is no address of a provider: it begins with https://.",
            hint="Only on this machine it may be http://.",
        )


def _address(said: object) -> str | None:
    """Return an address in small letters, if two people's can't become the same by that."""
    if not isinstance(said, str) or not said.isascii() or "@" not in said:
        return None  # as those of mark@example and of a Mark with the sign for Kelvin would
    return said.lower()


def _read(answer: httpx2.Response, type: type[Any]) -> Any:
    try:
        if answer.status_code != httpx2.codes.OK:
            raise NoProvider(f"The provider answers {answer.url} with {answer.status_code}.")
        return msgspec.json.decode(answer.content, type=type)
    except msgspec.MsgspecError as error:
        raise NoProvider(f"The provider answers {answer.url} in a form unknown: {error}.") from None


def _unbelieved() -> Unauthenticated:
    return Unauthenticated(
        "What the provider sent does not show who you are.", hint="Sign in once more."
    )
