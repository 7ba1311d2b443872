"""Answers as lines: a verdict first, then the tree or table, then what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forebear.analysis.verdict import called, comes_from, counted
from forebear.client.formats import (
    duration,
    figure,
    hex12,
    id_of_run,
    place,
    settings,
    shape,
    when,
)
from forebear.client.life_text import override_lines
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.tree_text import evidence_style, tree_lines
from forebear.core.rows import AliasRow
from forebear.ops.graph import Figure, GraphNode, RunFacts, as_core
from forebear.ops.impact import ImpactResponse, Reached
from forebear.ops.lineage import PathResponse, TraceResponse

__all__ = [
    "alias_lines",
    "became",
    "figures_lines",
    "gap_lines",
    "git_words",
    "impact_lines",
    "path_lines",
    "run_lines",
    "trace_lines",
]

_MOST_RUNS = 8
_MOST_FIGURES = 12


def trace_lines(answer: TraceResponse) -> list[Line]:
    """Return a trace: verdict, tree, runs, metrics, reproduction, what was not seen."""
    nodes = {node.id: node for node in answer.nodes}
    lines = [*paragraph(answer.verdict), *override_lines(answer.overrides), line()]
    lines += tree_lines(answer, answer.runs)
    if answer.metrics:
        lines += [*heading("Metrics"), *figures_lines(answer.metrics)]
    if answer.runs:
        lines += heading("Runs")
        for run in answer.runs[:_MOST_RUNS]:
            lines += run_lines(run, nodes)
        if len(answer.runs) > _MOST_RUNS:
            lines.append(line((f"  and {len(answer.runs) - _MOST_RUNS} more", "dim")))
    if answer.reproduction is not None:
        made = answer.reproduction
        lines += heading("Reproduced")
        lines += paragraph(
            f"{made.verdict}: {made.reason} ({when(made.at)}, {made.by})", indent="  "
        )
    return lines + gap_lines(answer.gaps, answer.omitted)


def impact_lines(answer: ImpactResponse) -> list[Line]:
    """Return an impact: verdict, then each model, deployment and consumer with a way to it."""
    core, _ = as_core(answer)
    names = {id: called(node) for id, node in core.items()}
    lines = paragraph(answer.verdict)
    for title, items in (
        ("Models", answer.models),
        ("Deployments", answer.deployments),
        ("Consumers", answer.consumers),
    ):
        if items:
            lines += heading(title)
        for item in items:
            lines += _reached(item, names)
    kinds = [node.kind for node in answer.nodes if node.type == "artifact" and node.depth]
    others = len(kinds) - kinds.count("model")
    steps = sum(1 for node in answer.nodes if node.type == "run")
    if answer.nodes[1:]:
        on_the_way = f"On the way: {counted(others, 'other artifact')}, {counted(steps, 'step')}."
        lines += [line(), line((on_the_way, "dim"))]
    return lines + gap_lines(answer.gaps, answer.omitted)


def path_lines(answer: PathResponse) -> list[Line]:
    """Return a path: verdict, then one line a step from cause to effect."""
    lines = paragraph(answer.verdict)
    if answer.found:
        lines.append(line())
        core, edges = as_core(answer)
        nodes = {node.id: node for node in answer.nodes}
        scripts = {run.id: run for run in answer.runs}
        ties = {edge.target: edge for edge in edges}
        for place_on_way, id in enumerate(answer.path):
            node, edge = core[id], ties.get(id)
            right = (edge.evidence, evidence_style(edge.evidence)) if edge else None
            mark = "" if place_on_way == 0 else "→ "
            if node.type == "run":
                whole = scripts.get(node.root or node.id)
                words = [node.where, f"(run {whole.name})" if whole else None]
                inside = "".join(f"  {word}" for word in words if word)
                role = f" as {edge.role}" if edge and edge.role not in {None, "input"} else ""
                text = f"  used{role} by {called(node)}"
                lines.append(line(mark + text.strip(), (inside, "dim"), right=right))
                continue
            spoken = ""
            if edge and edge.type == "generated":
                spoken = "made "
            if edge and edge.type == "derived":
                spoken = f"{became(edge.relation)} "
            told = nodes[id]
            facts = [shape(told.rows, told.columns), "" if told.in_memory else place(told.location)]
            about = "".join("  " + fact for fact in facts if fact and fact != called(node))
            lines.append(line(mark + spoken, (called(node), "name"), (about, "dim"), right=right))
    return lines + gap_lines(answer.gaps, answer.omitted)


def run_lines(run: RunFacts, nodes: Mapping[str, GraphNode]) -> list[Line]:
    """Return what is told once about an outermost run."""
    words = [id_of_run(run.id), when(run.started), duration(run.started, run.ended)]
    about = "".join("  " + word for word in words if word)
    style: Style = "bad" if run.status in {"failed", "lost"} else "dim"
    lines = [line("  ", (run.name, "name"), (about, "dim"), ("  " + run.status, style))]
    rows: list[tuple[str, str]] = []
    if run.error:
        rows.append(("error", run.error))
    if run.command:
        program = run.command[0].rsplit("/", 1)[-1]
        rows.append(("command", " ".join([program, *run.command[1:]])))
    rows += [("parameters", ", ".join(settings(run.params)))] if run.params else []
    rows += [("git", git)] if (git := git_words(run.attrs)) else []
    rows += [("code", text)] if (text := _code(run, nodes)) else []
    rows += [("environment", text)] if (text := _environment(run, nodes)) else []
    for name, text in rows:
        first, *rest = paragraph(text, indent=" " * 17, most=2) or [line()]
        lines.append(line((f"    {name:<13}", "dim"), first.left[0][0][17:] if first.left else ""))
        lines += rest
    return lines


def git_words(attrs: Mapping[str, Any]) -> str:
    """Return branch, commit and state of the working tree of a run, if it is known."""
    git = attrs.get("git")
    if not isinstance(git, Mapping) or not git.get("commit"):
        return ""
    dirty = ", with uncommitted changes" if git.get("dirty") else ""
    without = f", {git['untracked']} is not in it" if git.get("untracked") else ""
    return f"{git.get('branch') or ''} {str(git['commit'])[:10]}{dirty}{without}".strip()


def figures_lines(figures: Sequence[Figure]) -> list[Line]:
    """Return metrics, the last value of each for each model, data set and split.

    What would be told in the same words, of a program that ran twice, is told once.
    """
    last = {(f.key, f.model, f.data, f.split): f for f in figures}
    alike = {
        (f.key, f.value, f.data_name, f.split, f.evidence, *settings(f.params)): f
        for f in last.values()
    }
    shown = list(alike.values())
    lines = []
    width = max((len(f.key) for f in shown[:_MOST_FIGURES]), default=0)
    for one in shown[:_MOST_FIGURES]:
        on = " ".join(filter(None, ["on", one.data_name, f"({one.split})" if one.split else ""]))
        more = [on if one.data_name or one.split else "", ", ".join(settings(one.params))]
        about = "".join("  " + word for word in more if word)
        right = (one.evidence, evidence_style(one.evidence))
        lines.append(
            line(
                f"  {one.key:<{width}}  ", (figure(one.value), "name"), (about, "dim"), right=right
            )
        )
    if len(shown) > _MOST_FIGURES:
        lines.append(line((f"  and {len(shown) - _MOST_FIGURES} more", "dim")))
    return lines


def gap_lines(gaps: Sequence[str], omitted: int = 0) -> list[Line]:
    """Return what an answer does not hold, if anything."""
    lines: list[Line] = []
    if gaps or omitted:
        lines += heading("Not seen:")
    for gap in gaps:
        first, *rest = paragraph(gap, indent="    ")
        lines += [line("  - " + first.left[0][0][4:]), *rest]
    if omitted:
        left_out = f"at least {counted(omitted, 'more node')}; --depth and --limit show more"
        lines.append(line(f"  - {left_out}"))
    return lines


def alias_lines(history: Sequence[AliasRow]) -> list[Line]:
    """Return the moves of aliases, newest first."""
    return table(
        [
            (
                when(move.at),
                f"@{move.alias}",
                f"→ {move.name}:{move.version}" if move.version is not None else "taken away",
                f"by {move.by}",
                move.why or "",
            )
            for move in history
        ]
    )


def _reached(item: Reached, names: Mapping[str, str]) -> Iterator[Line]:
    aliases = "".join(f" @{alias}" for alias in item.aliases)
    also = f"  also in {counted(len(item.also), 'other form')}" if item.also else ""
    right = (item.evidence, evidence_style(item.evidence))
    status = f"  {item.status}" if item.status else ""
    started = f"  {when(item.started)}" if item.started else ""
    yield line(
        "  ", (item.title, "name"), (aliases, "good"), (status + started + also, "dim"), right=right
    )
    way = " → ".join(names.get(id, id) for id in item.path)
    yield from paragraph(way, indent="      ", style="dim", most=3)


def _code(run: RunFacts, nodes: Mapping[str, GraphNode]) -> str:
    files = [nodes[id] for id in run.code if id in nodes]
    return ", ".join(f"{node.label or node.name or 'code'} {hex12(node.digest)}" for node in files)


def _environment(run: RunFacts, nodes: Mapping[str, GraphNode]) -> str:
    said = [
        f"{node.label or node.name or 'environment'} {hex12(node.digest)}"
        for id in run.environment
        if (node := nodes.get(id)) is not None
    ]
    return ", ".join(said)


def became(relation: str | None) -> str:
    """Return what was made of a thing by a relation, as `comes_from` says it of what was made."""
    spoken = comes_from(relation)
    return {"saved from": "saved as", "copied from": "copied to"}.get(spoken, f"{spoken} it:")
