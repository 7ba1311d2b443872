"""Lines with planted secrets, and lines that only look like it.

Every secret here is put together from parts by a seeded generator, so that none stands in this
file as it would in the wild.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

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
