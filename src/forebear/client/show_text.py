"""What is known of one thing, as lines: title, facts, then one part after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forebear.analysis.verdict import comes_from, verb
from forebear.client.card_text import card_facts, card_parts, card_text, schema_lines
from forebear.client.formats import (
    duration,
    hex12,
    id_of_run,
    place,
    settings,
    shape,
    size,
    when,
)
from forebear.client.life_text import kpi_rows, override_lines
from forebear.client.lines import Line, heading, line, paragraph, table
from forebear.client.render import alias_lines, became, figures_lines, gap_lines, run_lines
from forebear.client.tree_text import evidence_style
from forebear.client.validation_text import short_lines
from forebear.core.rows import VersionRow
from forebear.ops.graph import GraphNode
from forebear.ops.show import ArtifactView, Deed, NameView, RunView, Tie

__all__ = ["show_lines"]

_MOST = 20


def show_lines(view: ArtifactView | RunView | NameView, *, history: bool = False) -> list[Line]:
    """Return everything known of a thing; with `history` the moves of its aliases too."""
    if isinstance(view, NameView):
        return _name(view, history=history)
    if isinstance(view, RunView):
        return _run(view)
    return _artifact(view, history=history)


def _name(view: NameView, *, history: bool) -> list[Line]:
    newest = view.newest
    lines = [line((view.title, "name"), f"  {view.kind}")]
    lines += override_lines(newest.life.overrides) if newest.life else []
    lines += card_text(view.card)
    lines += card_facts(view.card)
    if newest.profiled is not None:
        lines.append(line("  profile    ", _profile(newest)))
    lines += heading("Versions")
    lines += table([_version(row) for row in view.versions[:_MOST]])
    lines += _more(view.versions)
    if view.aliases:
        lines += heading("Aliases")
        lines += table([(f"@{word}", f"→ {to}") for word, to in view.aliases.items()])
    lines += card_parts(view.card)
    lines += schema_lines(view.schemas)
    for title, deeds in (("Made by", newest.made_by), ("Used by", newest.used_by)):
        if deeds:
            lines += heading(title)
            lines += [_use(deed) for deed in deeds[:_MOST]]
            lines += _more(deeds)
    lines += _columns(newest)
    lines += _places(newest)
    return lines + _history(view, history=history)


def _history(view: NameView | ArtifactView, *, history: bool) -> list[Line]:
    if not history:
        return []
    moves = alias_lines(view.history) or [line(("  no alias was ever set", "dim"))]
    return [*heading("History of aliases"), *moves]


def _version(row: VersionRow) -> tuple[str, ...]:
    return (
        f"{row.name}:{row.version}",
        when(row.created),
        hex12(row.digest),
        " ".join(f"@{alias}" for alias in row.aliases),
        f"named by {row.by}" if row.by and not row.automatic else "named automatically",
    )


def _artifact(view: ArtifactView, *, history: bool) -> list[Line]:
    node = view.node
    aliases = "".join(f" @{alias}" for row in view.versions[:1] for alias in row.aliases)
    lines = [line((view.title, "name"), (aliases, "good"), f"  {node.kind}{_stage(view)}")]
    lines += override_lines(view.life.overrides) if view.life else []
    lines += card_text(view.card)
    lines += [line(f"  {name:<11}", text) for name, text in _facts(view) if text]
    lines += card_facts(view.card)
    lines += card_parts(view.card)
    for deed in view.made_by[:_MOST]:
        lines += heading(f"{verb(deed.kind).capitalize()} by")
        lines += _deed(deed)
    for title, ties in (("Comes from", view.derived_from), ("Has become", view.derived)):
        if ties:
            lines += heading(title)
            spoken = became if title == "Has become" else comes_from
            lines += [_tie(tie, spoken=spoken) for tie in ties[:_MOST]]
    if view.metrics:
        lines += [*heading("Metrics"), *figures_lines(view.metrics)]
    if view.kpis:
        lines += [*heading("Business"), *table(kpi_rows(view.kpis))]
    if view.validations:
        lines += [*heading("Validated"), *short_lines(view.validations[:_MOST])]
    if view.used_by:
        lines += heading("Used by")
        lines += [_use(deed) for deed in view.used_by[:_MOST]]
        lines += _more(view.used_by)
    lines += _columns(view)
    lines += _places(view)
    if view.reproductions:
        lines += heading("Reproduced")
        lines += table(
            [(when(r.at), r.verdict, f"by {r.by}", r.reason) for r in view.reproductions[:_MOST]]
        )
    return [*lines, *_history(view, history=history), *gap_lines(view.gaps)]


def _stage(view: ArtifactView) -> str:
    return f" in {view.life.stage}" if view.life is not None and view.life.stage else ""


def _columns(view: ArtifactView) -> list[Line]:
    if not view.schema:
        return []
    columns = table([(c.name, c.type, hex12(c.digest)) for c in view.schema[:_MOST]])
    return [*heading("Columns"), *columns, *_more(view.schema)]


def _places(view: ArtifactView) -> list[Line]:
    if not view.locations:
        return []
    places = table([(place(x.uri), x.mode, when(x.at)) for x in view.locations[:_MOST]])
    return [*heading("Seen at"), *places, *_more(view.locations)]


def _facts(view: ArtifactView) -> list[tuple[str, str]]:
    node: GraphNode = view.node
    names = [f"{row.name}:{row.version}" for row in view.versions]
    return [
        ("id", node.id),
        ("digest", node.digest if node.digest and node.digest != node.id else ""),
        ("names", ", ".join(names) if names != [view.title] else ""),
        ("label", node.label if node.label and node.label != view.title else ""),
        ("format", node.format or ""),
        ("size", size(node.size) if node.size is not None else ""),
        ("rows", shape(node.rows, node.columns)),
        ("kept", "in the memory of one run only" if node.in_memory and not view.same else ""),
        ("profile", _profile(view)),
    ]


def _profile(view: ArtifactView) -> str:
    if view.profiled is None:
        return ""
    return f"made {when(view.profiled)}; forebear profile {view.title} --kept"


def _deed(deed: Deed) -> list[Line]:
    right = (deed.evidence, evidence_style(deed.evidence))
    lines = [
        line(
            "  ", (deed.name, "name"), (f"  {deed.where}" if deed.where else "", "dim"), right=right
        )
    ]
    if deed.params:
        lines += paragraph(", ".join(settings(deed.params)), indent="    ", style="dim", most=4)
    lines += [_tie(tie, indent="    ") for tie in deed.inputs[:_MOST]]
    if deed.run is not None:
        lines += run_lines(deed.run, {})
    return lines


def _use(deed: Deed) -> Line:
    whole = deed.run
    inside = f"  (run {whole.name} {id_of_run(whole.id)})" if whole else ""
    role = f"  as {deed.role}" if deed.role else ""
    right = (deed.evidence, evidence_style(deed.evidence))
    where = f"  {deed.where}" if deed.where else ""
    return line("  ", deed.name, (role + where + inside, "dim"), right=right)


def _tie(tie: Tie, indent: str = "  ", *, spoken: Callable[[str | None], str] = comes_from) -> Line:
    before = tie.role or (spoken(tie.relation) if tie.relation else "")
    # The size of a list of sources or packages would be taken for theirs.
    sized = tie.size is not None and not tie.in_memory and tie.kind not in {"code", "environment"}
    facts = [
        shape(tie.rows, tie.columns),
        size(tie.size or 0) if sized else "",
        "in memory" if tie.in_memory else hex12(tie.digest),
    ]
    about = "".join("  " + fact for fact in facts if fact)
    right = (tie.evidence, evidence_style(tie.evidence))
    start = (f"{before}  " if before else "", "dim")
    return line(indent, start, tie.title, (about, "dim"), right=right)  # type: ignore[arg-type]


def _run(view: RunView) -> list[Line]:
    run = view.run
    lines = [
        line((view.title, "name"), f"  {run.kind}  {run.status}"),
        line("  id         ", run.id),
        line(
            "  started    ", f"{when(run.started)}, took {duration(run.started, run.ended) or '…'}"
        ),
    ]
    lines += card_facts(view.card)
    lines += [line("  inside     ", f"run:{view.parent}")] if view.parent else []
    lines += [line("  folder     ", run.cwd)] if run.cwd else []
    lines += [line("  exit code  ", str(run.exit_code))] if run.exit_code is not None else []
    nodes: dict[str, GraphNode] = {}
    lines += run_lines(run, nodes)[1:]
    for title, ties in (
        ("Used", view.inputs),
        ("Made", view.outputs),
        ("Code and environment", view.context),
    ):
        if ties:
            lines += heading(title)
            spoken = became if title == "Made" else comes_from
            lines += [_tie(tie, spoken=spoken) for tie in ties[:_MOST]]
            lines += _more(ties)
    lines += card_parts(view.card)
    if view.steps:
        lines += heading("Steps")
        lines += table(
            [
                (step.kind, step.name, step.where or "", duration(step.started, step.ended))
                for step in view.steps[:_MOST]
            ]
        )
        lines += _more(view.steps)
    if view.metrics:
        lines += [*heading("Metrics"), *figures_lines(view.metrics)]
    return lines + gap_lines(view.gaps)


def _more(items: Sequence[object]) -> list[Line]:
    left = len(items) - _MOST
    return [line((f"  and {left:,} more; --json has all", "dim"))] if left > 0 else []
