"""The catalog card as lines: what is said of a thing, and what comes down to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forebear.analysis.schema_changes import SchemaChange
from forebear.client.formats import span, when
from forebear.client.lines import Line, Span, heading, line, paragraph, table
from forebear.ops.card import Card, FreshnessFact, Way
from forebear.ops.schemas import SchemaVersion
from forebear.ops.sensitive import ColumnFact

__all__ = ["age", "card_facts", "card_parts", "card_text", "change_words", "schema_lines"]

_MOST = 20
_MOST_CHANGES = 8


def card_text(card: Card) -> list[Line]:
    """Return the description, if there is one."""
    return paragraph(card.description, indent="  ") if card.description else []


def card_facts(card: Card) -> list[Line]:
    """Return what is said of the thing, a line for each fact; what nobody said is left out."""
    own = [one for one in card.tags if one.way is None]
    licence = "; ".join(one.spdx for one in card.licences if one.way is None)
    facts: list[tuple[str, Span | str]] = [
        (one.role, one.who) for one in sorted(card.owners, key=lambda one: one.role != "owner")
    ]
    facts += [
        ("tags", ", ".join(t.tag if t.propagates else f"{t.tag} (this alone)" for t in own)),
        ("licence", licence),
        ("asks", ", ".join(card.terms)),
        ("source", card.source or ""),
        ("fresh", age(card.freshness)),
        ("checks", ", ".join(f"{n} {word}" for word, n in sorted(card.checks.items()))),
        ("scanned", _scan(card)),
        ("stops here", ", ".join(card.stops)),
    ]
    return [line(f"  {name:<11}", said) for name, said in facts if said and said[0]]


def card_parts(card: Card) -> list[Line]:
    """Return what needs more than a line: incidents, columns, and what comes down."""
    lines: list[Line] = []
    if card.incidents:
        lines += heading("Open incidents")
        for one in card.incidents:
            where = _from(one.way) if one.way else []
            lines += [line("  ", (one.severity, "bad"), f"  {one.title}"), *where]
    down = [
        *(((f"tag {one.tag}"), one.way) for one in card.tags if one.way),
        *((f"licence {one.spdx}", one.way) for one in card.licences if one.way),
    ]
    if down:
        lines += heading("Comes down to it")
        for what, way in down:
            lines += [line("  ", (what, "name")), *_from(way)]
    sensitive = [one for one in card.columns if one.sensitivity not in {None, "none"}]
    if sensitive:
        lines += heading("Sensitive columns")
        lines += table([_sensitive(one) for one in sensitive[:_MOST]])
        lines += _more(sensitive)
    if not card.columns_complete:
        words = "Too much lies above for all its columns to be followed: there may be more."
        lines += paragraph(words, indent="  ", style="weak")
    noted = [one for one in card.columns if one.text]
    if noted:
        lines += heading("Notes on columns")
        for note in noted[:_MOST]:
            lines += paragraph(f"{note.name}: {note.text}", indent="  ", most=3)
        lines += _more(noted)
    return lines


def schema_lines(history: Sequence[SchemaVersion]) -> list[Line]:
    """Return how columns changed from version to version, where they did."""
    told = [(one, _changes(one)) for one in history]
    changed = [(one, words) for one, words in told if words]
    if not changed:
        return []
    lines = heading("Schema history")
    for one, words in changed[:_MOST]:
        for place, text in enumerate(words[:_MOST_CHANGES]):
            lines.append(line(f"  {f'version {one.version}' if not place else '':<12}", text))
        if len(words) > _MOST_CHANGES:
            rest = f"  {'':<12}and {len(words) - _MOST_CHANGES} more; --json has all"
            lines.append(line((rest, "dim")))
    return lines + _more(changed)


def age(fact: FreshnessFact | None) -> Span | str:
    """Return how old the newest version is, against what is expected."""
    if fact is None:
        return ""
    old = f"{span(fact.age_seconds)} old"
    if fact.every_seconds is None:
        return old
    expected = f"{old}, expected every {span(fact.every_seconds)}"
    return (f"{expected}: overdue", "bad") if fact.overdue else (expected, "good")


def _changes(one: SchemaVersion) -> list[str]:
    if one.change is None:
        return [] if one.columns else ["columns are not recorded"]
    return change_words(one.change)


def change_words(change: SchemaChange) -> list[str]:
    """Return what became of columns, a sentence for each."""
    return [
        *(f"added {c.name}{_type(c.type)}" for c in change.added),
        *(f"removed {c.name}{_type(c.type)}" for c in change.removed),
        *(f"{c.column} was {c.before}, is {c.after}" for c in change.retyped),
        *(f"{c.before} is called {c.after} (the same content)" for c in change.renamed),
        *(["the columns have another order"] if change.moved else []),
    ]


def _type(word: str) -> str:
    return f" ({word})" if word != "?" else ""


def _sensitive(one: ColumnFact) -> tuple[str, ...]:
    if one.source is not None:
        sure = ", by its name only" if one.inferred else ""
        how = f"from {one.source}, column {one.source_column}{sure}"
    elif one.share is not None:
        how = f"found by {one.found_by}: {one.share:.0%} of the values"
    else:
        how = f"found by {one.found_by}" if one.found_by != "declared" else "somebody said so"
    return one.name, one.sensitivity or "", how


def _scan(card: Card) -> str:
    if card.scan is None:
        return ""
    rows = f"{card.scan.rows:,} rows" if card.scan.whole else f"the first {card.scan.rows:,} rows"
    return f"{when(card.scan.at)}, {rows}"


def _from(way: Way) -> list[Line]:
    more = f", and from {way.more} more" if way.more else ""
    path = " → ".join(way.titles)
    return [
        line((f"      from {way.title}{more}", "plain")),
        *paragraph(path, indent="      ", style="dim", most=3),
    ]


def _more(items: Iterable[object]) -> list[Line]:
    left = len(list(items)) - _MOST
    return [line((f"  and {left:,} more; --json has all", "dim"))] if left > 0 else []
