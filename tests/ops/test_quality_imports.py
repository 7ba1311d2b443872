"""Results of other tools become the same facts, once, on the data that they speak of."""

import json
from pathlib import Path

import pytest

from forebear.core.digest import of_bytes
from forebear.core.errors import Unreadable
from forebear.core.events import ArtifactRecorded, LocationSeen
from forebear.core.quality import CHECK, INCIDENT
from forebear.ops.quality_import import QualityImportRequest, formats
from forebear.ops.table import Target

from .datastory import people, version

SAMPLES = Path(__file__).parent.parent / "exchange" / "samples"
GREAT, OLD = "great_expectations_1_24.json", "great_expectations_0_18_checkpoint.json"


def taken(client, name, *, second=None, data=None, edit=lambda text: text):
    return client.call(
        QualityImportRequest(
            text=edit((SAMPLES / name).read_text()),
            name=name,
            second=(SAMPLES / second).read_text() if second else None,
            data=Target(ref=data) if data else None,
        )
    )


def stated(store, artifact):
    return {one.row.key: one.value for one in CHECK.latest(store.statements, [artifact])}


@pytest.fixture
def artifact(store, tmp_path):
    return version(store, tmp_path, people(60))


def test_the_forms_that_are_known():
    assert [one.name for one in formats()] == ["dbt tests", "Great Expectations", "pandera", "Soda"]


def test_great_expectations_by_the_name_of_its_asset(store, client, artifact):
    answer = taken(client, GREAT)
    assert answer.verdict == "Took over 5 results of Great Expectations."
    assert [(one.artifact, one.how) for one in answer.matched] == [(artifact, "by its name")]
    found = stated(store, artifact)
    nulls = found["great_expectations:expect_column_values_to_not_be_null:age"]
    assert (nulls.status, nulls.offending, nulls.positions) == ("failed", 1, [2])
    assert (nulls.tool, nulls.suite) == ("great_expectations", "people_suite")
    bounds = found["great_expectations:expect_column_values_to_be_between:age"]
    assert (bounds.severity, bounds.expected) == ("warn", {"min_value": 0, "max_value": 120})
    rows = found["great_expectations:expect_table_row_count_to_be_between"]
    assert (rows.status, rows.measured) == ("passed", 3)
    undone = found["great_expectations:expect_column_values_to_be_unique:nope"]
    assert undone.status == "error"
    assert '"nope"' in undone.message


def test_great_expectations_by_the_place_of_the_file(store, client, artifact, tmp_path):
    path = tmp_path / f"{artifact[7:15]}.csv"

    def edit(text):
        said = json.loads(text)
        said["meta"]["batch_spec"]["path"] = str(path)
        said["meta"]["active_batch_definition"]["data_asset_name"] = "another"
        return json.dumps(said)

    answer = taken(client, GREAT, edit=edit)
    assert [(one.artifact, one.how) for one in answer.matched] == [(artifact, "by its place")]


def test_a_checkpoint_of_an_older_great_expectations(store, client, artifact):
    answer = taken(client, OLD)
    assert answer.matched[0].failed == 1
    (found,) = stated(store, artifact).values()
    assert (found.check, found.column) == ("expect_column_values_to_be_in_set", "sex")


def test_what_great_expectations_describes(store, client, artifact):
    answer = taken(client, "great_expectations_1_24_describe.json", data="data:people")
    assert (answer.matched[0].results, answer.matched[0].failed) == (7, 3)
    found = stated(store, artifact)
    bounds = found["great_expectations:expect_column_values_to_be_between:fare"]
    assert (bounds.status, bounds.offending) == ("failed", 1596)
    # It says nothing of what was raised, and what found nothing is not what failed.
    assert found["great_expectations:expect_column_values_to_be_unique:nope"].status == "error"
    unsaid = taken(client, "great_expectations_1_24_describe.json")
    assert [(one.words, one.results) for one in unsaid.unmatched] == [("bookings", 7)]


@pytest.mark.parametrize("name", ["single", "read_csv"])
def test_great_expectations_of_one_expectation_and_of_a_file_read_by_pandas(
    store, client, artifact, name, tmp_path
):
    path = tmp_path / f"{artifact[7:15]}.csv"

    def edit(text):
        return text.replace("/data/w/raw/bookings.csv", str(path))

    data = "data:people" if name == "single" else None
    answer = taken(client, f"great_expectations_1_24_{name}.json", data=data, edit=edit)
    how = "as you said" if name == "single" else "by its place"
    assert [(one.artifact, one.how) for one in answer.matched] == [(artifact, how)]
    (found,) = stated(store, artifact).values()
    assert (found.check, found.offending) == ("expect_column_values_to_be_in_set", 5036)


@pytest.mark.parametrize(
    ("name", "fares"), [("pandera_split.json", "dtype('int64')"), ("pandera_polars.ndjson", "")]
)
def test_pandera_of_pandas_and_of_polars_as_it_writes_them(store, client, artifact, name, fares):
    taken(client, name, data="data:people")
    found = stated(store, artifact)
    assert found["pandera:column_in_dataframe:gone"].status == "failed"
    fare = found["pandera:less_than_or_equal_to(300):fare"]
    assert (fare.offending, fare.positions[:2]) == (3, [3, 4])
    assert (f"pandera:{fares}:email" in found) == bool(fares)


def test_soda(store, client, artifact):
    answer = taken(client, "soda_3_5.json", data="data:people")
    assert (answer.matched[0].results, answer.matched[0].failed) == (6, 4)
    found = stated(store, artifact)
    assert {one.tool for one in found.values()} == {"soda"}
    part = found["soda:invalid_percent(origin) < 5 %"]
    assert (part.status, part.severity, part.column, part.measured) == (
        ("failed", "error", "origin", 29.36)
    )
    assert found["soda:row_count > 0"].status == "passed"
    assert {one.severity for one in found.values() if "duplicate" in one.check} == {"warn"}
    assert taken(client, "soda_3_5.json").unmatched[0].words == "bookings"


@pytest.mark.parametrize("name", ["pandera_records.json", "pandera_columns.json"])
def test_pandera_failure_cases(store, client, artifact, name):
    answer = taken(client, name, data="data:people")
    assert answer.matched[0].how == "as you said"
    found = stated(store, artifact)
    assert set(found) == {
        "pandera:column_in_dataframe:gone",
        "pandera:not_nullable:age",
        "pandera:in_range(0, 120):age",
        "pandera:isin(['M', 'F']):sex",
    }
    assert found["pandera:in_range(0, 120):age"].positions == [1]
    assert all(one.status == "failed" for one in found.values())


def test_pandera_message(store, client, artifact):
    taken(client, "pandera_message.json", data="data:people")
    found = stated(store, artifact)
    assert found["pandera:not_nullable:age"].suite == "people"
    assert len(found) == 4


def test_dbt_tests_with_their_manifest(store, client, artifact):
    answer = taken(client, "dbt_run_results.json", second="dbt_manifest.json")
    assert [(one.artifact, one.results) for one in answer.matched] == [(artifact, 4)]
    found = {one.check: one for one in stated(store, artifact).values()}
    assert {name: (one.status, one.severity) for name, one in found.items()} == {
        "not_null": ("passed", "error"),
        "accepted_values": ("failed", "error"),
        "unique": ("failed", "warn"),
        "assert_ages": ("error", "error"),
    }
    assert (found["accepted_values"].column, found["accepted_values"].offending) == ("sex", 3)


def test_dbt_build_is_about_the_table_that_programs_have_read(store, client):
    address = "duckdb:///data/flights.duckdb#cheap"
    digest = of_bytes(address.encode())
    table = ArtifactRecorded(
        artifact=digest,
        kind="data",
        digest=digest,
        format="duckdb",
        label="cheap",
        by_reference=True,
    )
    store.append([table, LocationSeen(artifact=digest, uri=address, mode="read")])
    answer = taken(client, "dbt_1_10_build.json", second="dbt_1_10_manifest.json")
    (matched,) = answer.matched
    assert (matched.artifact, matched.how, matched.results) == (digest, "by its table", 5)
    # Unit tests are of rows that somebody made up.
    assert [(one.words, one.results) for one in answer.unmatched] == [("flights.main.bookings", 1)]
    assert taken(client, "dbt_1_10_build.json", data=address).matched[0].artifact == digest


def test_dbt_tests_without_their_manifest_are_told_to_be_of_nothing_known(client, artifact):
    answer = taken(client, "dbt_run_results.json")
    assert answer.matched == []
    assert sum(one.results for one in answer.unmatched) == 4
    assert "--data" in answer.unmatched[0].why


@pytest.mark.parametrize(
    ("name", "second"), [(GREAT, None), ("dbt_run_results.json", "dbt_manifest.json")]
)
def test_taking_over_again_adds_nothing(store, client, artifact, name, second):
    taken(client, name, second=second)
    before = store.head().size
    again = taken(client, name, second=second)
    assert store.head().size == before
    assert (again.matched[0].new, again.incidents) == (0, [])
    assert "all of which were known" in again.verdict


def test_a_severe_failure_opens_an_incident(store, client, artifact):
    answer = taken(client, GREAT)
    assert [one.id for one in answer.incidents] == [
        "great_expectations:expect_column_values_to_not_be_null:age"
    ]
    assert len(INCIDENT.latest(store.statements, ["data:people"])) == 1


@pytest.mark.parametrize(
    ("name", "second"),
    [(GREAT, None), (OLD, None), ("pandera_records.json", None), ("pandera_message.json", None)],
)
def test_no_value_of_anybodys_row_is_kept(store, client, artifact, name, second):
    def edit(text):
        if "message" in name:
            return text.replace("999.0", "jane@doe.example")
        return text.replace("999.0", '"jane@doe.example"').replace('"X"', '"jane@doe.example"')

    taken(client, name, data="data:people", edit=edit)
    kept = b"".join(event.body for event in store.events())
    assert b"jane@doe" not in kept


def test_when_the_tool_looked_decides_which_version_it_saw(store, client, artifact, tmp_path):
    later = version(store, tmp_path, people(70, seed=2))

    def edit(text):
        return text.replace("2026-11-26T", "2126-11-26T")

    assert taken(client, GREAT, edit=edit).matched[0].artifact == later
    past = taken(client, GREAT, edit=lambda text: text.replace("2026-11-26T", "2016-11-26T"))
    assert (past.matched, past.unmatched[0].words) == ([], "/data/a.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "in a form that is known"),
        ('{"results": [], "other": 1}', "in a form that is known"),
        ('{"SCHEMA": [1]}', "looks like results of pandera"),
        ('{"columns": ["check"], "data": [[1, 2]]}', "in a form that is known"),
        ('{"success": true, "validation_results": [{"expectations": [{}]}]}', "Great Expectations"),
        ('{"checks": [{}], "metrics": [], "scanStartTimestamp": ""}', "looks like results of Soda"),
    ],
)
def test_other_files_are_refused_in_one_sentence(client, artifact, text, words):
    with pytest.raises(Unreadable, match=r"odd\.json") as error:
        client.call(QualityImportRequest(text=text, name="odd.json"))
    assert words in error.value.message
