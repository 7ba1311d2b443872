"""A report on one thing, in a file that opens with no server and loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from msgspec import Struct

from forebear.client.asking import Asking
from forebear.client.audit_text import audit_lines
from forebear.client.drawing import drawn
from forebear.client.formats import safe
from forebear.client.lines import Line, as_html
from forebear.client.render import impact_lines, trace_lines
from forebear.client.show_text import show_lines
from forebear.client.timeline_text import timeline_lines
from forebear.core.policies import RulesFile
from forebear.ops.audit import AuditRequest, AuditResponse
from forebear.ops.impact import ImpactRequest, ImpactResponse
from forebear.ops.lineage import TraceRequest, TraceResponse
from forebear.ops.show import ArtifactView, NameView, RunView, ShowRequest
from forebear.ops.table import Target
from forebear.ops.timeline import TimelineRequest, TimelineResponse

__all__ = ["Report", "asked_about", "page"]

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1c2128;--paper:#fff;--soft:#57606a;--line:#d0d7de}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#12161c;--soft:#9aa4af;--line:#343b45}}
body{margin:0 auto;padding:2rem 1.25rem;max-width:72rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.soft{color:var(--soft)}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:6px;padding:8px}
pre{font:13px/1.45 ui-monospace,monospace;overflow-x:auto;margin:.5rem 0}
summary{cursor:pointer;color:var(--soft)}
@media print{:root{--ink:#000;--paper:#fff}body{padding:0;max-width:none}pre{white-space:pre-wrap}}
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


class Report(Struct, frozen=True, kw_only=True):
    """The answers that a report is made of."""

    view: ArtifactView | RunView | NameView
    trace: TraceResponse
    impact: ImpactResponse
    audit: AuditResponse | None = None
    """Of a model, its newest version where a name is asked about."""
    life: TimelineResponse | None = None


def asked_about(
    client: Asking, ref: str, *, rules: RulesFile | None = None, as_of: str | None = None
) -> Report:
    """Ask a store all that a report on something tells."""
    target = Target(ref=ref)
    view = client.call(ShowRequest(target=target, as_of=as_of))
    name, version = _model(view)
    of_model = Target(ref=f"model:{name}:{version}")
    return Report(
        view=view,
        trace=client.call(TraceRequest(target=target, as_of=as_of)),
        impact=client.call(ImpactRequest(target=target, as_of=as_of)),
        audit=client.call(AuditRequest(target=of_model, rules=rules, as_of=as_of))
        if name
        else None,
        life=client.call(TimelineRequest(name=name, as_of=as_of)) if name else None,
    )


def _model(view: ArtifactView | RunView | NameView) -> tuple[str | None, int | None]:
    """Return the version of a model that a view is of, if it is of one."""
    if isinstance(view, RunView):
        return None, None
    rows = view.versions
    row = next((one for one in rows if one.kind == "model"), None)
    return (row.name, row.version) if row is not None else (None, None)


def page(report: Report, *, made: str) -> str:
    """Return a report as HTML; `made` says when and of what it was made."""
    title = f"Lineage of {report.view.title}"
    parts = "".join(_parts(report))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{_text(title)}</h1><p class="soft">{_text(made)}</p>{parts}</body></html>\n'
    )


def _parts(report: Report) -> Iterator[str]:
    picture = drawn(report.trace)
    yield f"<p>{_text(report.trace.verdict)}</p>"
    yield "<h2>Where it came from</h2>"
    if picture:
        yield f'<div class="wide">{picture}</div>'
    yield _folded("As a tree", trace_lines(report.trace), open=not picture)
    yield _part("What it reaches", impact_lines(report.impact))
    if report.audit is not None:
        yield _part("How it stands", audit_lines(report.audit))
    yield _part("What is known of it", show_lines(report.view, history=True))
    if report.life is not None:
        yield _part("Its life", timeline_lines(report.life))


def _part(title: str, lines: list[Line]) -> str:
    return f"<h2>{title}</h2>{as_html(lines)}"


def _folded(title: str, lines: list[Line], *, open: bool) -> str:
    said = " open" if open else ""
    return f"<details{said}><summary>{title}</summary>{as_html(lines)}</details>"


def _text(text: str) -> str:
    return escape(safe(text))
