"""Planted secrets are found, ordinary text is left alone, and hostile text takes linear time.

Every secret here is put together from parts by a seeded generator, so that none stands in this
file as it would in the wild.
"""

from __future__ import annotations

import base64
import json
import random
import string
import subprocess
import sys
from collections.abc import Callable

import pytest

from forebear.core import redaction
from forebear.core.redaction import Redacted

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"


def make(seed: object, length: int, alphabet: str = ALNUM) -> str:
    """Return a value that always holds a digit, an upper- and a lower-case letter."""
    rng = random.Random(f"{seed}:{length}:{alphabet}")
    body = [rng.choice(alphabet) for _ in range(length)]
    picks = [c for c in ("7", "Q", "k") if c in alphabet]
    for place, pick in zip(rng.sample(range(1, length - 1), len(picks)), picks, strict=True):
        body[place] = pick
    if not body[0].isalnum():
        body[0] = "a"
    return "".join(body)


def base64ish(seed: object, raw: int) -> str:
    return base64.b64encode(random.Random(str(seed)).randbytes(raw)).decode()


def jwt(seed: object) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(b'{"sub":"%d"}' % abs(hash(str(seed)))).decode().rstrip("=")
    return f"{head}.{body}.{make(seed, 43, URLSAFE)}"


def provider_keys() -> dict[str, str]:
    caps = string.ascii_uppercase + string.digits
    return {
        "aws": "AKIA" + make("aws", 16, caps),
        "aws-session": "ASIA" + make("sts", 16, caps),
        "github": "ghp" + "_" + make("gh", 36),
        "github-server": "ghs" + "_" + make("ghs", 36),
        "github-fine": "github" + "_pat_" + make("ghf", 22) + "_" + make("ghg", 59),
        "gitlab": "glp" + "at-" + make("gl", 20, URLSAFE),
        "gitlab-runner": "glr" + "t-" + make("glr", 20, URLSAFE),
        "slack-bot": "xox" + f"b-{make('s1', 12, '0123456789')}-{make('s2', 24)}",
        "slack-user": "xox" + f"p-{make('s3', 12, '0123456789')}-{make('s4', 32)}",
        "slack-hook": "https://hooks.slack" + f".com/services/T{make('h', 9)}/B1/{make('i', 24)}",
        "stripe": "sk" + "_live_" + make("st", 24),
        "stripe-restricted": "rk" + "_live_" + make("st2", 24),
        "openai": "sk" + "-" + make("oa", 48),
        "openai-project": "sk" + "-proj-" + make("oap", 120, URLSAFE),
        "anthropic": "sk" + "-ant-api03-" + make("an", 95, URLSAFE),
        "huggingface": "hf" + "_" + make("hf", 34, string.ascii_letters),
        "wandb": "wandb" + "_v1_" + make("wb", 60),
        "npm": "npm" + "_" + make("npm", 36),
        "pypi": "pypi" + "-AgEIcHlwaS5vcmc" + make("py", 150, URLSAFE),
        "google": "AIza" + make("go", 35, URLSAFE),
        "google-oauth": "ya29" + ".a0" + make("gy", 60, URLSAFE),
        "google-client": "GOCSPX" + "-" + make("gc", 28, URLSAFE),
        "azure": make("az", 12)[:3] + "8Q" + "~" + make("az2", 34),
        "jwt": jwt("j"),
        "databricks": "dapi" + make("db", 32, HEX),
        "sendgrid": "SG" + f".{make('sg', 22, URLSAFE)}.{make('sg2', 43, URLSAFE)}",
        "telegram": make("tg", 10, "0123456789") + ":AA" + make("tg2", 33, URLSAFE),
        "groq": "gsk" + "_" + make("gq", 52),
        "replicate": "r8" + "_" + make("r8", 37),
        "docker": "dckr" + "_pat_" + make("dk", 27, URLSAFE),
        "vault": "hvs" + "." + make("hv", 90, URLSAFE),
        "digitalocean": "dop" + "_v1_" + make("do", 64, HEX),
        "langsmith": "lsv2" + f"_pt_{make('ls', 32, HEX)}_{make('ls2', 10, HEX)}",
    }


def planted() -> list[tuple[str, str]]:
    """Text with a secret in it, and the secret."""
    found: list[tuple[str, str]] = []

    def plant(form: str, *, seed: object = "", secret: str | None = None) -> None:
        secret = secret or make((form, seed), 20)
        found.append((form.replace("@@", secret), secret))

    contexts = ("leaked @@ here", "'@@'", 'client("@@")', "+  key: @@", "log @@\n", r"a\n@@")
    for index, key in enumerate(provider_keys().values()):
        for context in (contexts[index % 6], contexts[(index + 2) % 6]):
            plant(context, secret=key)
    for form in ASSIGNMENTS:
        plant(form)
    for form in ("password: @@", "PASSWORD=@@", 'password = "@@"', "host=db password=@@ port=5432"):
        plant(form, secret="sword" + "fish")
        plant(form, secret="p" + "w,d$1)x&y")
    for scheme in DATABASES:
        plant(f"{scheme}://user:@@@db.example:5432/prod")
    for form in URLS:
        plant(form)
    for form in COMMANDS:
        plant(form)
    plant("aws_secret_access_key = @@", secret=base64ish("aws", 30))
    plant("AccountName=x;AccountKey=@@;EndpointSuffix=core", secret=base64ish("az", 64))
    plant("wandb.login(key='@@')", secret=make("w", 40, HEX))
    plant("wandb login @@", secret=make("w2", 40, HEX))
    plant('{"username":"user","key":"@@"}', secret=make("kg", 32, HEX))
    for label in ("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "):
        body = base64ish(label, 1200)
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        for join in ("\n", "\\n", "\n+", "\n    "):
            block = join.join([f"-----BEGIN {label}PRIVATE" + " KEY-----", *lines])
            found.append((f"{block}{join}-----END {label}PRIVATE KEY-----\n", lines[3]))
            found.append((f'key = """{block}"""', lines[-1]))
    return found


ASSIGNMENTS = (
    """
api_key = "@@"
API_KEY='@@'
    secret_key: str = "@@"
client = Client(token="@@", timeout=3)
os.environ["OPENAI_API_KEY"] = "@@"
os.environ.setdefault("WANDB_API_KEY", "@@")
os.getenv("DB_PASSWORD", "@@")
"password": "@@",
'access_token': '@@'
{\\"client_secret\\": \\"@@\\"}
  password: @@
  db_password: "@@"  # production
smtp-password = @@
password=@@
export AWS_SECRET_ACCESS_KEY=@@
AWS_SESSION_TOKEN=@@
HF_TOKEN=@@
+NEPTUNE_API_TOKEN=@@
- POSTGRES_PASSWORD=@@
ENV MYSQL_ROOT_PASSWORD=@@
PGPASSWORD=@@ psql -h db
//registry.example/:_authToken=@@
accessToken: "@@"
x-api-key: @@
PRIVATE-TOKEN: @@
Server=tcp:db;Database=prod;User Id=user;Password=@@;Encrypt=True
host=localhost user=user password=@@ dbname=prod
Driver={ODBC};UID=user;PWD=@@
SharedAccessKeyName=root;SharedAccessKey=@@
login failed: password=@@ for user user
passphrase = '@@'
encryption_key := "@@"
"api_key" => "@@"
credentials = "@@"
"auth": "@@",
api_key = (
    "@@"
)
password = SecretStr("@@")
conn.password = "@@"
private_key_passphrase = b"@@"
django.SECRET_KEY = r'@@'
""".strip("\n")
    .replace("(\n    ", "(\x00")
    .replace("\n)", "\x01")
    .split("\n")
)
ASSIGNMENTS = [form.replace("\x00", "\n    ").replace("\x01", "\n)") for form in ASSIGNMENTS]

DATABASES = (
    "postgresql postgres postgresql+psycopg mysql mysql+pymysql mariadb mongodb mongodb+srv redis"
    " rediss amqp amqps mssql+pyodbc oracle snowflake clickhouse+http kafka nats ldap"
).split()

URLS = [
    "https://user:@@@git.example/repo.git",
    "git clone https://@@@github.example/org/repo",
    "https://oauth2:@@@gitlab.example/x.git",
    "https://@@:x-oauth-basic@github.example/x",
    "redis://:@@@cache:6379/0",
    "postgresql://user:pa/@@@db/prod",
    "https://s3.example/b/k?X-Amz-Algorithm=a&X-Amz-Signature=@@&x=1",
    "https://s3.example/b/k?X-Amz-Credential=@@&X-Amz-Date=1",
    "https://acc.blob.example/c/f.csv?sv=2022-11-02&se=2026&sp=r&sig=@@%3D",
    "https://storage.example/b/o?GoogleAccessId=x&Expires=1&Signature=@@",
    "https://api.example/v1?access_token=@@",
    "https://api.example/v1?q=1&api_key=@@",
    "https://maps.example/js?key=@@",
    "http://localhost:8888/lab?token=@@",
    "GET /download?token=@@ HTTP/1.1",
    "https://x.example/cb?client_secret=@@#done",
    "jdbc:postgresql://h/db?user=user&password=@@",
    "https://conda.example/t/ab-" + "@@",
][:-1]

COMMANDS = [
    "curl -u user:@@ https://x.example",
    "curl -H 'Authorization: Bearer @@' https://x.example",
    "Authorization: Basic @@",
    '"Authorization": "token @@"',
    "authorization: @@",
    "sshpass -p '@@' ssh host",
    "prog --password @@ --x",
    "prog --api-key=@@ --x",
    'RUN ["prog", "--token", "@@"]',
    "machine h.example login user password @@",
    "machine h.example\n  login user\n  password @@",
    "default login user password @@",
]


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


def benign_lines(count: int) -> list[str]:
    rng = random.Random(7)

    def hexa(length: int) -> str:
        return rng.randbytes(length // 2).hex()

    names = NAMES.split()
    makers: list[Callable[[], str]] = [
        lambda: f"sha256:{hexa(64)}",
        lambda: f"{hexa(64)}  data/part-{rng.randrange(999)}.parquet",
        lambda: f"commit {hexa(40)}",
        lambda: f"index {hexa(8)}..{hexa(8)} 100644",
        lambda: f'"{rng.choice(names)}": "{hexa(32)}",',
        lambda: f"{hexa(8)}-{hexa(4)}-7{hexa(4)[1:]}-a{hexa(4)[1:]}-{hexa(12)}",
        lambda: f"digest = '{base64.b64encode(rng.randbytes(32)).decode()}'",
        lambda: f"torch @ https://x.example/torch.whl --hash=sha256:{hexa(64)}",
        lambda: f"/home/user/work/{hexa(8)}/{rng.choice(names)}.pkl",
        lambda: f"s3://bucket/{hexa(12)}/train.csv?versionId={hexa(32)}",
        lambda: f"{rng.choice(names)}={rng.choice([1, 0.5, True, None, 'auto', 'age'])}",
        lambda: f"--{rng.choice(names).replace('_', '-')} {rng.choice([4, 0.1, 'gini', 'l2'])}",
        lambda: f"{rng.choice(names)}: {rng.choice(['bert-base-uncased', 100, 'gpt2', '[PAD]'])}",
        lambda: rng.choice(CODE),
        lambda: f"{rng.choice(CODE)}  # {hexa(7)}",
        lambda: f"epoch={rng.randrange(99)} loss={rng.random():.6f} tokens={rng.randrange(10**9)}",
        lambda: json.dumps({rng.choice(names): rng.random(), "run": hexa(32)}),
        lambda: f"{rng.getrandbits(64):016x} {' '.join(rng.choices(names, k=4))}",
        lambda: f"numpy=={rng.randrange(3)}.{rng.randrange(30)}.0  # via {rng.choice(names)}",
        lambda: base64.b64encode(rng.randbytes(48)).decode(),
    ]
    return [rng.choice(makers)() for _ in range(count)]


NAMES = """
n_tokens max_tokens tokens tokenizer tokenizer_name token_pattern token_type_ids pad_token eos_token
bos_token mask_token num_tokens token_count token_ids keys key key_column sort_key primary_key
foreign_key partition_key cache_key dict_keys keyword monkey secretary author authors passes n_pass
passengers passed bypass compass forward_pass password_column key_digest learning_rate max_depth
n_estimators random_state criterion data_digest md5 checksum weights_digest model_hash git_commit
credit_score credits accredited authentic depth keypoints passthrough secret_name token_budget
next_page_token image_token special_tokens separator_token hotkey turkey public_key tokenized
""".strip()

CODE = [
    'password = os.environ["DB_PASSWORD"]',
    "password = os.environ.get('DB_PASSWORD')",
    "token = get_token()",
    "token = tokens[0]",
    "max_tokens=100, temperature=0.2)",
    'tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")',
    'df.sort_values(key="age")',
    'df.groupby("key")["value"].sum()',
    'vectorizer = TfidfVectorizer(token_pattern=r"(?u)\\b\\w\\w+\\b")',
    "sorted(rows, key=lambda row: row.primary_key)",
    "def connect(host: str, password: str, token: str | None = None) -> Connection:",
    "    password: the password of the user",
    "connect(host=host, user=user, password=password)",
    "self.password = password",
    "api_key = settings.api_key",
    "api_key: str = Field(default=None)",
    'parser.add_argument("--password", help="the password")',
    'parser.add_argument("--token", "-t", default=None)',
    'url = f"postgresql://{user}:{password}@{host}/{name}"',
    'headers = {"Authorization": f"Bearer {token}"}',
    'headers = {"Authorization": "Bearer " + apiToken}',
    'if token == "[MASK]": continue',
    'token = "hello"',
    'eos_token = "<|endoftext|>"',
    "git clone git@github.com:org/repo.git",
    "ssh://git@github.com/org/repo.git",
    "abfss://container@account.dfs.core.windows.net/path",
    "https://example.com/@user/post?page=2&sort=key",
    'password = getpass.getpass("Password: ")',
    "password = input('Your password? ')",
    "DB_PASSWORD=${DB_PASSWORD}",
    "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-}",
    'secret = "${{ secrets.NAME }}"',
    "GOOGLE_APPLICATION_CREDENTIALS=/etc/keys/service.json",
    "PWD=/home/user/project",
    "prog --password-file /run/secrets/db --no-password",
    "use --password to give the password",
    "assert model.n_features_in_ == 30, 'secret sauce'",
    'print("password=" + str(value))',
    "    'pass': 'bandpass', ':secret:': {'unicode': 1},",
    "def load(self, certfile, keyfile=None, password=None):",
    "Pass :meth:`peek` a default, see :param:`token`.",
    "from secrets import token_hex, compare_digest",
    "import tokenize, keyword, getpass",
    "for key, value in mapping.items():",
    '{"token": "the", "lemma": "the", "pos": "DET"}',
    '"begin": "-----BEGIN PUBLIC KEY-----"',
    'if "-----BEGIN RSA PRIVATE KEY-----" in text: raise ValueError(text)',
    "docker run -u 1000:1000 -p 8080:80 image",
    "task-1234567890abcdefghijklmn risk-aversion disk-usage",
    "api_key = 'YOUR_API_KEY'",
    "password = '********'",
    "password = None",
    "token: Token = stream.next()",
    "raise AuthError('password is wrong: try again')",
]


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
