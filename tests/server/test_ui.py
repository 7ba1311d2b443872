"""The pages: served under a policy that lets no text become markup, and said plainly if missing."""

import os
import re

import pytest

from forebear.server.apis import ui

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A folder in which the application is built, in little."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<meta name="forebear-nonce" content="" />')
    (folder / "assets" / "index-abc.js").write_text("export {}")
    (folder / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret").write_text("not served")
    monkeypatch.setattr(ui, "BUILT", folder)
    return folder


def test_browsers_are_sent_to_the_pages_and_programs_are_not(http):
    assert http.get("/", headers=BROWSER, follow_redirects=False).headers["location"] == "/ui/"
    assert http.get("/").status_code == 404
    for one in ("/mlflow/", "/mlflow/team/"):  # as MLflow's clients print it, before a #
        assert http.get(one, headers=BROWSER).url.path == "/ui/"
        assert http.get(one).status_code == 404
    assert http.get("/ui", follow_redirects=False).headers["location"] == "/ui/"


def test_every_address_that_is_no_file_is_a_page(built, http):
    for address in ("/ui/", "/ui/models/churn", "/ui/models/a%2Fb/7", "/ui/data/train.csv"):
        answer = http.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        assert "forebear-nonce" in answer.text


def test_pages_run_no_script_but_our_own(built, http):
    pages = [http.get("/ui/") for _ in range(2)]
    policies = [page.headers["content-security-policy"] for page in pages]
    nonces = [re.search(r'content="([^"]+)"', page.text)[1] for page in pages]
    assert nonces[0] != nonces[1]
    for policy, nonce in zip(policies, nonces, strict=True):
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_what_bears_its_digest_is_kept_for_ever(built, http):
    script = http.get("/ui/assets/index-abc.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert http.get("/ui/icon.svg").headers["cache-control"] == "no-cache"


def test_what_was_not_built_is_not_served(built, http):
    assert http.get("/ui/assets/gone.js").status_code == 404
    for address in ("/ui/..%2fsecret", "/ui/%2e%2e/secret", "/ui//etc/passwd"):
        assert "not served" not in http.get(address).text


def test_what_is_built_anew_is_served_at_once(built, http):
    assert http.get("/ui/assets/new.js").status_code == 404
    (built / "assets" / "new.js").write_text("export {}")
    os.utime(built / "index.html", ns=(1, 1))
    assert http.get("/ui/assets/new.js").status_code == 200


def test_without_a_build_the_page_says_how_to_make_one(tmp_path, monkeypatch, http):
    monkeypatch.setattr(ui, "BUILT", tmp_path / "nothing")
    answer = http.get("/ui/models")
    assert answer.status_code == 503
    assert "make ui" in answer.text
