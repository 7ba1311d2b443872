"""The rules of a served store are the server's own, and where they lie is nobody's business."""

from __future__ import annotations

import httpx
import pytest

from serving import asked


@pytest.fixture
def told(store, tmp_path):
    def ask(content: bytes) -> httpx.Response:
        (tmp_path / "forebear.toml").write_bytes(content)
        with asked(store) as http:
            return http.post("/api/v1/policy-show", json={})

    return ask


def test_they_are_called_by_their_name_alone(told, tmp_path):
    answer = told(b"[policy.production]\nowner = true\n")
    assert answer.json()["source"] == "forebear.toml"
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize("content", [b"\xff", b"[policy.production]\nowners = true\n"])
def test_what_is_wrong_with_them_is_said_without_the_place(told, tmp_path, content):
    answer = told(content)
    assert answer.status_code == 400
    assert "forebear.toml" in answer.json()["detail"]
    assert str(tmp_path) not in answer.text
