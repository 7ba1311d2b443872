"""Redaction: no secret is kept, because it is taken out before anything is written.

Structure comes first: a flag, a key, a header or a part of a URL says by its name that its value
is secret, whatever the value looks like. Patterns come second, for keys that providers give a
prefix of their own. What was taken out leaves `[REDACTED:rule-id]` in its place, and redacting
twice changes nothing. Every pattern runs in linear time: repeats are possessive or bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath
from string import ascii_letters, digits
from typing import Any, Final, Generic, Literal, TypeVar

from msgspec import Struct

__all__ = ["Redacted", "argv", "mapping", "text", "url"]

T = TypeVar("T")
_DEEPEST: Final = 64


class Redacted(Struct, Generic[T], frozen=True):
    """A cleaned value, and the id of the rule behind each thing that was taken out."""

    value: T
    rules: list[str] = []


def argv(arguments: Iterable[str]) -> Redacted[list[str]]:
    """Clean a command line: values of secret flags and settings, URLs, and what `text` finds.

    >>> argv(["train.py", "--password", "hunter2", "--depth", "4"]).value
    ['train.py', '--password', '[REDACTED:flag]', '--depth', '4']
    """
    rules: list[str] = []
    cleaned: list[str] = []
    seen: set[str] = set()
    awaiting: str | None = None
    for argument in arguments:
        flag = _FLAG.match(argument)
        if awaiting and not flag:
            cleaned.append(_flag_value(awaiting, argument, rules))
        elif "wandb" in seen and "login" in seen and _OPAQUE_WORD.match(argument):
            cleaned.append(_mark("flag", rules))
        else:
            cleaned.append(_argument(argument, seen, rules))
        awaiting = _awaits(argument, seen) if flag else None
        seen.add(PurePath(argument).name)
    return Redacted(cleaned, rules)


def url(value: str) -> Redacted[str]:
    """Clean one URL or DSN: passwords, tokens in place of a user, signed and secret query keys.

    >>> url("postgresql://ann:s3cret@db/prod?sslmode=require").value
    'postgresql://ann:[REDACTED:dsn-password]@db/prod?sslmode=require'
    """
    rules: list[str] = []
    scheme, mark, rest = value.partition("://")
    if mark:
        value = scheme + mark + _locations(scheme, rest, rules)
    return Redacted(_text(value, rules), rules)


def text(value: str) -> Redacted[str]:
    """Clean free text: code, a diff, a log, a configuration file, an error message.

    >>> text('api_key = "abc"; sort_key = "age"').value
    'api_key = "[REDACTED:assignment]"; sort_key = "age"'
    """
    rules: list[str] = []
    return Redacted(_text(value, rules), rules)


def mapping(values: Mapping[str, Any]) -> Redacted[dict[str, Any]]:
    """Clean parameters: values under secret names at any depth, and secrets inside strings.

    Numbers, booleans and objects under ordinary names come back as they are.

    >>> mapping({"depth": 4, "db": {"password": "hunter2"}}).value
    {'depth': 4, 'db': {'password': '[REDACTED:param]'}}
    """
    rules: list[str] = []
    return Redacted(_mapping(values, rules, forced=False, depth=0), rules)


def _mark(rule: str, rules: list[str]) -> str:
    rules.append(rule)
    return f"[REDACTED:{rule}]"


# Names -------------------------------------------------------------------------------------

Grade = Literal["ordinary", "opaque", "token", "unless-path", "always"]
"""How much a name says of its value: secret only if it looks machine-made (`opaque`), the same
in free text only (`token`), unless it is a path, or always."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SECRET: Final = _words(
    "password passwords passwd passphrase passcode secret secrets apikey apikeys accesskey"
    " secretkey privatekey accountkey authtoken accesstoken apitoken"
)
_ENDINGS: Final = (
    "password", "passwd", "passphrase", "apikey", "secretkey", "accesskey", "accountkey",
    "authtoken", "accesstoken", "apitoken", "secret",
)  # fmt: skip
_CREDENTIALS: Final = _words("credential credentials cred creds pwd")
_KEY_OWNERS: Final = _words(
    "api access secret private auth account shared signing encryption hmac ssh webhook openai"
    " anthropic wandb hf huggingface stripe github gitlab azure aws gcp google cohere mistral groq"
    " pinecone comet neptune sendgrid twilio datadog"
)
_MAYBE_KEY_OWNERS: Final = _words(
    "app application service subscription storage master deploy license admin client server"
)
_PASS_OWNERS: Final = _words(
    "db database user root admin smtp imap mail email ftp ssh redis mysql mongo postgres pg sudo"
    " rabbitmq auth login proxy http basic"
)
_VOCABULARY: Final = _words(
    "pad eos bos unk cls mask sep special start end stop oov image audio video vision speech next"
    " prev previous first last max min num n per new prompt target source decoder encoder forced"
    " word sub subword char text input output padding separator unknown begin single each current"
    " cur rare common page continuation cursor sync eot eod boi eoi expected syntax lexer blank"
    " placeholder class is use"
)
"""Before `token` these speak of text or of paging, not of access."""
_ABOUT_LAST: Final = _words(
    "file files filename path paths dir folder name names length len size count counts column"
    " columns col field fields type types pattern regex format policy url uri endpoint env var id"
    " ids hash digest sha sha256 md5 checksum fingerprint stdin prompt label labels index idx"
    " position mask limit budget usage ratio rate version expiry expires ttl age timeout required"
    " enabled provider manager scope scopes class strategy min max help hint error message input"
    " validator validators reset strength"
)
"""At the end of a name these make it speak about a secret: `password_file`, `secret_name`."""
_ABOUT_FIRST: Final = _words(
    "no ask use has is with without allow enable disable require requires needs num n max min show"
    " hide forgot check verify validate generate get public"
)


@lru_cache(maxsize=4096)
def _grade(name: str) -> Grade:
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


# Values ------------------------------------------------------------------------------------

_BLANK: Final = re.compile(
    r"""\s*+(?:none|null|nil|true|false|yes|no|on|off|undefined|required|optional|str|string|bytes
    |int|any|bool|object|dict|list|self|[*.•\#_?\-]*+|x{3,}+|\[REDACTED:.*|%s|%\(\w+\)s|<[^<>]*+>
    |\$[A-Z_][A-Z0-9_]*+|\$[a-z_]++|\$\{.*|\$\(.*|\{[^{}]*+\}|\{\{.*|your[\W_].*)\s*+""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""What stands where a secret could: nothing, a placeholder, a variable, our own marker."""
_PATH: Final = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?[\\/][\w.\-\\/ ]*+|[\w.\-/\\]+\.[a-z]{2,5}")
_OPAQUE_WORD: Final = re.compile(r"(?=.*\d)[\w\-]{20,}+\Z")
_PROMPT: Final = re.compile(r"\S.*\s.*[.:?!…]\s*", re.DOTALL)


def _blank(value: str) -> bool:
    return _BLANK.fullmatch(value) is not None


def _opaque(value: str) -> bool:
    """Tell whether `value` looks made by a machine rather than written by a person."""
    if len(value) < 12 or any(c.isspace() for c in value):
        return False
    digit = any(c.isdigit() for c in value)
    mixed = value.lower() != value and value.upper() != value
    return (digit and any(c.isalpha() for c in value)) or (mixed and len(value) >= 24)


def _secret(name: str, value: str, *, loose: bool = False) -> bool:
    """Tell whether `value` under `name` is a secret; `loose` is for text that may be code."""
    grade = _grade(name)
    if grade == "ordinary" or _blank(value):
        return False
    if grade == "always":
        return not (loose and _PROMPT.fullmatch(value))
    if grade == "unless-path":
        return not _PATH.fullmatch(value)
    return _opaque(value) or (grade == "token" and not loose)


# Command lines -----------------------------------------------------------------------------

_FLAG: Final = re.compile(r"-{1,2}[A-Za-z][\w.\-]*+(?:=.*)?\Z", re.DOTALL)
_SETTING: Final = re.compile(r"([-+~]*+[A-Za-z_][\w.\-/@]*+)=(.*)\Z", re.DOTALL)
_SHORT: Final = {
    "-p": _words("sshpass twine login"),
    "-a": _words("redis-cli"),
    "-u": _words("curl"),
    "--user": _words("curl"),
}
_ATTACHED: Final = {
    "-p": _words("mysql mysqldump mysqladmin mariadb sshpass"),
    "-u": _words("curl"),
}


def _awaits(argument: str, seen: set[str]) -> str | None:
    """Return the flag whose secret value is the next argument, if that is what comes."""
    if "=" in argument:
        return None
    if argument in _SHORT:
        return argument if _SHORT[argument] & seen else None
    return argument if _grade(argument) != "ordinary" or argument == "--key" else None


def _flag_value(flag: str, value: str, rules: list[str]) -> str:
    if flag in _SHORT:
        user, colon, password = value.partition(":")
        if flag in ("-u", "--user"):
            return f"{user}:{_mark('flag', rules)}" if colon and not _blank(password) else value
        return value if _blank(value) else _mark("flag", rules)
    if _secret(flag, value) or (flag == "--key" and _OPAQUE_WORD.match(value)):
        return _mark("flag", rules)
    return _text(value, rules)


def _argument(argument: str, seen: set[str], rules: list[str]) -> str:
    short = argument[:2]
    if short in _ATTACHED and _ATTACHED[short] & seen and len(argument) > 2:
        return short + _flag_value(short, argument[2:], rules)
    setting = _SETTING.match(argument)
    if setting is None:
        return _text(argument, rules)
    name, value = setting.groups()
    if _secret(name, value):
        return f"{name}={_mark('flag' if name.startswith('-') else 'assignment', rules)}"
    return f"{name}={_argument(value, set(), rules)}"


# Parameters --------------------------------------------------------------------------------


def _mapping(
    values: Mapping[Any, Any], rules: list[str], *, forced: bool, depth: int
) -> dict[Any, Any]:
    cleaned = {}
    for key, value in values.items():
        name = _text(key, rules) if isinstance(key, str) else key
        cleaned[name] = _value(str(key), value, rules, forced=forced, depth=depth)
    return cleaned


def _value(name: str, value: Any, rules: list[str], *, forced: bool, depth: int) -> Any:
    if depth > _DEEPEST:
        return _mark("too-deep", rules)
    if isinstance(value, str):
        hidden = _secret(name, value) or (forced and not _blank(value))
        return _mark("param", rules) if hidden else _text(value, rules)
    if value is None or isinstance(value, bool | float):
        return value
    always = forced or _grade(name) == "always"
    if isinstance(value, int):
        return _mark("param", rules) if always and abs(value) > 999 else value
    if isinstance(value, bytes | bytearray):
        return _mark("param", rules) if always or _grade(name) != "ordinary" else value
    if isinstance(value, Mapping):
        return _mapping(value, rules, forced=always, depth=depth + 1)
    if isinstance(value, list | tuple | set | frozenset):
        if _is_command(value):
            cleaned = argv(value)
            rules += cleaned.rules
            return cleaned.value
        items = [_value(name, item, rules, forced=forced, depth=depth + 1) for item in value]
        return items if isinstance(value, list | tuple) else set(items)
    return value


def _is_command(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(item, str) for item in value)
        and any(item.startswith("-") for item in value)
    )


# Free text ---------------------------------------------------------------------------------


_KEYWORDS: Final = r"(?:pass|pwd|secret|token|cred|key|auth)"
_STRUCTURE: Final = re.compile(rf"{_KEYWORDS}|bearer|curl|wandb|[=@]", re.IGNORECASE)
"""Without any of these no rule of structure applies: most parameters are done here."""


def _text(value: str, rules: list[str]) -> str:
    if _STRUCTURE.search(value):
        for clean in (
            _private_keys,
            _authorization,
            _assignments,
            _flags,
            _urls,
            _queries,
            _netrc,
        ):
            value = clean(value, rules)
    return _provider_keys(value, rules)


def _replace(
    pattern: re.Pattern[str], value: str, change: Callable[[re.Match[str]], str | None]
) -> str:
    """Put what `change` returns in place of each match's last group; None leaves it."""

    def swap(match: re.Match[str]) -> str:
        new = change(match)
        whole, last = match[0], match.lastindex or 0
        if new is None:
            return whole
        start, end = match.span(last)
        return whole[: start - match.start()] + new + whole[end - match.start() :]

    return pattern.sub(swap, value)


_KEY_BLOCK: Final = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"((?:[A-Za-z0-9+/=\s\\:,.\"']|-(?!----))*+(?:-----END [A-Z0-9 ]{0,60}-----)?)"
)
_KEY_LINE: Final = re.compile(r"[A-Za-z0-9+/=]{16,}+")


def _private_keys(value: str, rules: list[str]) -> str:
    """Take out key blocks, also when indented, quoted, in a diff, or cut off before the end."""

    def change(match: re.Match[str]) -> str | None:
        body = match[1]
        lines = list(_KEY_LINE.finditer(body))
        if not any(len(line[0]) >= 32 for line in lines):
            return None
        tail = "" if "-----END " in body else body[lines[-1].end() :]
        return _mark("private-key", rules) + tail

    return _replace(_KEY_BLOCK, value, change) if "PRIVATE KEY" in value else value


_HEADER: Final = re.compile(
    r"authorization\\?[\"']?\s{0,4}[:=,]\s{0,4}\\?[\"']?[fb]?[\"']?"
    r"(?:(?P<scheme>basic|bearer|token|negotiate|apikey|api-key|key|ntlm|splunk)[ \t]{1,4})?"
    r"(?P<credential>(?:aws4-[^\r\n\"'\\]{1,4000}+)|[\w\-.~+/=:]{8,}+)",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(
    r"\b(?P<scheme>bearer)[ \t]{1,4}(?P<credential>[\w\-.~+/]{16,}+=*+)", re.IGNORECASE
)


def _authorization(value: str, rules: list[str]) -> str:
    def change(match: re.Match[str]) -> str | None:
        credential = match["credential"]
        made = any(c.isdigit() or c == "=" for c in credential)
        if match["scheme"]:
            made = made or any(c.isupper() for c in credential[1:])
        return _mark("authorization", rules) if made and not _blank(credential) else None

    return _replace(_BEARER, _replace(_HEADER, value, change), change)


_NAMED: Final = re.compile(
    rf"(?<![\w.\-$])(?=[\w.\-]{{0,120}}?{_KEYWORDS})(-{{0,2}}[A-Za-z_][\w.\-]{{0,127}}+)"
    r"(?:\\?[\"']\]?|\])?"  # the end of a JSON key or of d["key"]
    r"(?:\s{0,4}:\s{0,4}[A-Za-z_][\w.\[\]|, ]{0,60}?(?=\s{0,4}=(?!=)))?"  # an annotation
    r"([ \t]{0,8}(?::=|=>|:(?![/:=])|=(?!=))[ \t]{0,8})",
    re.IGNORECASE,
)
_LOOKED_UP: Final = re.compile(
    rf"(?:getenv|environ\.get|setdefault|putenv|setenv|\.get)\(\s{{0,8}}[\"']"
    rf"(?=[\w.\-]{{0,60}}?{_KEYWORDS})([\w.\-]{{1,80}}+)[\"']\s{{0,8}}(,)\s{{0,8}}(?=[\"'])",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"""\(?\s{0,20}(?:(?:Secret(?:Str|Bytes)|str|bytes)\(\s{0,8})?[rbfu]{0,2}(?:
    \"{3}((?:[^"\\]|\\.|"(?!""))*+) | '{3}((?:[^'\\]|\\.|'(?!''))*+)
    | "((?:[^"\\\n]|\\[^\n])*+) | '((?:[^'\\\n]|\\[^\n])*+)
    | \\"((?:[^"\\\n]|\\(?!"))*+) | \\'((?:[^'\\\n]|\\(?!'))*+) )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_UNQUOTED: Final = re.compile(r"(?:[^\s\"'`;&,]|[;&,](?![A-Za-z_][\w\-]{0,40}+=|[\s\"'`]|\Z))++")
_PAIR_BEFORE: Final = re.compile(r"\w=[^\s,;=\"'(]{1,64}(?:;\s?| )\Z")
_PAIR_AFTER: Final = re.compile(r"(?:;\s?| )[A-Za-z][\w ]{0,30}+=[^=\s]")
_REFERENCE: Final = re.compile(r"[A-Za-z_][\w.]*+(?:[\[(].*)?|[\[({!*&|>@].*", re.DOTALL)
_AFTER_STRING: Final = re.compile(r"[\"'](?:\s*+(?:[)\],:+;%}]|\Z)|[\r\n.])")
_LINE_END: Final = re.compile(r"[ \t]*+(?:\Z|[\r\n\"'`,}\]#])")


def _assignments(value: str, rules: list[str]) -> str:
    """Take out literal values under secret names: code, JSON, YAML, ini, .env, key=value DSNs."""
    for pattern in (_NAMED, _LOOKED_UP):
        pieces: list[str] = []
        done = position = 0
        while match := pattern.search(value, position):
            position = match.end()
            in_query = value[match.start() - 1 : match.start()] in ("?", "&")
            marker = value.endswith("[REDACTED:", 0, match.start())
            if marker or _grade(match[1]) == "ordinary" or (in_query and match[2] == "="):
                continue
            start, end, literal = _literal(value, match)
            position = max(position, end)
            if literal and _secret(match[1], value[start:end], loose=True):
                pieces += (value[done:start], _mark("assignment", rules))
                done = end
        value = "".join((*pieces, value[done:]))
    return value


def _literal(value: str, match: re.Match[str]) -> tuple[int, int, bool]:
    """Return where the value after `match` begins and ends, and whether it stands for itself."""
    if _closes_string(value, match):
        return match.end(), match.end(), False
    quoted = _QUOTED.match(value, match.end())
    if quoted and quoted.lastindex:
        return *quoted.span(quoted.lastindex), True
    run = _UNQUOTED.match(value, match.end())
    if run is None:
        return match.end(), match.end(), False
    found, start = run[0], run.start()
    if _is_setting(value, match, start + len(found)):
        return start, start + len(found), True
    found = found.rstrip(",;:)}]")
    end = start + len(found)
    return start, end, _stands_alone(value, match, found, end)


def _closes_string(value: str, match: re.Match[str]) -> bool:
    """Tell whether the quote after `match` ends a string that began before: a prompt, a label."""
    if not _AFTER_STRING.match(value, match.end()):
        return False
    before = value[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
    return before.count(value[match.end()]) % 2 == 1


def _is_setting(value: str, match: re.Match[str], end: int) -> bool:
    """Tell whether this is `NAME=value` of a shell or .env file, or a pair of a DSN."""
    name, sep, found = match[1].lstrip("-"), match[2], value[match.end() : end]
    if _REFERENCE.fullmatch(found) and ("(" in found or "[" in found):
        return False
    before = value[max(0, match.start() - 80) : match.start()]
    if name.isupper() and sep == "=" and before[-1:] in _BEFORE_SETTING:
        return found != name
    return "=" in sep and bool(
        (sep == "=" and _PAIR_AFTER.match(value, end)) or _PAIR_BEFORE.search(before)
    )


_BEFORE_SETTING: Final = ("", "\n", "\t", " ", "+", '"', "'", "`")


def _stands_alone(value: str, match: re.Match[str], found: str, end: int) -> bool:
    """Tell an unquoted literal from a reference to something: a variable, a call, a type."""
    digit = any(c.isdigit() for c in found)
    named = _REFERENCE.fullmatch(found) is not None
    if not found or (found.isdigit() and len(found) < 6):
        return False
    if "=" not in match[2]:  # YAML, headers: one word to the end of the line
        typed = found[0].isupper() and found.isalpha()
        call = named and not found.replace(".", "").replace("_", "").isalnum()
        return not typed and not call and bool(_LINE_END.match(value, end))
    if not named:
        return True
    before = value[max(0, match.start() - 40) : match.start()].rstrip()[-1:]
    argument = before in ("(", ",") or value[end : end + 1] in (",", ")")
    return digit and not argument and not any(c in "([.{" for c in found)


_TEXT_FLAG: Final = re.compile(
    rf"(?<![\w\-])(?=-{{1,2}}[\w.\-]{{0,60}}?{_KEYWORDS})(-{{1,2}}[A-Za-z][\w.\-]{{1,63}}+)"
    r"(?:[\"'],)?[ \t]{1,4}[\"']?(?!-)([^\s\"'`,)]{6,4096}+)",
    re.IGNORECASE,
)
_CURL_USER: Final = re.compile(r"\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}+:([^\s\"']{1,4096}+)")
_SSHPASS: Final = re.compile(r"\bsshpass[ \t]{1,4}-p[ \t]{0,4}[\"']?([^\s\"']{1,4096}+)")
_WANDB_LOGIN: Final = re.compile(r"wandb[. \t]{1,4}login\b[^\n]{0,60}?([0-9a-f]{40})(?![0-9a-f])")


def _flags(value: str, rules: list[str]) -> str:
    """Take out values of secret flags in a command that stands in text."""

    def flag(match: re.Match[str]) -> str:
        name, found = match.groups()
        if not _secret(name, found, loose=True) or not any(c.isdigit() for c in found):
            return match[0]
        return match[0].removesuffix(found) + _mark("flag", rules)

    def curl(match: re.Match[str]) -> str | None:
        near = "curl" in value[max(0, match.start() - 200) : match.start()]
        return _mark("flag", rules) if near and not _blank(match[1]) else None

    value = _TEXT_FLAG.sub(flag, value)
    if "curl" in value:
        value = _replace(_CURL_USER, value, curl)
    if "sshpass" in value:
        value = _replace(_SSHPASS, value, lambda m: None if _blank(m[1]) else _mark("flag", rules))
    if "wandb" in value:
        value = _replace(_WANDB_LOGIN, value, lambda m: _mark("wandb-key", rules))
    return value


_NETRC: Final = re.compile(
    r"\b(?:machine[\s+]{1,8}[^\s]{1,255}+|default)"
    r"(?:[\s+\-]{1,8}(?:login|account)[\s+]{1,8}[^\s]{1,255}+){1,2}"
    r"[\s+\-]{1,8}password[ \t]{1,8}([^\s]{1,4096}+)"
)


def _netrc(value: str, rules: list[str]) -> str:
    def change(match: re.Match[str]) -> str | None:
        return None if _blank(match[1]) else _mark("netrc", rules)

    return _replace(_NETRC, value, change) if "password" in value else value


# URLs --------------------------------------------------------------------------------------

_URL: Final = re.compile(r"://([^\s\"'<>`\\]++)")
_SCHEME_CHARS: Final = frozenset(ascii_letters + digits + "+.-")
_WEB: Final = ("http", "https", "ftp", "ftps", "sftp", "ws", "wss")
_PORT: Final = re.compile(r"[^:]*+:(?:\d*+|\{.*|\$.*|<.*)\Z")


def _urls(value: str, rules: list[str]) -> str:
    def change(match: re.Match[str]) -> str | None:
        if "@" not in match[1]:
            return None
        start = end = match.start()
        while start > max(0, end - 32) and value[start - 1] in _SCHEME_CHARS:
            start -= 1
        return _locations(value[start:end], match[1], rules)

    return _replace(_URL, value, change) if "@" in value else value


def _locations(scheme: str, rest: str, rules: list[str]) -> str:
    """Clean the authority of a URL and of the URLs nested in it."""
    parts = rest.split("://")
    cleaned = []
    for part in parts:
        cleaned.append(_authority(scheme, part, rules))
        scheme = re.split(r"[^A-Za-z0-9+.\-]", part[-32:])[-1]
    return "://".join(cleaned)


def _authority(scheme: str, rest: str, rules: list[str]) -> str:
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        end = host.rindex("@")
    elif "@" in rest and ":" in host and not _PORT.match(host):
        end = rest.rindex("@")  # a password that was not percent-encoded
    else:
        return rest
    user, colon, password = rest[:end].partition(":")
    web = scheme.lower().rsplit("+", 1)[-1] in _WEB
    if user.startswith("[REDACTED") or password.startswith("[REDACTED"):
        return rest
    if colon and not _blank(password):
        if web:
            return _mark("url-userinfo", rules) + rest[end:]
        return f"{user}:{_mark('dsn-password', rules)}{rest[end:]}"
    token = len(user) >= 20 and _opaque(user)
    if not _blank(user) and user != "git" and (token or (web and not colon) or (web and token)):
        return _mark("url-userinfo", rules) + rest[end:]
    return rest


_QUERY: Final = re.compile(r"[?&;]([\w.~%+\-]{1,64}=[^\s\"'<>\\`)\]}]*+)")
_PAIR: Final = re.compile(r"([&;?#]|(?<=&)amp;)")
_QUERY_KEYS: Final = _words(
    "sig signature awsaccesskeyid googleaccessid key-pair-id access_token token auth_token apikey"
    " api_key api-key x-api-key auth authkey private_token job_token sas"
)
_SAS_KEYS: Final = _words("sv se sp sr st ss srt spr sip si skoid sktid skt ske sks skv")
_PRESIGNED: Final = ("x-amz-", "x-goog-", "x-oss-", "x-cos-")


def _queries(value: str, rules: list[str]) -> str:
    def change(match: re.Match[str]) -> str:
        pieces = _PAIR.split(match[1])
        keys = {piece.partition("=")[0].lower() for piece in pieces}
        return "".join(_pair(piece, rules, sas="sig" in keys) for piece in pieces)

    return _replace(_QUERY, value, change) if "=" in value else value


def _pair(pair: str, rules: list[str], *, sas: bool) -> str:
    key, equals, value = pair.partition("=")
    low = key.lower()
    if not equals or _blank(value):
        return pair
    hidden = (
        low in _QUERY_KEYS
        or low.startswith(_PRESIGNED)
        or (sas and low in _SAS_KEYS)
        or (low in ("key", "code") and len(value) >= 16)
        or _secret(key, value)
    )
    return f"{key}={_mark('url-query', rules)}" if hidden else pair


# Keys that providers give a form of their own ------------------------------------------------

_PROVIDERS: Final = [
    (rule, words.split(), re.compile(rf"({pattern})"))
    for rule, words, pattern in (
        ("aws-access-key", "AKIA ASIA ABIA ACCA", r"A(?:KI|SI|BI|CC)A[A-Z0-9]{16}(?![A-Za-z0-9_])"
         r"(?:[\s,:;|]{1,4}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?"),
        ("jwt", "eyJ", r"(?:eyJ(?<![\w\-]eyJ)|eyJ(?<=\\[nrt]eyJ))[\w\-]{8,}+\.eyJ[\w\-]{5,}+"
         r"(?:\.[\w\-]*+)?"),
        ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,}+"),
        ("github-token", "github_pat_", r"github_pat_\w{22,}+"),
        ("gitlab-token", "gl", r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w\-.]{20,}+"),
        ("gitlab-token", "GR1348941", r"GR1348941[\w\-]{20,}+"),
        ("slack-token", "xox", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9\-]{10,}+"),
        ("slack-token", "xapp-", r"xapp-[A-Za-z0-9\-]{10,}+"),
        ("slack-webhook", "hooks.slack.com", r"hooks\.slack\.com/[a-z]{3,12}/[\w/\-]{20,}+"),
        ("discord-webhook", "/api/webhooks/", r"/api/webhooks/\d{10,}+/[\w\-]{30,}+"),
        ("telegram-token", ":AA", r"\d{8,10}:AA[\w\-]{32,34}(?![\w\-])"),
        ("stripe-key", "_live_ _test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+"),
        ("stripe-key", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}+=*+"),
        ("anthropic-key", "sk-ant-", r"sk-ant-[\w\-]{20,}+"),
        ("openai-key", "sk-", r"sk-(?:(?:proj|svcacct|admin|None|or|lf)-[\w\-]{20,}+"
         r"|[A-Za-z0-9]{20,}+)"),
        ("huggingface-token", "hf_", r"hf_[A-Za-z0-9]{30,}+"),
        ("huggingface-token", "api_org_", r"api_org_[A-Za-z0-9]{30,}+"),
        ("wandb-key", "wandb_v1_", r"wandb_v1_\w{30,}+"),
        ("kaggle-key", '"username"', r'(?<="key":)\s{0,4}"[0-9a-f]{32}"'),
        ("kaggle-key", "KGAT_", r"KGAT_[0-9a-f]{32}"),
        ("npm-token", "npm_", r"npm_[A-Za-z0-9]{36,}+"),
        ("pypi-token", "pypi-", r"pypi-[\w\-]{40,}+"),
        ("conda-token", "/t/", r"/t/[a-z]{2}-[0-9a-f\-]{36}(?=/)"),
        ("google-key", "AIza", r"AIza[\w\-]{35}(?![\w\-])"),
        ("google-token", "ya29.", r"ya29\.[\w\-]{20,}+"),
        ("google-secret", "GOCSPX-", r"GOCSPX-[\w\-]{24,}+"),
        ("azure-secret", "8Q~", r"[\w~.\-]{3}8Q~[\w~.\-]{31,37}"),
        ("azure-devops-token", "AZDO", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
        ("databricks-token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
        ("digitalocean-token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
        ("sendgrid-key", "SG.", r"SG\.[\w\-]{16,32}\.[\w\-]{16,64}"),
        ("twilio-key", "SK", r"SK[0-9a-f]{32}(?![0-9A-Za-z])"),
        ("docker-token", "dckr_", r"dckr_(?:pat|oat)_[\w\-]{20,}+"),
        ("shopify-token", "shp", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
        ("vault-token", "hvs. hvb. hvr.", r"hv[sbr]\.[\w\-]{20,}+"),
        ("terraform-token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w\-]{40,}+"),
        ("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{20,}+"),
        ("xai-key", "xai-", r"xai-[A-Za-z0-9]{40,}+"),
        ("perplexity-key", "pplx-", r"pplx-[A-Za-z0-9]{40,}+"),
        ("replicate-token", "r8_", r"r8_[A-Za-z0-9]{36,}+"),
        ("langsmith-key", "lsv2_", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
        ("pinecone-key", "pcsk_", r"pcsk_\w{30,}+"),
        ("grafana-token", "glsa_ glc_", r"gl(?:sa|c)_[\w=]{30,}+"),
        ("atlassian-token", "ATATT3 ATBB", r"AT(?:ATT3[\w=\-]{50,}+|BB[A-Za-z0-9]{32})"),
        ("newrelic-key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
        ("postman-key", "PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
        ("prefect-key", "pnu_ pnb_", r"pn[ub]_[A-Za-z0-9]{36}"),
        ("pulumi-token", "pul-", r"pul-[a-f0-9]{40}"),
        ("linear-key", "lin_api_", r"lin_api_[A-Za-z0-9]{32,}+"),
        ("supabase-key", "sbp_ sb_secret_", r"sb(?:p_[a-f0-9]{40}|_secret_[\w\-]{20,}+)"),
    )
]  # fmt: skip


_ANY_PROVIDER: Final = re.compile("|".join(re.escape(w) for _, ws, _ in _PROVIDERS for w in ws))
_SHORTEST: Final = 15
_LONG: Final = 4096


def _provider_keys(value: str, rules: list[str]) -> str:
    # One search over all words pays on short text; long text holds some of them anyway.
    if len(value) < _SHORTEST or (len(value) < _LONG and not _ANY_PROVIDER.search(value)):
        return value
    for rule, words, pattern in _PROVIDERS:
        if any(word in value for word in words):
            value = _replace(pattern, value, _at_word_start(rule, value, rules))
    return value


def _at_word_start(
    rule: str, value: str, rules: list[str]
) -> Callable[[re.Match[str]], str | None]:
    """Refuse matches in the middle of a longer word; `\\n` before a key in JSON is no letter."""

    def change(match: re.Match[str]) -> str | None:
        before = value[max(0, match.start() - 2) : match.start()]
        inside = before[-1:].isalnum() and match[0][0].isalnum()
        escaped = len(before) == 2 and before[0] == "\\" and before[1] in "nrt"
        return _mark(rule, rules) if escaped or not inside else None

    return change
