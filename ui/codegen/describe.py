"""Prints the form of what the server serves (OpenAPI), without prose and repetition.

Operations are asked by POST alone, and all fail in one form, so that the client knows it once.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from forebear.server.app import description

_PROSE: Final = ("description", "summary", "title")


def bare(value: Any) -> Any:
    """Return a value of JSON without its prose; a field of a schema may have such a name too."""
    if isinstance(value, dict):
        return {
            key: bare(one)
            for key, one in value.items()
            if not (key in _PROSE and isinstance(one, str))
        }
    return [bare(one) for one in value] if isinstance(value, list) else value


def once(path: dict[str, Any]) -> dict[str, Any]:
    """Return an address with one method, and of its answers the good one."""
    method, spec = ("post", path["post"]) if "post" in path else next(iter(path.items()))
    good = {code: answer for code, answer in spec.get("responses", {}).items() if code < "300"}
    return {method: {**spec, "responses": good}}


told = bare(description())
told["paths"] = {path: once(methods) for path, methods in told["paths"].items()}
told["info"] = {"title": "forebear", "version": "1"}
json.dump(told, sys.stdout, sort_keys=True)
