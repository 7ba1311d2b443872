"""What Marquez' web pages ask for, as they write it, and every field that they read of an answer.

The addresses are those of `web/src/store/requests`, the fields those of `web/src/types`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from forebear.server.openlineage import stats
from server.openlineage.telling import R1, R2, R3, data, event, samples

LAKE = "s3%3A%2F%2Flake"
FEATURES = f"namespaces/{LAKE}/datasets/features%2Fcustomer_v3"
ID = {"namespace", "name"}
NAMESPACE = {"name", "createdAt", "updatedAt", "ownerName", "description", "isHidden"}
DATASET = {
    "id", "type", "name", "physicalName", "createdAt", "updatedAt", "namespace", "sourceName",
    "fields", "tags", "lastModifiedAt", "description", "facets", "deleted", "columnLineage",
}  # fmt: skip
VERSION = {
    "id", "type", "createdByRun", "name", "physicalName", "createdAt", "version", "namespace",
    "sourceName", "fields", "tags", "lastModifiedAt", "description", "lifecycleState", "facets",
}  # fmt: skip
FIELD = {"name", "type", "tags", "description"}
RUN = {
    "id", "createdAt", "updatedAt", "nominalStartTime", "nominalEndTime", "state", "jobVersion",
    "startedAt", "endedAt", "durationMs", "args", "facets",
}  # fmt: skip
JOB = {
    "id", "type", "name", "createdAt", "updatedAt", "inputs", "outputs", "namespace", "location",
    "description", "latestRun", "latestRuns", "tags", "simpleName", "parentJobName",
    "parentJobUuid",
}  # fmt: skip
EVENT = {"eventType", "eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs"}
NODE = {"id", "type", "data", "inEdges", "outEdges"}
COLUMN = {
    "namespace", "dataset", "datasetVersion", "field", "fieldType", "transformationDescription",
    "transformationType", "inputFields",
}  # fmt: skip
HIT = {"name", "namespace", "nodeId", "type", "updatedAt"}
COUNTS = {"startInterval", "endInterval", "fail", "start", "complete", "abort"}
ASKED = {
    "namespaces": ({"namespaces"}, "namespaces", NAMESPACE),
    f"namespaces/{LAKE}/datasets?limit=20&offset=0": (
        {"datasets", "totalCount"}, "datasets", DATASET),
    FEATURES: (DATASET, "fields", FIELD),
    f"{FEATURES}/versions?limit=100&offset=0": ({"versions", "totalCount"}, "versions", VERSION),
    "namespaces/ml-prod/jobs?limit=25&offset=0": ({"jobs", "totalCount"}, "jobs", JOB),
    "jobs?limit=20&offset=0&lastRunStates=": ({"jobs", "totalCount"}, "jobs", JOB),
    "namespaces/ml-prod/jobs/churn_pipeline.train": (JOB, "inputs", ID),
    "namespaces/ml-prod/jobs/churn_pipeline.train/runs?limit=100&offset=0": (
        {"runs", "totalCount"}, "runs", RUN),
    "events/lineage?limit=100&before=&after=&offset=0&sortDirection=desc": (
        {"events", "totalCount"}, "events", EVENT),
    "lineage/?nodeId=dataset:s3://lake:features/customer_v3&depth=2": ({"graph"}, "graph", NODE),
    "lineage/?nodeId=job:ml-prod:churn_pipeline.train&depth=2": ({"graph"}, "graph", NODE),
    f"column-lineage?nodeId=dataset:{LAKE}:features%2Fcustomer_v3&depth=2&withDownstream=true": (
        {"graph"}, "graph", NODE),
    "search/?q=customer&sort=NAME&limit=100": ({"results", "totalCount"}, "results", HIT),
    "search/?q=customer&sort=UPDATE_AT&limit=100&filter=DATASET": (
        {"results", "totalCount"}, "results", HIT),
    "tags": ({"tags"}, "tags", {"name", "description"}),
}  # fmt: skip


@pytest.fixture
def asked(send, http):
    send(*samples("python_client"))

    def asked(path):
        answer = http.get(f"/marquez/api/v1/{path}", follow_redirects=False)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    return asked


def test_each_page_gets_each_field_that_it_reads(asked):
    for path, (whole, inside, parts) in ASKED.items():
        told = asked(path)
        assert whole <= set(told), path
        assert told[inside], path
        # Of what is no event of a run the page of events breaks; Marquez leaves it out too.
        assert all(parts <= set(one) for one in told[inside]), path


def test_what_lies_inside_has_its_fields_too(asked):
    node = "dataset:s3://lake:features/customer_v3"
    of = {one["id"]: one["data"] for one in asked(f"lineage/?nodeId={node}&depth=3")["graph"]}
    assert set(of[node]) >= DATASET - {"deleted", "columnLineage"}
    train = of["job:ml-prod:churn_pipeline.train"]
    assert set(train) >= JOB
    assert set(train["latestRun"]) >= RUN
    assert set(train["latestRun"]["jobVersion"]) == ID | {"version"}
    (version,) = asked(f"{FEATURES}/versions?limit=1&offset=0")["versions"]
    assert version["id"] == {
        "namespace": "s3://lake",
        "name": "features/customer_v3",
        "version": version["version"],
    }
    columns = asked(f"column-lineage?nodeId={node}&depth=2&withDownstream=true")["graph"]
    assert all(set(one["data"]) >= COLUMN for one in columns)
    made = next(one["data"]["inputFields"] for one in columns if one["data"]["inputFields"])
    assert set(made[0]) >= {"namespace", "dataset", "field"}
    for what in ("run", "job"):
        told = asked(f"jobs/runs/{train['latestRun']['id']}/facets?type={what}")
        assert told["runId"] == train["latestRun"]["id"]
        assert told["facets"]


def test_events_and_things_are_counted_by_hour_and_by_day(send, http):
    now = datetime.now(UTC)

    def at(moment, *given, **more):
        return event(*given, **more) | {"eventTime": moment.isoformat()}

    send(
        at(now, R1, "START", 1, job="today"),
        at(now, R1, "COMPLETE", 1, [data("a")], [data("b", namespace="x")], job="today"),
        at(now - timedelta(days=3), R2, "FAIL", 1, job="before"),
        at(now - timedelta(days=30), R3, "ABORT", 1, job="long ago"),
    )

    def figures(what, period, zone="UTC"):
        query = {"period": period, "timezone": zone}
        return http.get(f"/api/v1/stats/{what}", params=query).json()

    hours, days = figures("lineage-events", "DAY"), figures("lineage-events", "WEEK")
    assert (len(hours), len(days)) == (24, 7)
    assert all(set(one) == COUNTS for one in hours + days)
    assert sum(one["start"] + one["complete"] for one in hours) == 2
    assert [sum(one[state] for one in days) for state in ("start", "complete", "fail", "abort")] \
        == [1, 1, 1, 0]  # fmt: skip
    assert days[-1]["startInterval"] <= now.isoformat() < days[-1]["endInterval"]
    jobs = [one["count"] for one in figures("jobs", "WEEK")]
    assert (jobs[0], jobs[-1]) == (1, 3)
    assert figures("datasets", "DAY")[-1]["count"] == 2
    assert figures("sources", "DAY")[-1]["count"] == 2


def test_a_day_is_as_long_as_it_is_where_the_asker_lives():
    winter = datetime(2026, 10, 26, 12, tzinfo=UTC)
    spans = stats._spans({"period": "WEEK", "timezone": "Europe/Berlin"}, winter)
    lengths = [(end.astimezone(UTC) - start.astimezone(UTC)) for start, end in spans]
    assert lengths == [timedelta(hours=25 if n == 5 else 24) for n in range(7)]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("nothing", 404), ("jobs?period=YEAR", 400), ("jobs?period=WEEK&timezone=../etc", 400),
        ("jobs?period=WEEK&timezone=America", 400), ("jobs?period=WEEK&timezone=%00", 400),
    ],
)  # fmt: skip
def test_other_figures_are_refused(http, asked, status):
    answer = http.get(f"/api/v1/stats/{asked}")
    assert answer.status_code == status
    assert answer.json()["detail"]
