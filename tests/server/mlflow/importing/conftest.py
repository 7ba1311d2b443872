"""What MLflow itself has recorded (tests/data/mlflow), put where a test has its files."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from forebear.server.mlflow.importing.importer import import_mlflow

DATA = Path(__file__).parents[3] / "data" / "mlflow"


@pytest.fixture
def there(tmp_path):
    """A folder with MLflow's database and artifacts, and `mlruns` beside them."""
    folder = tmp_path / "there"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("make.py", "database.sql"))
    text = (DATA / "database.sql").read_text().replace("{HERE}", str(folder))
    with sqlite3.connect(folder / "mlflow.db") as link:
        link.executescript(text)
    link.close()
    for file in (folder / "mlruns").rglob("*"):
        if file.is_file() and file.suffix != ".bin":
            file.write_text(file.read_text().replace("{HERE}", str(folder)))
    return folder


@pytest.fixture
def database(there):
    """Change the database: `database("UPDATE …")`."""

    def changed(*statements):
        with sqlite3.connect(there / "mlflow.db") as link:
            for one in statements:
                link.execute(one)
        link.close()

    return changed


@pytest.fixture
def imported(store, there):
    """Import one of the two, from there, as MLflow left it or as a test changed it."""

    def done(of="mlflow.db", **more):
        return import_mlflow(
            store, str(there / of), by="ada", **{"artifacts": [there / "artifacts"], **more}
        )

    return done


@pytest.fixture
def run_id(there):
    with sqlite3.connect(there / "mlflow.db") as link:
        (found,) = link.execute("SELECT run_uuid FROM runs WHERE name = 'train'").fetchone()
    link.close()
    return found
