"""Answers that show themselves: as a tree in a prompt, as text in a notebook."""

from __future__ import annotations

from html import escape
from typing import Protocol, TypeVar

from msgspec.structs import asdict

from forebear.client.client import connect
from forebear.client.drawing import drawn
from forebear.client.formats import safe
from forebear.client.lines import Line, as_html, as_text
from forebear.client.render import impact_lines, path_lines, trace_lines
from forebear.client.show_text import show_lines
from forebear.ops.impact import ImpactResponse
from forebear.ops.lineage import PathResponse, TraceResponse
from forebear.ops.show import ArtifactView, NameView, RunView
from forebear.ops.table import Request

__all__ = [
    "Impact",
    "Path",
    "Shown",
    "ShownArtifact",
    "ShownName",
    "ShownRun",
    "Trace",
    "asked",
    "shown",
]

Answer = TypeVar("Answer")


class _Pretty(Protocol):
    def text(self, obj: str) -> None: ...


class Shown:
    """What shows itself as lines: in a prompt, and in a notebook."""

    __slots__ = ()

    def lines(self) -> list[Line]:
        """Return what is shown, line by line."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return as_text(self.lines())

    __str__ = __repr__

    def _repr_pretty_(self, printer: _Pretty, cycle: bool) -> None:
        printer.text("…" if cycle else repr(self))

    def _repr_html_(self) -> str:
        return as_html(self.lines())


class Trace(Shown, TraceResponse, kw_only=True, omit_defaults=True):
    """Where a thing came from."""

    def lines(self) -> list[Line]:
        """Return the verdict, the tree, and what was not seen."""
        return trace_lines(self)

    def _repr_html_(self) -> str:
        picture = drawn(self)
        if not picture:
            return super()._repr_html_()
        return (
            f"<p>{escape(safe(self.verdict))}</p><div style='overflow-x:auto'>{picture}</div>"
            f"<details><summary>As a tree</summary>{super()._repr_html_()}</details>"
        )


class Impact(Shown, ImpactResponse, kw_only=True, omit_defaults=True):
    """What a thing reaches."""

    def lines(self) -> list[Line]:
        """Return the verdict, and each thing reached with a way to it."""
        return impact_lines(self)


class Path(Shown, PathResponse, kw_only=True, omit_defaults=True):
    """How one thing leads to another."""

    def lines(self) -> list[Line]:
        """Return the verdict and the way, link by link."""
        return path_lines(self)


class ShownArtifact(
    Shown, ArtifactView, frozen=True, kw_only=True, tag_field="thing", tag="artifact"
):
    """Everything known of an artifact."""

    def lines(self) -> list[Line]:
        """Return all that is known, part by part."""
        return show_lines(self)


class ShownRun(Shown, RunView, frozen=True, kw_only=True, tag_field="thing", tag="run"):
    """Everything known of a run."""

    def lines(self) -> list[Line]:
        """Return all that is known, part by part."""
        return show_lines(self)


class ShownName(Shown, NameView, frozen=True, kw_only=True, tag_field="thing", tag="name"):
    """Everything known of a name."""

    def lines(self) -> list[Line]:
        """Return the versions, the aliases and their moves."""
        return show_lines(self, history=True)


def asked(request: Request[Answer], store: str | None) -> Answer:
    """Put one request to the store that is meant."""
    with connect(store) as client:
        return client.call(request)


def shown(view: ArtifactView | RunView | NameView) -> ShownArtifact | ShownRun | ShownName:
    """Return a view that shows itself."""
    if isinstance(view, ArtifactView):
        return ShownArtifact(**asdict(view))
    if isinstance(view, RunView):
        return ShownRun(**asdict(view))
    return ShownName(**asdict(view))
