"""What was stated of a thing, as lines."""

from __future__ import annotations

from typing import Any

from forebear.client.formats import span
from forebear.client.lines import Line, line, paragraph
from forebear.ops.describing import StatedFact, StatedResponse

__all__ = ["stated_lines"]


def stated_lines(answer: StatedResponse) -> list[Line]:
    """Return one line for each fact: what holds now, and what was said before."""
    return [one for fact in answer.facts for one in _fact(answer, fact)]


def _fact(answer: StatedResponse, fact: StatedFact) -> list[Line]:
    topic, title = answer.topic, answer.title
    what = f"{topic} {fact.key}".strip()
    if fact.value is None:
        return [line(f"{title}: {what} is taken back.")]
    said = _words(topic, fact.key, fact.value)
    if not fact.changed:
        return [line(f"{title}: {said} already.")]
    before = f" (before: {_words(topic, fact.key, fact.before)})" if fact.before else ""
    return paragraph(f"{title}: {said}{before}.")


def _words(topic: str, key: str, value: dict[str, Any]) -> str:
    match topic:
        case "owner":
            return f"{value['who']} is {key}"
        case "tag":
            of = f" for {', '.join(value['columns'])}" if value.get("columns") else ""
            return f"tagged {key}{of}" + ("" if value.get("propagates", True) else ", this alone")
        case "licence":
            asks = ", ".join(value.get("terms", ())) or "nothing"
            return f"licence {value['spdx']}, which asks: {asks}"
        case "column":
            kind = value.get("sensitivity")
            words = {None: "", "none": "not sensitive"}.get(kind, kind)
            return f"column {key}: " + ", ".join(filter(None, [words, value.get("text")]))
        case "freshness":
            return f"a new version is expected every {span(value['every_seconds'])}"
        case "stop":
            return f"{key or 'everything'} stops here ({value.get('because', 'declared')})"
        case _:
            return str(value.get("text", value))
