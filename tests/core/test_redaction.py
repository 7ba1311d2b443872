"""Planted secrets are found, ordinary text is left alone, and hostile text takes linear time."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from redaction_lines import (
    CODE,
    NAMES,
    benign_lines,
    make,
    planted,
    provider_keys,
)

from forebear.core import redaction
from forebear.core.redaction import Redacted


def test_planted_secrets_are_found() -> None:
    corpus = planted()
    assert len(corpus) >= 120
    missed = [
        context
        for context, secret in corpus
        if secret in redaction.text(context).value or not redaction.text(context).rules
    ]
    assert len(missed) <= len(corpus) * 0.01, missed


def test_redacting_twice_changes_nothing() -> None:
    for context, _ in planted():
        once = redaction.text(context).value
        assert redaction.text(once) == Redacted(once, [])


def test_any_mixture_is_redacted_without_error_and_for_good() -> None:
    rng = random.Random(3)
    parts = [*HOSTILE, *CODE, *(context for context, _ in planted()), "\udc80", "\0", "é"]
    for _ in range(2_000):
        mixed = "\n".join(rng.choices(parts, k=rng.randrange(1, 5)))
        once = redaction.text(mixed)
        assert redaction.text(once.value) == Redacted(once.value, []), mixed
        redaction.url(mixed)
        redaction.argv(mixed.split())


def test_ordinary_text_is_left_alone() -> None:
    lines = benign_lines(100_000)
    whole = redaction.text("\n".join(lines))
    assert len(whole.rules) <= 100
    one_by_one = [line for line in {*lines[:5_000], *CODE} if redaction.text(line).rules]
    assert one_by_one == []


def test_ordinary_names_never_mark_a_parameter() -> None:
    values = dict.fromkeys(NAMES.split(), "abc") | {"digest": "ab" * 32, "n": 5}
    assert redaction.mapping(values) == Redacted(values, [])


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        (["p", "--password", "x1", "y"], ["p", "--password", "[REDACTED:flag]", "y"]),
        (["p", "--db-password=x1"], ["p", "--db-password=[REDACTED:flag]"]),
        (["p", "API_KEY=x1", "depth=4"], ["p", "API_KEY=[REDACTED:assignment]", "depth=4"]),
        (["p", "--env=API_KEY=x1"], ["p", "--env=API_KEY=[REDACTED:assignment]"]),
        (["p", "model.hub.token=x1"], ["p", "model.hub.token=[REDACTED:assignment]"]),
        (["p", "--token", "--x", "y"], ["p", "--token", "--x", "y"]),
        (["p", "--no-password", "y"], ["p", "--no-password", "y"]),
        (["p", "--max-tokens", "100"], ["p", "--max-tokens", "100"]),
        (["p", "--tokenizer", "g", "--key", "age"], ["p", "--tokenizer", "g", "--key", "age"]),
        (["p", "-p", "8080"], ["p", "-p", "8080"]),
        (["mysql", "-uann", "-ps3"], ["mysql", "-uann", "-p[REDACTED:flag]"]),
        (["sshpass", "-p", "x1", "ssh"], ["sshpass", "-p", "[REDACTED:flag]", "ssh"]),
        (["curl", "-u", "user:x1"], ["curl", "-u", "user:[REDACTED:flag]"]),
        (["docker", "run", "-p", "80:80"], ["docker", "run", "-p", "80:80"]),
        (["p", "redis://:x1@h/0"], ["p", "redis://:[REDACTED:dsn-password]@h/0"]),
        (["p", '{"password": "x"}'], ["p", '{"password": "[REDACTED:assignment]"}']),
        (["p", "--password", "$PW"], ["p", "--password", "$PW"]),
    ],
)  # fmt: skip
def test_argv(given: list[str], cleaned: list[str]) -> None:
    result = redaction.argv(given)
    assert result.value == cleaned
    assert len(result.rules) == sum("[REDACTED" in item for item in cleaned)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("https://h/x?page=2", "https://h/x?page=2"),
        ("https://git@h/x.git", "https://git@h/x.git"),
        ("git@github.com:org/x.git", "git@github.com:org/x.git"),
        ("https://a:b@h/x", "https://[REDACTED:url-userinfo]@h/x"),
        ("git+https://abc@h/x", "git+https://[REDACTED:url-userinfo]@h/x"),
        ('mysql+pymysql://a:p"@w d@h/x', "mysql+pymysql://a:[REDACTED:dsn-password]@h/x"),
        ("postgresql://a:{pw}@h/x", "postgresql://a:{pw}@h/x"),
        (
            "https://h/f?sv=1&sp=r&sig=abc&page=3",
            "https://h/f?sv=[REDACTED:url-query]&sp=[REDACTED:url-query]"
            "&sig=[REDACTED:url-query]&page=3",
        ),
        ("https://h/f?sv=1&sp=r", "https://h/f?sv=1&sp=r"),
        (
            "https://proxy/?u=https://a:b@h/",
            "https://proxy/?u=https://[REDACTED:url-userinfo]@h/",
        ),
    ],
)
def test_url(given: str, cleaned: str) -> None:
    assert redaction.url(given).value == cleaned


def test_mapping_reaches_every_depth() -> None:
    secret = make("m", 24)
    given = {
        "lr": 0.1,
        "db": {"password": "x", "port": 5432, "hosts": ["a", "b"]},
        "secrets": {"first": "x", "list": ["y", 123456]},
        "uri": f"postgresql://a:{secret}@h/x",
        "command": ["p", "--password", "x"],
        "note": ("plain", provider_keys()["github"]),
        "password": 12345678,
        "use_auth_token": True,
        "api_key": None,
    }
    hidden = "[REDACTED:param]"
    assert redaction.mapping(given).value == {
        "lr": 0.1,
        "db": {"password": hidden, "port": 5432, "hosts": ["a", "b"]},
        "secrets": {"first": hidden, "list": [hidden, hidden]},
        "uri": "postgresql://a:[REDACTED:dsn-password]@h/x",
        "command": ["p", "--password", "[REDACTED:flag]"],
        "note": ["plain", "[REDACTED:github-token]"],
        "password": hidden,
        "use_auth_token": True,
        "api_key": None,
    }


def test_a_mapping_that_holds_itself_ends() -> None:
    endless: dict[str, object] = {"password": "x"}
    endless["again"] = endless
    assert "too-deep" in redaction.mapping(endless).rules


def test_code_stays_code() -> None:
    code = 'connect(password="hunter2", host="db")\nx = {"api_key": \'abc\'}\n'
    cleaned = redaction.text(code).value
    compile(cleaned, "x.py", "exec")
    assert "hunter2" not in cleaned
    assert 'host="db"' in cleaned


# Before \1, what stands once; after it, what is repeated.
HOSTILE = [
    "a", "eyJ", "eyJ.", "-----BEGIN PRIVATE KEY-----", "://", "a://b:", "://a@", "password=",
    'password="', "password='\\", 'password="""', "password: ", "--password ", "password=a;",
    "?a", "?token=a&", "machine a login b ", "authorization: ", "Bearer ", "sk-", "AKIA", "ghp_",
    "wandb login ", "curl -u a:", "a=", "token", "pass.", "a.", "$password=$", "{", "\\", '"',
    "password: a ", "password = (", "getenv('key', ", "xoxb-", "1234567890:AA", ".atlasv1.", "\n",
    "8Q~", "password[", "AZDO", "hooks.slack.com/a/", "password : a | ", "-", "_key", "github_pat_",
    'password = """\1a ', "https://a:\1@", "?a=1&\1x",
]  # fmt: skip

TIMED = """
import sys, time
from forebear.core import redaction
seeds = sys.stdin.read().split("\\x00")
for seed in seeds:
    used = []
    once, _, seed = seed.rpartition("\\1")
    for size in (1 << 14, 1 << 18):
        hostile = once + (seed * (size // len(seed) + 1))[:size]
        began = time.process_time()
        redaction.url(hostile)
        used.append(time.process_time() - began)
    # 16 times the text: linear work takes about 16 times as long, quadratic 256 times.
    assert used[1] < 0.5 or used[1] < 64 * used[0], (seed, used)
redaction.text("".join(seeds) * ((1 << 20) // len("".join(seeds))))
print("linear")
"""


def test_hostile_text_takes_linear_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TIMED],
        input="\x00".join(HOSTILE),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.strip() == "linear", done.stderr


UNCOMPILED = """
import json, pathlib, re, string, sys, msgspec, forebear.core

def refuse(*arguments):
    raise AssertionError(arguments)

compile, re.compile = re.compile, refuse
from forebear.core import redaction
re.compile = compile
print(redaction.text("password = 'x7'").value)
"""


def test_importing_compiles_no_pattern() -> None:
    """Every recorded program imports this when it starts."""
    done = subprocess.run(
        [sys.executable, "-c", UNCOMPILED], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "password = '[REDACTED:assignment]'", done.stderr
