"""Record what a test does, and read the record back as a small graph."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forebear.capture import files
from forebear.capture.integrations import Integrations
from forebear.capture.session import Session
from forebear.client.config import Config
from forebear.client.spool import SpoolReader, spools_of
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
    MetricsLogged,
    ParamsLogged,
    StepRecorded,
    decode,
)
from forebear.core.ids import new_id


class Record:
    """What was recorded."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.session: Session | None = None

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def artifacts(self) -> dict[str, ArtifactRecorded]:
        return {event.artifact: event for event in reversed(self.of(ArtifactRecorded))}

    @property
    def steps(self) -> list[StepRecorded]:
        return self.of(StepRecorded)

    @property
    def metrics(self) -> list[MetricsLogged]:
        return self.of(MetricsLogged)

    @property
    def gaps(self) -> list[str]:
        return [event.what for event in self.of(GapNoticed)]

    @property
    def derived(self) -> list[Derived]:
        return self.of(Derived)

    @property
    def params(self) -> dict[str, object]:
        return {k: v for event in self.of(ParamsLogged) for k, v in event.params.items()}

    @property
    def root_edges(self) -> list[EdgesRecorded]:
        return self.of(EdgesRecorded)

    def step(self, name: str) -> StepRecorded:
        """The only step of that name."""
        found = [step for step in self.steps if step.name == name]
        assert len(found) == 1, (name, [step.name for step in self.steps])
        return found[0]

    def label(self, artifact: str) -> str:
        return self.artifacts[artifact].label or self.artifacts[artifact].kind

    def used(self, step: StepRecorded) -> list[tuple[str, str | None]]:
        return [(self.label(link.artifact), link.role) for link in step.used]

    def generated(self, step: StepRecorded) -> list[str]:
        return [self.label(link.artifact) for link in step.generated]

    def links(self) -> list[Link]:
        edges = [*self.steps, *self.root_edges]
        return [link for edge in edges for link in (*edge.used, *edge.generated)]

    def inferred(self) -> list[Link]:
        return [link for link in self.links() if link.evidence == "inferred"]

    def ancestors(self, artifact: str) -> set[str]:
        """Labels of all artifacts that one comes from."""
        found: set[str] = set()
        todo = [artifact]
        while todo:
            one = todo.pop()
            before = [
                link.artifact
                for s in self.steps
                for link in s.used
                if any(g.artifact == one for g in s.generated)
            ]
            before += [edge.source for edge in self.derived if edge.target == one]
            for source in before:
                if source not in found:
                    found.add(source)
                    todo.append(source)
        return {self.label(source) for source in found}

    def out_of_order(self) -> list[tuple[str, str]]:
        """Steps that are listed before one whose result they used, with that one."""
        listed = sorted(self.steps, key=lambda step: (step.started, step.run))
        place = {step.run: at for at, step in enumerate(listed)}
        maker = {made.artifact: step for step in listed for made in step.generated}
        return [
            (step.name, maker[link.artifact].name)
            for step in listed
            for link in step.used
            if link.artifact in maker and place[maker[link.artifact].run] > place[step.run]
        ]

    def by_label(self, label: str) -> ArtifactRecorded:
        """The latest artifact of that label."""
        return [event for event in self.of(ArtifactRecorded) if event.label == label][-1]


@contextmanager
def recording(folder: Path, *, chdir: bool = True, in_order: bool = True) -> Iterator[Record]:
    """Record what happens inside, with all integrations, into a store below `folder`.

    Steps are `in_order` but where one goes on while more of what it uses is found out: a training
    in a loop of the program's own.
    """
    record = Record()
    store = folder / ".forebear"
    session = Session(store, new_id(), Config(), script=None)
    record.session = session
    integrations = Integrations()
    before = Path.cwd()
    if chdir:
        os.chdir(folder)
    files.install()
    integrations.apply()
    session.start()
    try:
        yield record
    finally:
        files.settle_writes(session)
        session.stop()
        integrations.undo()
        os.chdir(before)
        for path in spools_of(store / "spool", session.run):
            record.events += [decode(body) for body, _ in SpoolReader(path).records()]
    assert not in_order or record.out_of_order() == []
