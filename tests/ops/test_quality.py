"""Checks of versions: inferred, done, remembered, and incidents opened and closed by them."""

import threading

import pytest

from forebear.client.client import LocalClient
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.events import ArtifactRecorded, VersionNamed
from forebear.core.profiles import encode
from forebear.core.quality import CHECK, INCIDENT, SUITE, Incident
from forebear.engines.profile import profile_path
from forebear.ops.blame import BlameRequest
from forebear.ops.profiles import KeepProfileRequest
from forebear.ops.quality import QualityCheckRequest
from forebear.ops.quality_history import QualityShowRequest
from forebear.ops.quality_suggest import QualitySuggestRequest
from forebear.ops.table import Target

from .datastory import people, version


@pytest.fixture
def suite(store, client, tmp_path):
    version(store, tmp_path, people(seed=1))
    version(store, tmp_path, people(seed=2))
    return client.call(QualitySuggestRequest(target=Target(ref="data:people"))).text


def check(client, ref, suite=None, **more):
    return client.call(QualityCheckRequest(target=Target(ref=ref), suite=suite, **more))


def failing(answer, *severities):
    """The ids of what fails, of these severities or of any but `warn`."""
    counted = severities or ("error",)
    return [
        one.id
        for one in answer.checks
        if one.result.status == "failed" and one.result.severity in counted
    ]


def test_what_is_inferred_holds_for_the_next_good_version_and_not_for_a_bad_one(
    store, client, tmp_path, suite
):
    assert failing(check(client, "data:people", suite)) == []
    for seed in range(3, 30):
        version(store, tmp_path, people(seed=seed, rows=280 + seed))
        assert failing(check(client, "data:people", suite), "warn", "error") == [], seed
    version(store, tmp_path, people(seed=40, old=True, letters="MFX", blank=0.5))
    bad = check(client, "data:people", suite)
    assert set(failing(bad)) == {"range:age", "values:sex"}
    assert "nulls:income" in failing(bad, "warn")
    assert bad.worst == "error"
    found = {one.id: one.result for one in bad.checks}
    assert found["range:age"].positions == [0, 50, 100, 150, 200, 250]
    assert found["range:age"].offending == 6
    assert "6 of 300 rows" in found["range:age"].message


def test_results_are_remembered_once(store, client, tmp_path, suite):
    answer = check(client, "data:people", suite)
    before = store.head().size
    check(client, "data:people", suite)
    assert store.head().size == before
    stated = CHECK.latest(store.statements, [answer.artifact])
    assert {one.row.key for one in stated} == {one.id for one in answer.checks}
    assert all(one.row.evidence == "observed" for one in stated)


def test_the_suite_is_in_force_from_then_on(store, client, tmp_path, suite):
    with pytest.raises(InvalidInput, match="no checks for people"):
        check(client, "data:people")
    first = check(client, "data:people", suite)
    assert check(client, "data:people").suite == first.suite
    said = SUITE.one(store.statements, "data:people")
    assert store.blobs.get(said.row.packet).decode() == suite
    assert list(store.verify()) == []


def test_an_incident_opens_with_the_first_failure_and_closes_with_the_first_pass(
    store, client, tmp_path, suite
):
    version(store, tmp_path, people(seed=50, old=True))
    (opened,) = check(client, "data:people", suite).incidents
    assert (opened.status, opened.id, opened.about) == ("open", "range:age", "data:people")
    version(store, tmp_path, people(seed=51, old=True))
    assert check(client, "data:people", suite).incidents == []
    version(store, tmp_path, people(seed=52))
    (closed,) = check(client, "data:people", suite).incidents
    assert (closed.status, closed.id) == ("closed", "range:age")
    history = INCIDENT.history(store.statements, ["data:people"])
    assert [one.value.status for one in history] == ["closed", "open"]
    assert history[1].row.why == "people version 3 fails range:age"


def test_an_incident_ends_with_its_check(store, client, tmp_path, suite):
    version(store, tmp_path, people(seed=50, old=True))
    (opened,) = check(client, "data:people", suite).incidents
    foreign = Incident(status="open", severity="error", title="of another tool", check="unique")
    store.append([INCIDENT.say("data:people", foreign, key="unique", by="x", evidence="declared")])
    tables = suite.split("[[check]]")
    (aged,) = [one for one in tables if 'kind = "range"' in one and '"age"' in one]
    without = "[[check]]".join(one for one in tables if one is not aged)
    (closed,) = check(client, "data:people", without).incidents
    assert (closed.status, closed.id) == ("closed", opened.id)
    assert closed.why == "range:age was taken out of the checks"
    assert check(client, "data:people", without).incidents == []
    now = {said.row.key: said.value.status for said in INCIDENT.latest(store.statements)}
    assert now == {"range:age": "closed", "unique": "open"}


def test_a_check_of_an_older_version_opens_and_closes_nothing(store, client, tmp_path, suite):
    version(store, tmp_path, people(seed=50, old=True))
    version(store, tmp_path, people(seed=52))
    check(client, "data:people", suite)
    answer = check(client, "data:people:3", suite)
    assert failing(answer) == ["range:age"]
    assert answer.incidents == []
    assert INCIDENT.latest(store.statements) == []


def test_a_warning_opens_no_incident(store, client, tmp_path, suite):
    version(store, tmp_path, people(seed=50, blank=0.6))
    answer = check(client, "data:people", suite)
    assert (answer.worst, answer.incidents) == ("warn", [])


def test_two_who_check_at_once_open_one_incident(store, client, tmp_path, suite):
    version(store, tmp_path, people(seed=50, old=True))
    clients = [LocalClient(store, by=f"ops{n}") for n in range(4)]
    threads = [threading.Thread(target=check, args=(one, "data:people", suite)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latest = INCIDENT.latest(store.statements, ["data:people"])
    assert [(one.row.key, one.value.status) for one in latest] == [("range:age", "open")]


def test_a_file_that_is_no_version_yet_is_checked_and_opens_nothing(store, client, tmp_path, suite):
    candidate = tmp_path / "next.csv"
    candidate.write_bytes(people(seed=60, old=True))
    given = Target(ref=str(candidate))
    answer = check(client, "data:people", suite, file=given)
    assert failing(answer) == ["range:age"]
    assert (answer.recorded, answer.incidents) == (False, [])
    assert INCIDENT.latest(store.statements) == []
    alone = client.call(QualityCheckRequest(target=given, suite=suite))
    assert failing(alone) == ["range:age"]
    assert not alone.recorded


def test_content_that_is_gone_is_said_and_a_file_with_it_helps(store, client, tmp_path, suite):
    content = people(seed=70)
    digest = version(store, tmp_path, content)
    (tmp_path / f"{digest[7:15]}.csv").write_text("something else")
    with pytest.raises(Unreadable, match="not at hand"):
        check(client, "data:people", suite)
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_bytes(content)
    answer = check(client, "data:people", suite, file=Target(ref=str(elsewhere)))
    assert (answer.title, failing(answer)) == ("people version 3", [])


def test_where_the_content_is_gone_a_profile_answers_what_it_can(store, client, tmp_path, suite):
    digest = version(store, tmp_path, people(seed=70, old=True))
    path = tmp_path / f"{digest[7:15]}.csv"
    client.call(KeepProfileRequest(about=digest, packet=encode(profile_path(str(path)))))
    path.unlink()
    answer = check(client, "data:people", suite)
    found = {one.id: one.result for one in answer.checks}
    assert (found["range:age"].status, found["nulls:age"].status) == ("failed", "passed")
    assert (found["duplicates"].status, found["duplicates"].message) == (
        "skipped",
        "it needs the rows, and they are not at hand",
    )


def test_a_kept_copy_is_used(store, client, tmp_path, suite):
    content = people(seed=70)
    digest = version(store, tmp_path, content)
    (tmp_path / f"{digest[7:15]}.csv").unlink()
    store.blobs.put(content)
    assert failing(check(client, "data:people", suite)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data = ", "is not TOML"),
        ("data = 'people'\nchecks = 1", "'checks'"),
        ("data = 'people'\n[[check]]\nkind = 'rang'", "check 1: there is no check called 'rang'"),
        (
            "data = 'people'\n" + "[[check]]\nkind = 'nulls'\ncolumn = 'a'\n" * 2,
            "two checks are called 'nulls:a'",
        ),
    ],
)
def test_a_suite_that_is_wrong_changes_nothing(store, client, suite, text, words):
    before = store.head().size
    with pytest.raises(InvalidInput) as error:
        check(client, "data:people", text, source="people.toml")
    assert words in error.value.message
    assert "people.toml" in error.value.message
    assert store.head().size == before


def test_sql_in_a_suite_reads_no_other_file(store, client, suite, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    path = str(secret).replace("'", "''")
    text = (
        "data = 'people'\n[[check]]\nkind = 'range'\ncolumn = 'age'\nleast = 0\n"
        "[[check]]\nkind = 'condition'\ncolumn = 'age'\n"
        f"holds = \"(SELECT max(a) FROM read_csv('{path}')) = 1\"\n"
    )
    answer = check(client, "data:people", text)
    statuses = {one.id: one.result.status for one in answer.checks}
    assert statuses == {"range:age": "passed", "condition:age": "error"}
    assert answer.unusable


def test_a_model_has_no_checks_of_its_own(store, client):
    store.append(
        [
            ArtifactRecorded(artifact="m", kind="model", digest="sha256:" + "0" * 64, label="m"),
            VersionNamed(kind="model", name="churn", artifact="m"),
        ]
    )
    target = Target(ref="model:churn")
    for request in (
        QualitySuggestRequest(target=target),
        QualityShowRequest(target=target),
        BlameRequest(target=target),
    ):
        with pytest.raises(InvalidInput, match="is of the kind model"):
            client.call(request)


def test_nothing_is_inferred_from_no_rows(store, client, tmp_path):
    version(store, tmp_path, b"a,b\n", name="none")
    with pytest.raises(Unreadable, match="none:1 has no rows"):
        client.call(QualitySuggestRequest(target=Target(ref="data:none")))


def test_bounds_are_not_inferred_from_what_has_none(store, client, tmp_path):
    rows = "".join(f"{n},1.5,{'1e999' if n % 9 == 0 else n / 7},NA\n" for n in range(90))
    version(store, tmp_path, f"id,same,endless,blank\n{rows}".encode(), name="odd")
    text = client.call(QualitySuggestRequest(target=Target(ref="data:odd"))).text
    assert 'kind = "range"' not in text
    assert "= inf" not in text
    assert 'blank = "any"' in text
    filled = "".join(f"{n},1.5,{n / 7},{n}\n" for n in range(90))
    version(store, tmp_path, f"id,same,endless,blank\n{filled}".encode(), name="odd")
    assert "schema" not in failing(check(client, "data:odd:2", text))
