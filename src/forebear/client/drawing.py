"""Lineage as a drawing (SVG): no script, no widget, nothing that is loaded from elsewhere.

Pointing at a thing dims what it is not tied to, by styles alone. Nothing that a store holds is
ever markup: all text is escaped where it is put in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from forebear.analysis.condensed import Arrow, condensed, nearest
from forebear.analysis.layers import Layout, layered
from forebear.analysis.verdict import called, counted
from forebear.client.formats import safe
from forebear.core.entities import Node
from forebear.ops.graph import as_core
from forebear.ops.lineage import TraceResponse

__all__ = ["drawn"]

_MOST: Final = 80
_WIDTH, _HEIGHT, _GAP, _STEP, _EDGE = 168, 40, 64, 54, 12
_LONGEST: Final = 22
_COLOURS: Final = {"model": "#8b5cf6", "data": "#2f7bd9", "run": "#7a828c", "file": "#4b9a8a"}
_DASHES: Final = {"verified": "", "observed": "", "declared": "6 4", "inferred": "2 4"}
_STYLE: Final = """
.ID text{font:12px system-ui,sans-serif;fill:currentColor}
.ID .s{font-size:10px;opacity:.75}
.ID rect{fill-opacity:.12;stroke-width:1.2}
.ID .r rect{stroke-width:2.6}
.ID path{fill:none;stroke:currentColor;stroke-opacity:.45;stroke-width:1.2}
.ID g,.ID path{transition:opacity .12s}
"""


def drawn(answer: TraceResponse) -> str:
    """Return where a thing came from as one `<svg>` element; empty where there is nothing to draw.

    Programs are drawn as one thing. Of more than 80 things the nearest are drawn, and how many
    are not is said.
    """
    names = {run.id: run for run in answer.runs}
    known, edges = as_core(answer)
    nodes, arrows = condensed(known, edges, answer.roots)
    near = nearest(answer.roots, arrows, _MOST)
    shown = [id for id in nodes if id in near]
    if len(shown) < 2:
        return ""
    arrows = [one for one in arrows if one.source in near and one.target in near]
    layout = layered(shown, [(one.source, one.target) for one in arrows])
    titles = {id: names[id].name if id in names else called(nodes[id]) for id in shown}
    number = {id: place for place, id in enumerate(shown)}
    mark = "fb" + hashlib.sha256("".join(shown).encode()).hexdigest()[:8]
    width, height = _size(layout)
    left_out = len(nodes) - len(shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{mark}" role="img"'
        f' aria-label="{_text(answer.verdict)}" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"'
        # It shrinks to fit as long as it can be read, and is scrolled sideways beyond that.
        f' style="max-width:100%;min-width:{width * 2 // 3}px;height:auto">',
        f"<style>{_styles(mark, len(shown))}</style>",
        *_arrows(arrows, layout, number),
        *(
            _box(nodes[id], titles[id], layout.places[id], number[id], root=id in answer.roots)
            for id in shown
        ),
        f'<text x="{_EDGE}" y="{height - 6}" class="s">and {counted(left_out, "thing")} further'
        " away</text>"
        if left_out
        else "",
        "</svg>",
    ]
    return "".join(parts)


def _size(layout: Layout) -> tuple[int, int]:
    points = [*layout.places.values(), *(point for some in layout.bends.values() for point in some)]
    x, y = max(point[0] for point in points), max(point[1] for point in points)
    return x * (_WIDTH + _GAP) + _WIDTH + 2 * _EDGE, round(y * _STEP) + _HEIGHT + 2 * _EDGE + 8


def _styles(mark: str, count: int) -> str:
    hints = (
        f".{mark}:has(.n{i}:hover) :is(path,g):not(.n{i},.t{i}){{opacity:.15}}"
        for i in range(count)
    )
    return _STYLE.replace("ID", mark) + "".join(hints)


def _at(place: tuple[int, float]) -> tuple[float, float]:
    return _EDGE + place[0] * (_WIDTH + _GAP), _EDGE + place[1] * _STEP


def _arrows(arrows: Sequence[Arrow], layout: Layout, number: Mapping[str, int]) -> Iterator[str]:
    for one in arrows:
        x, y = _at(layout.places[one.source])
        end_x, end_y = _at(layout.places[one.target])
        points = [(x + _WIDTH, y + _HEIGHT / 2)]
        for bend in layout.bends[one.source, one.target]:
            bend_x, bend_y = _at(bend)
            points += [(bend_x, bend_y + _HEIGHT / 2), (bend_x + _WIDTH, bend_y + _HEIGHT / 2)]
        points.append((end_x, end_y + _HEIGHT / 2))
        dash = _DASHES[one.evidence]
        yield (
            f'<path class="t{number[one.source]} t{number[one.target]}" d="{_curve(points)}"'
            f"{f' stroke-dasharray={chr(34)}{dash}{chr(34)}' if dash else ''}>"
            f"<title>{_text(', '.join(one.roles) or 'leads to')}, {one.evidence}</title></path>"
        )


def _curve(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    said = [f"M{x:.0f},{y:.0f}"]
    for to_x, to_y in rest:
        half = (x + to_x) / 2
        said.append(f"C{half:.0f},{y:.0f} {half:.0f},{to_y:.0f} {to_x:.0f},{to_y:.0f}")
        x, y = to_x, to_y
    return "".join(said)


def _box(node: Node, title: str, place: tuple[int, float], number: int, *, root: bool) -> str:
    x, y = _at(place)
    colour = _COLOURS.get("run" if node.type == "run" else node.kind, _COLOURS["file"])
    short = title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"
    return (
        f'<g class="n{number}{" r" if root else ""}"><title>{_text(_about(node, title))}</title>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"'
        f' fill="{colour}" stroke="{colour}"/>'
        f'<text x="{x + 10:.0f}" y="{y + 17:.0f}">{_text(short)}</text>'
        f'<text x="{x + 10:.0f}" y="{y + 31:.0f}" class="s">{_text(_below(node))}</text></g>'
    )


def _below(node: Node) -> str:
    shape = f", {node.rows:,} × {node.columns:,}" if node.rows and node.columns else ""
    return f"{node.kind}{shape}"


def _about(node: Node, title: str) -> str:
    more = [node.kind, node.digest or "", node.label if node.label != title else ""]
    return "\n".join([title, *(one for one in more if one)])


def _text(text: str) -> str:
    return escape(safe(text))
