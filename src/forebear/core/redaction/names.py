"""What a name says of the value that stands under it: is it a secret?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from forebear.core.patterns import pattern

__all__ = ["KEYWORDS", "Grade", "grade", "words"]

Grade = Literal["ordinary", "opaque", "token", "unless-path", "always"]
"""How much a name says of its value: secret only if it looks machine-made (`opaque`), the same
in free text only (`token`), unless it is a path, or always."""


def words(listed: str) -> frozenset[str]:
    """Return the words of a list that is written as they are read."""
    return frozenset(listed.split())


KEYWORDS: Final = r"(?:pass|pwd|secret|token|cred|key|auth)"
"""A name without any of these is ordinary: so patterns need not stop at every name."""
_WORD: Final = pattern(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SECRET: Final = words(
    "password passwords passwd passphrase passcode secret secrets apikey apikeys accesskey"
    " secretkey privatekey accountkey authtoken accesstoken apitoken"
)
_ENDINGS: Final = (
    "password", "passwd", "passphrase", "apikey", "secretkey", "accesskey", "accountkey",
    "authtoken", "accesstoken", "apitoken", "secret",
)  # fmt: skip
_CREDENTIALS: Final = words("credential credentials cred creds pwd")
_KEY_OWNERS: Final = words(
    "api access secret private auth account shared signing encryption hmac ssh webhook openai"
    " anthropic wandb hf huggingface stripe github gitlab azure aws gcp google cohere mistral groq"
    " pinecone comet neptune sendgrid twilio datadog"
)
_MAYBE_KEY_OWNERS: Final = words(
    "app application service subscription storage master deploy license admin client server"
)
_PASS_OWNERS: Final = words(
    "db database user root admin smtp imap mail email ftp ssh redis mysql mongo postgres pg sudo"
    " rabbitmq auth login proxy http basic"
)
_VOCABULARY: Final = words(
    "pad eos bos unk cls mask sep special start end stop oov image audio video vision speech next"
    " prev previous first last max min num n per new prompt target source decoder encoder forced"
    " word sub subword char text input output padding separator unknown begin single each current"
    " cur rare common page continuation cursor sync eot eod boi eoi expected syntax lexer blank"
    " placeholder class is use"
)
"""Before `token` these speak of text or of paging, not of access."""
_ABOUT_LAST: Final = words(
    "file files filename path paths dir folder name names length len size count counts column"
    " columns col field fields type types pattern regex format policy url uri endpoint env var id"
    " ids hash digest sha sha256 md5 checksum fingerprint stdin prompt label labels index idx"
    " position mask limit budget usage ratio rate version expiry expires ttl age timeout required"
    " enabled provider manager scope scopes class strategy min max help hint error message input"
    " validator validators reset strength"
)
"""At the end of a name these make it speak about a secret: `password_file`, `secret_name`."""
_ABOUT_FIRST: Final = words(
    "no ask use has is with without allow enable disable require requires needs num n max min show"
    " hide forgot check verify validate generate get public"
)


@lru_cache(maxsize=4096)
def grade(name: str) -> Grade:
    """Return what a name says of its value; `dbPassword`, `DB_PASSWORD`, `db.password` are one."""
    words = [word.lower() for word in _WORD.findall(name[-128:].rsplit(".", 1)[-1])]
    while words and words[-1].isdigit():
        words.pop()
    if words[-3:] == ["access", "key", "id"]:
        return "always"
    if not words or words[0] in _ABOUT_FIRST or words[-1] in _ABOUT_LAST:
        return "ordinary"
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if any(word in _SECRET or word.endswith(_ENDINGS) for word in words):
        return "always"
    if last == "pass":
        return "always" if before in _PASS_OWNERS else "ordinary" if before else "token"
    if _CREDENTIALS.intersection(words):
        return "unless-path"
    if last in ("key", "keys") and before in _KEY_OWNERS:
        return "unless-path"
    if last.endswith("token"):
        return "ordinary" if before in _VOCABULARY else "token"
    maybe = last == "auth" or (last == "key" and before in _MAYBE_KEY_OWNERS)
    return "opaque" if maybe else "ordinary"
