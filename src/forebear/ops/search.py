"""Full-text search over all that is known by words: names, texts, columns, owners, runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from forebear.analysis.relevance import Ranked, rank, snippet
from forebear.analysis.verdict import called, counted
from forebear.core.digest import is_digest
from forebear.core.errors import InvalidInput
from forebear.core.ids import is_id
from forebear.core.ports import Store
from forebear.core.search import FieldWord, Phrase, words_of
from forebear.ops.paging import Pages
from forebear.ops.table import Context, Request, operation

__all__ = ["Hit", "Match", "SearchRequest", "SearchResponse", "search"]

HitKind = Literal["data", "model", "run", "file", "other"]

_LONGEST: Final = 1000
_MOST_WORDS: Final = 16
_MOST: Final = 2_000
"""Texts with one word that are looked at."""
_FEW: Final = 300
"""Texts for each word, where none has them all."""


class Match(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that has some of the words."""

    field: FieldWord
    text: str
    """The text, or the part of it in which they are."""
    key: str = ""
    """Of a note the column."""


class Hit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was found."""

    ref: str
    """How to ask about it: `data:adult`, `run:0192…`, a digest."""
    title: str
    kind: HitKind
    score: float
    matched: list[Match]
    """The texts that answer, the most telling first."""


class SearchResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found, the best answers first."""

    query: str
    words: list[str]
    verdict: str
    hits: list[Hit]
    count: int
    """How many things were found, listed or not."""
    partial: bool = False
    """Nothing has all the words; these have most of them."""
    complete: bool
    """False where more texts have the words than are looked at."""
    next: str | None = None
    """Asks for the page after it."""


class SearchRequest(Request[SearchResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Look for words in everything that is known by words."""

    query: str
    kind: HitKind | None = None
    limit: int = 20
    after: str | None = None
    """The `next` of the page before."""
    as_of: str | None = None


class _Thing(NamedTuple):
    ref: str
    title: str
    kind: HitKind


@operation(name="search", permission="read")
def search(context: Context, request: SearchRequest) -> SearchResponse:
    """Find names, files and runs by words in what is known of them, the best answers first.

    Each word may be the beginning of one. Things that have all words come alone; where nothing
    has them all, those with the most.
    """
    words = _asked(request.query)
    store, pages = context.store, Pages(context.store, request)
    seq = pages.seq
    counts = {word: store.phrases.count(word, seq, most=_MOST + 1) for word in words}
    rarest = min(words, key=lambda word: counts[word])
    found = _ranked(store, words, store.phrases.having(rarest, seq, limit=_MOST), seq)
    whole = {thing: ranked for thing, ranked in found.items() if ranked.words == len(words)}
    partial = not whole and len(words) > 1
    if partial:
        some = [one for word in words for one in store.phrases.having(word, seq, limit=_FEW)]
        whole = _ranked(store, words, some, seq)
    kept = {t: r for t, r in whole.items() if r.words and request.kind in {None, t.kind}}
    order = sorted(kept.items(), key=lambda one: (-one[1].words, -one[1].score, one[0].ref))
    page = pages.cut(order, lambda one: one[0].ref)
    hits = [_hit(thing, ranked, words) for thing, ranked in page.listed]
    return SearchResponse(
        query=request.query,
        words=words,
        verdict=_verdict(request.query, [thing.title for thing, _ in order], partial=partial),
        hits=hits,
        count=len(order),
        partial=partial and bool(order),
        complete=counts[rarest] <= _MOST and not partial,
        next=page.next,
    )


def _asked(query: str) -> list[str]:
    if len(query) > _LONGEST:
        raise InvalidInput(f"A search has at most {_LONGEST:,} characters.")
    words = words_of(query, humps=False)[:_MOST_WORDS]
    if not words:
        raise InvalidInput(
            "Say what to look for: at least one letter or digit.",
            hint='For example: `forebear search "wine quality"`.',
        )
    return words


def _ranked(
    store: Store, words: Sequence[str], phrases: Sequence[Phrase], seq: int | None
) -> dict[_Thing, Ranked]:
    """Return the things that these texts are about, each ranked by all texts about it."""
    things = _things(store, [one.about for one in phrases], seq)
    texts: dict[_Thing, list[Phrase]] = {}
    for one in phrases:
        for thing in things.get(one.about, ()):
            texts.setdefault(thing, []).append(one)
    if len(words) > 1:
        names = [thing.ref for thing in texts if thing.kind in {"data", "model"}]
        contents = store.phrases.contents(names, seq)
        about = {
            thing: [thing.ref.removeprefix("run:"), *contents.get(thing.ref, ())] for thing in texts
        }
        said: dict[str, list[Phrase]] = {}
        for phrase in store.phrases.about([one for ones in about.values() for one in ones], seq):
            said.setdefault(phrase.about, []).append(phrase)
        for thing, own in about.items():
            texts[thing] += [phrase for one in own for phrase in said.get(one, ())]
    return {thing: rank(words, own) for thing, own in texts.items()}


def _things(store: Store, about: Iterable[str], seq: int | None) -> dict[str, list[_Thing]]:
    """Return what people call the things that texts are about: names where there are any."""
    wanted = list(dict.fromkeys(about))
    contents = [one for one in wanted if is_digest(one) or is_id(one)]
    found = {
        one: [_of_name(ref) for ref in refs]
        for one, refs in store.phrases.names(contents, seq).items()
    }
    nameless = [one for one in contents if one not in found]
    nodes = store.nodes(nameless, seq)
    roots = {n.root for n in nodes.values() if n.type == "run" and n.root}
    nodes |= store.nodes([one for one in roots if one not in nodes], seq)
    for one in nameless:
        node = nodes.get(one)
        if node is not None and node.type == "run":
            whole = nodes.get(node.root or one, node)
            found[one] = [_Thing(f"run:{whole.id}", called(whole), "run")]
        elif node is not None:
            found[one] = [_Thing(one, called(node), "file")]
        # A table in memory that is in no file and has no name: there is no way to speak of it.
    for one in wanted:
        if one.startswith(("data:", "model:")):
            found[one] = [_of_name(one)]
        elif one not in contents:
            found[one] = [_Thing(one, one, "other")]
    return found


def _of_name(ref: str) -> _Thing:
    kind, _, name = ref.partition(":")
    return _Thing(ref, name, "model" if kind == "model" else "data")


def _hit(thing: _Thing, ranked: Ranked, words: Sequence[str]) -> Hit:
    return Hit(
        ref=thing.ref,
        title=thing.title,
        kind=thing.kind,
        score=round(ranked.score, 3),
        matched=[
            Match(field=one.field, text=snippet(one.text, words), key=_key(one))
            for one in ranked.phrases
        ],
    )


def _key(phrase: Phrase) -> str:
    return phrase.key if phrase.field == "note" else ""


def _verdict(query: str, titles: Sequence[str], *, partial: bool) -> str:
    if not titles:
        return f"Nothing that is recorded speaks of '{query}'."
    things = counted(len(titles), "thing")
    if partial:
        have = "have" if len(titles) > 1 else "has"
        return f"Nothing has all the words of '{query}'; {things} {have} some."
    if len(titles) > 1:
        return f"{things} speak of '{query}'; the best answer is {titles[0]}."
    return f"{things} speaks of '{query}': {titles[0]}."
