from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import msgspec
import pytest

from forebear.client.audit_report import report
from forebear.ops.audit import AuditFinding, AuditResponse, ModelAudit
from forebear.ops.audit_facts import Fact
from forebear.ops.event import EventRef
from forebear.ops.requirement import Action, Evidence
from forebear.ops.standing import Standing

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style></title><svg/onload=alert(1)>",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) <http://evil.example>",
    "a | b | c\n\n# heading\n- item\n| --- |",
    "`code` ``more`` ```\n~~~ $$x$$",
    "http://evil.example/ www.evil.example \x1b[31m\u202e",
    "1. one",
    "\\<b>bold\\</b> \\[x](y)",
]


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.links, self.ids = set(), [], [], []
        self.attributes = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.texts.append(data)


def answer(text: str) -> AuditResponse:
    """An audit in which everything that a store can hold is `text`."""
    shown = [Evidence(command=f"forebear show {text}", words=text, seq=7)]
    more = [Evidence(command=f"forebear trace {text}", words=text)]
    finding = AuditFinding(
        requirement=text,
        short=text,
        title=text,
        asked=text,
        state="failed",
        words=text,
        weight=5,
        why=text,
        evidence=[*shown, *more],
    )
    unknown = AuditFinding(
        requirement="owner",
        short="owner",
        title="Owner",
        asked="owner = true",
        state="unknown",
        words="Nobody is recorded as its owner.",
        weight=5,
        why="why",
    )
    model = ModelAudit(
        version=f"{text}:7",
        artifact="sha256:00",
        stage=text,
        verdict=text,
        score=50,
        met=5,
        asked=10,
        findings=[finding, unknown],
        after=100,
        actions=[Action(command=f"forebear do {text}", words=text)],
        overrides=[
            Standing(
                policy=text,
                waives=[text],
                by=text,
                why=text,
                until=AT,
                active=True,
                signed=True,
                seq=7,
            )
        ],
        about=[Fact(label="Version", value=text, evidence=shown), Fact(label=text, value=None)],
    )
    return AuditResponse(
        verdict=text,
        models=[model],
        least=50,
        wanted=100,
        source=text,
        at=AT,
        seq=9,
        events=[EventRef(seq=7, id="0192", at=AT, words=text)],
    )


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


KNOWN = read(report(answer("plain"), html=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_store_is_markup_in_html(text):
    reader = read(report(answer(text), html=True))
    assert reader.tags == KNOWN.tags
    assert reader.attributes == KNOWN.attributes
    assert reader.links == KNOWN.links
    assert "script" not in reader.tags
    assert all(link.startswith("#") for link in reader.links)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_store_is_markup_in_markdown(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False})
    page = markdown.render(report(answer(text), html=False))
    plain = markdown.render(report(answer("plain"), html=False))
    assert read(page).tags == read(plain).tags
    assert read(page).links == read(plain).links
    assert page.count("<tr>") == plain.count("<tr>")
    assert page.count("<h2>") == plain.count("<h2>")
    said = "".join(text.split())
    if text.isprintable():
        assert said in "".join("".join(read(page).texts).split())


def test_a_page_stands_alone_and_can_be_read_in_the_dark_and_printed():
    page = report(answer("plain"), html=True)
    assert not re.search(r"https?:|<script|<link|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("html", [True, False])
def test_every_statement_leads_to_evidence_that_is_there(html):
    page = report(answer("plain"), html=html)
    targets = set(re.findall(r'id="(e\d+)"', page))
    used = set(re.findall(r"(?:href=\"|\()#(e\d+)", page))
    assert used
    assert used == targets
    assert "event 7, 0192" in page
    assert "forebear event 7" in page
    assert "forebear trace plain" in page


@pytest.mark.parametrize("html", [True, False])
def test_what_is_not_known_says_so(html):
    page = report(answer("plain"), html=html)
    assert page.count("not recorded") == 2


def test_a_page_about_many_models_has_a_line_for_each_and_their_findings():
    one = answer("plain").models[0]
    both = AuditResponse(
        verdict="two",
        models=[one, one],
        least=50,
        wanted=100,
        at=AT,
        seq=9,
        events=answer("plain").events,
    )
    page = report(both, html=False)
    assert page.startswith("# Audit of all models")
    assert page.count("| plain:7 | 50 |") == 2
    assert page.count("## plain:7") == 2


def test_a_page_tells_when_nothing_is_to_be_done_and_when_nothing_can_be():
    whole = answer("plain")
    done = msgspec.structs.replace(whole, wanted=40)
    assert "Nothing: the score that was asked for is reached." in report(done, html=False)
    model = msgspec.structs.replace(whole.models[0], actions=None)
    stuck = msgspec.structs.replace(whole, models=[model])
    assert "Nothing that can be done now leads to 100 points." in report(stuck, html=False)
