import pandas as pd
import pytest

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")

from capture.integrations.recording import recording  # noqa: E402
from forebear.core.digest import of_bytes  # noqa: E402
from forebear.core.events import LocationSeen  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BODY = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * 2) for i in range(20))


@pytest.fixture(autouse=True)
def bucket(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with moto.mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="raw")
        client.put_object(Bucket="raw", Key="in/data.csv", Body=BODY)
        yield


def downloaded():
    boto3.client("s3", region_name="us-east-1").download_file("raw", "in/data.csv", "local.csv")
    return pd.read_csv("local.csv")


def read():
    found = boto3.client("s3", region_name="us-east-1").get_object(Bucket="raw", Key="in/data.csv")
    return pd.read_csv(found["Body"])


def by_resource():
    boto3.resource("s3", region_name="us-east-1").Bucket("raw").download_file(
        "in/data.csv", "local.csv"
    )
    return pd.read_csv("local.csv")


@pytest.mark.parametrize("get", [downloaded, by_resource])
def test_an_object_that_is_downloaded_leads_to_its_address(tmp_path, get):
    with recording(tmp_path) as record:
        frame = get()
        frame.to_parquet("out.parquet")
    assert len(frame) == 20
    uris = {event.uri for event in record.of(LocationSeen) if event.artifact == of_bytes(BODY)}
    assert "s3://raw/in/data.csv" in uris
    saved = record.by_label("out.parquet")
    assert record.ancestors(saved.artifact) & {"data.csv", "local.csv"}
    assert record.gaps == []
    assert record.inferred() == []


def test_an_object_that_is_read_is_known_by_its_content(tmp_path):
    with recording(tmp_path) as record:
        frame = read()
        boto3.client("s3", region_name="us-east-1").list_buckets()
    assert len(frame) == 20
    found = record.artifacts[of_bytes(BODY)]
    assert found.label == "data.csv"
    assert found.attrs["etag"]


def test_a_file_that_is_uploaded_is_the_same_content_elsewhere(tmp_path):
    with recording(tmp_path) as record:
        pd.DataFrame({"a": [1, 2]}).to_csv("new.csv")
        client = boto3.client("s3", region_name="us-east-1")
        client.upload_file("new.csv", "raw", "out/new.csv")
    artifact = record.by_label("new.csv").artifact
    modes = {e.uri: e.mode for e in record.of(LocationSeen) if e.artifact == artifact}
    assert modes["s3://raw/out/new.csv"] == "copy"


def test_undo_leaves_boto3_as_it_was(tmp_path):
    from boto3.s3 import inject
    from botocore.client import BaseClient

    before = dict(vars(BaseClient)), inject.download_file
    with recording(tmp_path):
        assert inject.download_file is not before[1]
    assert (dict(vars(BaseClient)), inject.download_file) == before
