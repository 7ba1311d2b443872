"""Accounts and workspaces over a store in PostgreSQL, as a team has it."""

from forebear.store import open_store
from server.access.house import House
from server.access.test_workspaces import Told


def test_accounts_workspaces_and_the_log(postgres, tmp_path):
    with open_store(postgres, create=True, blobs=tmp_path / "blobs") as store:
        told = Told(store, tmp_path)
        with House(store) as house:
            secret = house.setup_token()
            made = house.with_(None).call("account-setup", token=secret, name="ada")
            root = house.with_(made["token"])
            house.with_(None).call("account-setup", 401, token=secret, name="eve")
            root.call("account-add", name="bob")
            root.call("member-add", name="bob", role="contributor", workspace="b")
            bob = house.with_(root.call("token-add", account="bob")["token"])
            answer = bob.call("trace", target={"ref": told.predictions})
            assert answer["withheld"] == 1
            assert told.trained.file not in str(answer["nodes"])
            bob.call("trace", 404, target={"ref": "churn"})
            bob.call("name", target={"ref": told.predictions}, name="weekly")
            bob.call("alias", 404, name="churn", alias="best", version=1)
            closure = bob.call("closure", target={"ref": told.reader}, direction="up")
            whole = root.call("closure", target={"ref": told.reader}, direction="up")
            assert 0 < closure["count"] < whole["count"]
            assert {row.name for row in store.names("data")} >= {"weekly", "raw"}
            assert store.intakes.accounts([store.head().size]) == ["bob"]
            log = root.call("access-log", verify=True)
            assert log["verified"]
            assert "fault" not in log
            root.call("erase-identity", name="bob")
            assert bob.get("/api/v1/models").status_code == 401
        assert list(store.verify()) == []
