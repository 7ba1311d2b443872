"""The report of an audit: one page for people who are no data scientists.

Every statement leads to what it rests on, by a number: the event in the ledger, with its id and
the command that shows it. What is not known says `not recorded`. Nothing that a store holds is
ever markup: it is escaped where it is put in, in one place for each form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from msgspec import Struct

from forebear.analysis.verdict import listed
from forebear.client.audit_text import points, provided
from forebear.client.formats import safe
from forebear.client.promote_text import STATES
from forebear.core.commitments import unknown_told
from forebear.ops.audit import AuditFinding, AuditResponse, ModelAudit
from forebear.ops.requirement import Action, Evidence, spoken
from forebear.ops.standing import Standing

__all__ = ["report"]

_UNKNOWN: Final = "not recorded"
_MARKS: Final = re.compile(
    r"[\\`*_{}\[\]<>|~&$#!]"  # means something wherever it stands
    r"|:(?=//)|(?<=www)\."  # makes an address a link
    r"|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d\d)[.)]"  # makes a list of a line
)
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2128; --paper: #ffffff; --soft: #57606a;
  --line: #d0d7de; --good: #1a6f37; --bad: #b3261e; --weak: #8a5a00; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #12161c; --soft: #9aa4af;
  --line: #343b45; --good: #6fd08c; --bad: #ff8a80; --weak: #e3b341; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; }
p { margin: .35rem 0; } .soft { color: var(--soft); } a { color: var(--link); }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; }
th, td.number, td:first-child + td:not(:last-child) { overflow-wrap: normal; white-space: nowrap; }
td:first-child + td.id:not(:last-child) { min-width: 12rem; white-space: normal; }
code { font: .875em ui-monospace, monospace; } sup { line-height: 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .weak { color: var(--weak); }
.score { font-size: 2.2rem; font-weight: 600; } ol { padding-left: 1.4rem; }
@media (max-width: 40rem) { thead { display: none; } tr { display: block; padding: .5rem 0;
  border-bottom: 1px solid var(--line); } tr > td, tr > td.number { display: block; border: 0;
  padding: 0 0 .15rem; text-align: left; } td:first-child { font-weight: 600; }
  td.points:not(:empty)::after { content: " points"; } }
@page { size: A4; margin: 11mm 12mm; }
@media print { :root { --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --good: #000;
  --bad: #000; --weak: #000; --link: #000; } a { text-decoration: none; }
  p, ol { margin: .15rem 0; }
  body { font-size: 7.8pt; line-height: 1.25; padding: 0; max-width: none; }
  h1 { font-size: 13pt; } h2 { font-size: 10pt; margin: 7pt 0 2pt; }
  th, td { padding: 1.2pt 5pt 1.2pt 0; } tr, li { break-inside: avoid; } h2 { break-after: avoid; }
  h2.annex { break-before: page; } }
"""


_KINDS: Final = frozenset({"good", "bad", "weak"})


def report(answer: AuditResponse, *, html: bool) -> str:
    """Return an audit as a page of its own: HTML, or Markdown."""
    page: _Page = _Html() if html else _Markdown()
    notes = _Notes(answer)
    title = "Audit of all models"
    if len(answer.models) == 1:
        title = f"Audit of {answer.models[0].version}"
    page.title(title)
    page.paragraph(
        f"As of {answer.at:%Y-%m-%d %H:%M} UTC, up to event {answer.seq} of the ledger."
        f" Rules: {answer.source or 'the defaults, as there is no forebear.toml'}.",
        soft=True,
    )
    if len(answer.models) == 1:
        page.paragraph(_in_plain_words(answer.models[0]))
        _model(page, answer.models[0], answer.wanted, notes)
    else:
        page.paragraph(answer.verdict)
        _overview(page, answer.models, notes)
        for model in answer.models:
            page.heading(model.version)
            page.paragraph(_in_plain_words(model))
            _findings(page, model, notes)
    _evidence(page, notes)
    page.paragraph(
        "Made by forebear. A number in brackets leads to the evidence; the command"
        " beside it shows it in the store.",
        soft=True,
    )
    return page.whole()


class _Note(Struct, frozen=True):
    number: int
    shown: Evidence
    id: str
    when: str
    words: str


class _Notes:
    """Numbers for evidence, in the order in which it is first referred to."""

    def __init__(self, answer: AuditResponse) -> None:
        self._events = {one.seq: one for one in answer.events}
        self._known: dict[tuple[int | None, str], _Note] = {}

    def of(self, evidence: Iterable[Evidence]) -> list[int]:
        """Return the numbers of some evidence."""
        return list(dict.fromkeys(self._number(one) for one in evidence))

    def all(self) -> list[_Note]:
        """Return everything that was referred to."""
        return list(self._known.values())

    def _number(self, shown: Evidence) -> int:
        key = (shown.seq, shown.command if shown.seq is None else "")
        if key not in self._known:
            event = self._events.get(shown.seq or 0)
            self._known[key] = _Note(
                len(self._known) + 1,
                shown,
                event.id if event else "",
                f"{event.at:%Y-%m-%d %H:%M}" if event else "",
                event.words if event else shown.words,
            )
        return self._known[key].number


class _Page:
    """What a report is made of; texts come in as they are stored."""

    def title(self, text: str) -> None: ...

    def heading(self, text: str, *, annex: bool = False) -> None: ...

    def paragraph(self, text: str, *, soft: bool = False, notes: Sequence[int] = ()) -> None: ...

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> None: ...

    def steps(self, actions: Iterable[Action]) -> None: ...

    def whole(self) -> str:
        """Return the page."""
        raise NotImplementedError


class _Cell(Struct, frozen=True):
    """One cell of a table."""

    text: str
    notes: Sequence[int] = ()
    style: str = ""
    code: bool = False
    anchor: int | None = None
    """The note that this cell is the beginning of."""


class _Html(_Page):
    def __init__(self) -> None:
        self._title = ""
        self._parts: list[str] = []

    def title(self, text: str) -> None:
        self._title = _html(text)
        self._parts.append(f"<h1>{self._title}</h1>")

    def heading(self, text: str, *, annex: bool = False) -> None:
        kind = ' class="annex"' if annex else ""
        self._parts.append(f"<h2{kind}>{_html(text)}</h2>")

    def paragraph(self, text: str, *, soft: bool = False, notes: Sequence[int] = ()) -> None:
        kind = ' class="soft"' if soft else ""
        self._parts.append(f"<p{kind}>{_html(text)}{_links(notes)}</p>")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> None:
        head = "".join(f'<th scope="col">{_html(one)}</th>' for one in heads)
        body = "\n".join(f"<tr>{''.join(map(self._cell, row))}</tr>" for row in rows)
        self._parts.append(
            f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
        )

    def steps(self, actions: Iterable[Action]) -> None:
        items = "\n".join(
            f"<li><code>{_html(one.command)}</code> {_html(one.words)}</li>" for one in actions
        )
        self._parts.append(f"<ol>\n{items}\n</ol>")

    def whole(self) -> str:
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{self._title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
            + "\n".join(self._parts)
            + "\n</main>\n</body>\n</html>\n"
        )

    @staticmethod
    def _cell(cell: _Cell) -> str:
        text = f"<code>{_html(cell.text)}</code>" if cell.code else _html(cell.text)
        kind = f' class="{cell.style}"' if cell.style else ""
        place = f' id="e{cell.anchor}"' if cell.anchor is not None else ""
        return f"<td{kind}{place}>{text}{_links(cell.notes)}</td>"


class _Markdown(_Page):
    def __init__(self) -> None:
        self._parts: list[str] = []

    def title(self, text: str) -> None:
        self._parts.append(f"# {_markdown(text)}")

    def heading(self, text: str, *, annex: bool = False) -> None:
        self._parts.append(f"## {_markdown(text)}")

    def paragraph(self, text: str, *, soft: bool = False, notes: Sequence[int] = ()) -> None:
        self._parts.append(_markdown(text) + _references(notes))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> None:
        lines = [" | ".join(map(_markdown, heads)), " | ".join("---" for _ in heads)]
        lines += [" | ".join(map(self._cell, row)) for row in rows]
        self._parts.append("\n".join(f"| {one} |" for one in lines))

    def steps(self, actions: Iterable[Action]) -> None:
        self._parts.append(
            "\n".join(
                f"{number}. {_code(one.command)} {_markdown(one.words)}".rstrip()
                for number, one in enumerate(actions, 1)
            )
        )

    def whole(self) -> str:
        return "\n\n".join(self._parts) + "\n"

    @staticmethod
    def _cell(cell: _Cell) -> str:
        text = _code(cell.text).replace("|", r"\|") if cell.code else _markdown(cell.text)
        place = f'<a id="e{cell.anchor}"></a>' if cell.anchor is not None else ""
        return place + text + _references(cell.notes)


def _model(page: _Page, model: ModelAudit, wanted: float, notes: _Notes) -> None:
    for one in model.overrides:
        page.paragraph(_override(one), notes=notes.of([_override_evidence(model, one)]))
    page.heading("What it is")
    page.table(
        ["Question", "Answer"],
        [
            [
                _Cell(one.label),
                _Cell(one.value or _UNKNOWN, notes.of(one.evidence), "" if one.value else "weak"),
            ]
            for one in model.about
        ],
    )
    page.heading(f"What was checked: {points(model.met)} of {points(model.asked)} points")
    _findings(page, model, notes)
    page.heading("What to do")
    if model.score >= wanted:
        page.paragraph("Nothing: the score that was asked for is reached.")
    elif model.actions is None:
        page.paragraph(f"Nothing that can be done now leads to {points(wanted)} points.")
    else:
        page.paragraph(f"The least that leads to {points(model.after)} points{provided(model)}:")
        page.steps(model.actions)


def _findings(page: _Page, model: ModelAudit, notes: _Notes) -> None:
    page.table(
        ["Question", "Result", "Points", "What is known", "Why it counts"],
        [_finding(one, notes) for one in model.findings],
    )


def _in_plain_words(model: ModelAudit) -> str:
    """Return the verdict for who does not know what the requirements are called."""
    asked = [one for one in model.findings if one.state != "not applicable"]
    wanting = [one for one in asked if one.state == "failed"]
    silent = [one for one in asked if one.state == "unknown"]
    said = f"{model.version} ({model.stage}) has {points(model.score)} of 100 points."
    if not wanting and not silent:
        return f"{said} All {len(asked)} things that were checked are in order."
    parts = []
    if wanting:
        parts.append(f"{len(wanting)} {'is' if len(wanting) == 1 else 'are'} not in order")
    if silent:
        parts.append(f"of {len(silent)} nothing is recorded")
    return f"{said} Of {len(asked)} things that were checked, {'; '.join(parts)}."


def _finding(one: AuditFinding, notes: _Notes) -> list[_Cell]:
    word, style = STATES[one.state]
    counted = "" if one.state == "not applicable" else points(one.weight)
    won = counted if one.state == "passed" else f"0 of {counted}" if counted else ""
    # What nobody recorded is no verdict: it is told apart from what was found wanting.
    kind = "weak" if one.state == "unknown" else style if style in _KINDS else ""
    return [
        _Cell(one.title),
        _Cell(_UNKNOWN if one.state == "unknown" else word, (), kind),
        _Cell(won, (), "number points"),
        _Cell(one.words, notes.of(one.evidence)),
        _Cell(one.why if counted else "", (), "soft"),
    ]


def _overview(page: _Page, models: Sequence[ModelAudit], notes: _Notes) -> None:
    page.table(
        ["Version", "Score", "Stage", "Missing"],
        [
            [
                _Cell(one.version),
                _Cell(points(one.score), (), "number"),
                _Cell(
                    one.stage,
                    notes.of(_override_evidence(one, x) for x in one.overrides if x.active),
                ),
                _Cell(
                    ", ".join(x.title for x in one.findings if x.state in {"failed", "unknown"})
                    or "nothing"
                ),
            ]
            for one in models
        ],
    )


def _evidence(page: _Page, notes: _Notes) -> None:
    known = notes.all()
    if not known:
        return
    # What is to be read is one page of paper; what it rests on follows.
    page.heading("Evidence", annex=True)
    rows = []
    for one in known:
        seq = one.shown.seq
        command = one.shown.command if seq is None else f"forebear event {seq}"
        event = f"event {seq}, {one.id}" if seq is not None else "worked out from many events"
        rows.append(
            [
                _Cell(str(one.number), (), "number", anchor=one.number),
                _Cell(event, (), "id"),
                _Cell(one.when),
                _Cell(one.words),
                _Cell(command, (), "", code=True),
            ]
        )
    page.table(["No.", "Event", "Recorded (UTC)", "What it says", "Command that shows it"], rows)


def _override(one: Standing) -> str:
    state = "is in force" if one.active else "ran out"
    signed = "" if one.signed else " Its signature is not one that is trusted here."
    waived = listed(map(spoken, one.waives), 8)
    return (
        f"An override {state}: {waived} need not be met for {one.policy} until"
        f" {one.until:%Y-%m-%d}, by {one.by or 'somebody unknown'}: {one.why or _UNKNOWN}.{signed}"
    )


def _override_evidence(model: ModelAudit, one: Standing) -> Evidence:
    name = model.version.rpartition(":")[0]
    return Evidence(command=f"forebear history {name} --all", words="override", seq=one.seq)


def _html(text: str) -> str:
    return escape(safe(unknown_told(text)))


def _markdown(text: str) -> str:
    """Return text in which no character means anything to Markdown or HTML."""
    marked = _MARKS.sub(r"\\\g<0>", safe(unknown_told(text)))
    return marked.replace(r"\<", "&lt;").replace(r"\>", "&gt;").replace(r"\&", "&amp;")


def _code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{safe(text)}{pad}{fence}"


def _links(notes: Sequence[int]) -> str:
    return "".join(f' <sup><a href="#e{one}">[{one}]</a></sup>' for one in notes)


def _references(notes: Sequence[int]) -> str:
    return "".join(f" [\\[{one}\\]](#e{one})" for one in notes)
