"""A table that programs open and that producers of OpenLineage tell of is one thing."""

import sqlite3
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest

from forebear.capture.asking import address
from forebear.capture.integrations import sql_, warehouses_
from forebear.capture.patching import Patches
from forebear.core.addresses import canonical
from forebear.core.events import LocationSeen
from forebear.core.warehouses import written
from forebear.exchange.openlineage.naming import dataset_key, key_of_uri, uri_of

from .recording import recording

PAIRS = [
    # what a program opens, what its SQL says, what OpenLineage says, the one address
    ("postgresql+psycopg://me:p@DB.acme.org/shop", "orders",
     "postgres://db.acme.org:5432", "shop.public.orders",
     "postgresql://db.acme.org:5432/shop#orders"),
    ("postgresql://me:p@[::1]:5433/shop", "orders", "postgres://[::1]:5433", "shop.public.orders",
     "postgresql://[::1]:5433/shop#orders"),
    ("postgresql://me:p@db/shop", "raw.Orders", "postgres://db", "shop.raw.Orders",
     "postgresql://db:5432/shop#raw.Orders"),
    ("redshift+redshift_connector://u:p@c1.ab12.eu-west-1.redshift.amazonaws.com:5439/dev",
     "Orders", "redshift://c1.eu-west-1:5439", "dev.public.orders",
     "redshift://c1.eu-west-1:5439/dev#orders"),
    ("postgresql://u:p@c1.ab12.eu-west-1.redshift.amazonaws.com:5439/dev", "s.orders",
     "redshift://c1.ab12.eu-west-1.redshift.amazonaws.com:5439", "dev.s.orders",
     "redshift://c1.eu-west-1:5439/dev#s.orders"),
    ("snowflake://me:p@org-acc/shop/raw?warehouse=w", "orders",
     "snowflake://ORG-ACC", "SHOP.RAW.ORDERS", "snowflake://org-acc/SHOP#RAW.ORDERS"),
    ("snowflake://me:p@org-acc/shop", "public.orders",
     "snowflake://org-acc", "shop.public.orders", "snowflake://org-acc/SHOP#ORDERS"),
    ("snowflake://me:p@xy1.eu-west-1/", "db.s.t", "snowflake://xy1.eu-west-1.aws", "DB.S.T",
     "snowflake://xy1.eu-west-1.aws/DB#S.T"),
    ("bigquery://acme/raw", "orders", "bigquery", "acme.raw.orders", "bigquery://acme#raw.orders"),
    ("bigquery://", "acme.raw.Orders", "bigquery://", "acme.raw.Orders",
     "bigquery://acme#raw.Orders"),
    ("trino://me@Trino.acme.org:443/Lake/Raw", "Orders",
     "trino://trino.acme.org:443", "lake.raw.orders", "trino://trino.acme.org:443/lake#raw.orders"),
    ("awsathena+rest://:@athena.eu-west-1.amazonaws.com:443/raw?s3_staging_dir=s3://x", "orders",
     "awsathena://athena.eu-west-1.amazonaws.com", "AwsDataCatalog.raw.orders",
     "awsathena://athena.eu-west-1.amazonaws.com/awsdatacatalog#raw.orders"),
    ("databricks://token:x@adb-1.2.azuredatabricks.net:443?http_path=/s&catalog=ml&schema=raw",
     "Orders", "unitycatalog://adb-1.2.azuredatabricks.net", "ml.raw.orders",
     "databricks://adb-1.2.azuredatabricks.net/ml#raw.orders"),
    ("databricks://token:x@adb-1.2.azuredatabricks.net", "ml.raw.orders",
     "databricks://adb-1.2.azuredatabricks.net", "ml.raw.orders",
     "databricks://adb-1.2.azuredatabricks.net/ml#raw.orders"),
    ("mssql+pyodbc://u:p@Db.acme.org/Shop", "Orders",
     "mssql://db.acme.org:1433", "Shop.dbo.Orders", "mssql://db.acme.org:1433/shop#orders"),
    ("mssql+pyodbc:///?odbc_connect=Server%3Dtcp%3Adb.acme.org%2C1433%3BDatabase%3Dshop",
     "raw.orders", "sqlserver://db.acme.org:1433", "shop.raw.orders",
     "mssql://db.acme.org:1433/shop#raw.orders"),
    ("mysql+pymysql://u:p@db/shop", "orders", "mysql://db:3306", "shop.orders",
     "mysql://db:3306/shop#orders"),
    ("mariadb://u:p@db/shop", "other.Orders", "mysql://db", "other.Orders",
     "mysql://db:3306/other#Orders"),
    ("oracle+oracledb://u:p@db:1521/?service_name=xe", "sales.orders",
     "oracle://db:1521", "XE.SALES.ORDERS", "oracle://db:1521/XE#SALES.ORDERS"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "table", "namespace", "name", "uri"), PAIRS)
def test_a_table_has_one_address_whoever_tells_of_it(url, table, namespace, name, uri):
    assert address(sql_._by_url(url).uri, table) == uri
    key = dataset_key(namespace, name)
    assert uri_of(key) == uri
    assert key_of_uri(uri) == key
    assert dataset_key(key.namespace, key.name) == key
    assert written(uri) == uri


@pytest.mark.parametrize(
    ("seen", "namespace", "name", "uri"),
    [
        ("s3a://lake/raw/a.csv", "s3://lake", "raw/a.csv", "s3://lake/raw/a.csv"),
        ("gcs://lake/a.csv", "gs://lake", "a.csv", "gs://lake/a.csv"),
        (
            "abfs://raw@acme.dfs.core.windows.net/a.csv",
            "abfss://raw@acme.dfs.core.windows.net",
            "/a.csv",
            "abfss://raw@acme.dfs.core.windows.net/a.csv",
        ),
        (
            "abfss://raw@acme.dfs.core.windows.net/a.csv",
            "wasbs://raw@acme.blob.core.windows.net",
            "a.csv",
            "abfss://raw@acme.dfs.core.windows.net/a.csv",
        ),
        ("hdfs://nn:8020/a.csv", "hdfs://nn:8020", "/a.csv", "hdfs://nn:8020/a.csv"),
        ("dbfs://ws/a.csv", "dbfs://ws", "/a.csv", "dbfs://ws/a.csv"),
        ("/data/a.csv", "file", "/data/a.csv", "/data/a.csv"),
    ],
)
def test_a_file_has_one_address_whoever_tells_of_it(seen, namespace, name, uri):
    assert canonical(seen) == uri
    assert uri_of(dataset_key(namespace, name)) == uri


def test_tables_that_differ_are_two():
    keys = [
        ("postgres://db:5432", "shop.public.Orders"),
        ("postgres://db:5432", "shop.public.orders"),
        ("postgres://db:5433", "shop.public.orders"),
        ("mysql://db:3306", "shop.Orders"),
        ("mysql://db:3306", "shop.orders"),
        ("bigquery", "acme.raw.Orders"),
        ("bigquery", "acme.raw.orders"),
        ("redshift://c1.eu-west-1:5439", "shop.public.orders"),
        ("arn:aws:glue:eu-west-1:123", "table/raw/orders"),
    ]
    assert len({uri_of(dataset_key(*key)) for key in keys}) == len(keys)
    for key in keys:
        assert key_of_uri(uri_of(dataset_key(*key))) == dataset_key(*key)


def test_postgresql_reads_names_without_quotes_in_small_letters():
    found = sql_.asked(None, 'SELECT * FROM Raw.Orders JOIN "Users" USING (id)', "postgres",
                       lambda name: None)  # fmt: skip
    assert found.gaps == [
        "What is in the table raw.orders was not seen.",
        "What is in the table Users was not seen.",
    ]


@pytest.mark.parametrize(
    ("package", "told", "uri"),
    [
        (
            "pymysql.connections",
            {"host": "db", "port": 3306, "db": b"shop"},
            "mysql://db:3306/shop",
        ),
        (
            "mysql.connector.connection",
            {"server_host": "db", "server_port": 3307, "database": "shop"},
            "mysql://db:3307/shop",
        ),
        (
            "trino.dbapi",
            {"host": "t", "port": 8080, "catalog": "lake", "schema": "raw"},
            "trino://t:8080/lake/raw",
        ),
        (
            "pyathena.connection",
            {"region_name": "eu-west-1", "catalog_name": "AwsDataCatalog", "schema_name": "raw"},
            "awsathena://athena.eu-west-1.amazonaws.com/AwsDataCatalog/raw",
        ),
        (
            "psycopg",
            {"info": SimpleNamespace(host="/var/run/postgresql", port=5432, dbname="shop")},
            "postgresql://localhost:5432/shop",
        ),
    ],
)
def test_a_connection_of_a_driver_tells_its_database(package, told, uri):
    connection = type("Connection", (), {"__module__": package, **told})()
    assert sql_._of_driver(connection).uri == uri


class SnowflakeConnection:
    """What snowflake.connector shows of a connection, over SQLite."""

    __module__ = "snowflake.connector.connection"
    host = "ORG-ACC.snowflakecomputing.com"
    database, schema = "SHOP", "PUBLIC"

    def __init__(self):
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute("CREATE TABLE orders (id INTEGER)")
        self._rows.executemany("INSERT INTO orders VALUES (?)", [(1,), (2,), (3,)])

    def cursor(self):
        return self._rows.cursor()

    def close(self):
        self._rows.close()


def test_what_pandas_reads_through_a_driver_is_the_table_of_the_warehouse(tmp_path):
    connection = SnowflakeConnection()
    with recording(tmp_path) as record, pytest.warns(UserWarning, match="SQLAlchemy"):
        pd.read_sql("SELECT id FROM orders", connection)
    connection.close()
    seen = [event.uri for event in record.events if isinstance(event, LocationSeen)]
    assert "snowflake://org-acc/SHOP#ORDERS" in seen
    assert record.used(record.step("pandas.read_sql")) == [("orders", "input")]


def client_of_bigquery(frame):
    """What google-cloud-bigquery shows of a job, its rows, and the rows of a table."""

    class Rows:
        default_dataset = None

        def __init__(self, query=None, table=None, dataset=None):
            self.query, self._table, self.project = query, table, "acme"
            if dataset is not None:
                self.default_dataset = SimpleNamespace(project="lake", dataset_id=dataset)

        def to_dataframe(self):
            return frame.copy()

    class Job(Rows):
        def to_dataframe(self):
            return Rows(self.query).to_dataframe()

    jobs, rows = ModuleType("google.cloud.bigquery.job.query"), ModuleType("table")
    jobs.QueryJob, rows.RowIterator = Job, Rows
    return jobs, rows


def test_what_the_client_of_bigquery_gives_is_the_table_of_the_warehouse(tmp_path):
    frame = pd.DataFrame({"id": [1, 2, 3]})
    jobs, rows = client_of_bigquery(frame)
    patches = Patches()
    warehouses_.patch_jobs(patches, jobs)
    warehouses_.patch_rows(patches, rows)
    table = SimpleNamespace(project="acme", dataset_id="raw", table_id="events")
    with recording(tmp_path) as record:
        found = jobs.QueryJob("SELECT id FROM `acme.raw.orders`").to_dataframe()
        jobs.QueryJob("SELECT id FROM orders", dataset="raw").to_dataframe()
        rows.RowIterator(table=table).to_dataframe()
    patches.undo()
    pd.testing.assert_frame_equal(found, frame)
    seen = [event.uri for event in record.events if isinstance(event, LocationSeen)]
    assert seen == [
        "bigquery://acme#raw.orders",
        "bigquery://lake#raw.orders",
        "bigquery://acme#raw.events",
    ]
    assert [step.name for step in record.steps] == ["bigquery.to_dataframe"] * 3
    assert uri_of(dataset_key("bigquery", "acme.raw.orders")) == seen[0]


def test_what_a_cursor_of_snowflake_fetches_is_the_table_of_the_warehouse(tmp_path):
    class Base:
        query = "SELECT id FROM raw.orders"

        def __init__(self, connection):
            self.connection = connection

        def fetch_pandas_all(self):
            return pd.DataFrame({"id": [1, 2, 3]})

    module = ModuleType("snowflake.connector.cursor")
    module.SnowflakeCursor = type("SnowflakeCursor", (Base,), {})
    patches = Patches()
    warehouses_.patch_snowflake(patches, module)
    connection = SnowflakeConnection()
    with recording(tmp_path) as record:
        module.SnowflakeCursor(connection).fetch_pandas_all()
    patches.undo()
    connection.close()
    seen = [event.uri for event in record.events if isinstance(event, LocationSeen)]
    assert seen == ["snowflake://org-acc/SHOP#RAW.ORDERS"]
    assert record.used(record.step("snowflake.fetch_pandas_all")) == [("raw.orders", "input")]
