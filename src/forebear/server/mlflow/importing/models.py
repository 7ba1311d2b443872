"""Registered models that are imported: their versions keep their numbers."""

from __future__ import annotations

from forebear.core.digest import of_bytes
from forebear.core.events import AliasMoved, AnyEvent, ArtifactRecorded, VersionNamed
from forebear.core.ids import new_id
from forebear.core.statements import about_name
from forebear.exchange.mlflow.found import FoundModel, FoundVersion
from forebear.server.mlflow.contents import version_content
from forebear.server.mlflow.facts import MODEL, VERSION, ModelFact, VersionFact, name_of, run_of
from forebear.server.mlflow.importing.events import tag_events
from forebear.server.mlflow.importing.report import Counts, Notes
from forebear.server.mlflow.importing.writing import Writing, digest_of
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.things import Model

__all__ = ["Models"]


class Models:
    """Takes over registered models, after all that their versions may be."""

    def __init__(
        self,
        desk: Desk,
        writing: Writing,
        notes: Notes,
        uris: dict[str, tuple[str, str]],
        dry_run: bool,
    ) -> None:
        self._desk, self._writing, self._notes, self._dry = desk, writing, notes, dry_run
        self._uris = uris
        self.models, self.versions = Counts(), Counts()

    def take(self, found: FoundModel) -> None:
        """Take over a model with its versions, tags and aliases."""
        view = self._desk.view
        about, digest = about_name("model", name_of(view.space, found.name)), digest_of(found)
        if not self._writing.knows(about):  # another model may have come to that name since
            about = about_name("model", view.graph_name(found.name))
        self.models.found += 1
        self.versions.found += sum(not one.deleted for one in found.versions)
        if self._writing.has(about, digest):
            return
        known = view.models.get(found.name)
        if self._writing.knows(about):
            self.models.changed += 1
        else:
            self.models.new += 1
        if self._dry:
            here = set(known.versions) if known else set()
            self.versions.new += sum(
                not one.deleted and one.number not in here for one in found.versions
            )
            return
        fact = ModelFact(
            space=view.space,
            name=found.name,
            created=found.created,
            updated=found.updated,
            description=found.description,
        )
        said = MODEL.say(about, fact, by=self._desk.author, why=self._writing.why)
        events: list[AnyEvent] = [said]
        if known is None or known.fact.deleted:
            self._desk.write(events)
            events = []
        elif not self._writing.knows(about):
            events = []
        model = self._desk.model(found.name)
        for one in found.versions:
            events += self._version(model, about, one)
        self._say(model, about, digest, found, events)

    def _say(
        self, model: Model, about: str, digest: str, found: FoundModel, events: list[AnyEvent]
    ) -> None:
        moved = self._moves(model)
        events += tag_events(about, found.tags)
        for alias, number in found.aliases.items():
            version = model.versions.get(number)
            if version is None or moved.get(alias) == number:
                continue
            events.append(
                AliasMoved(
                    kind="model", name=model.graph_name, alias=alias, version=number,
                    by=self._desk.author, why=self._writing.why, artifact=version.artifact,
                )
            )  # fmt: skip
        self._writing.say(about, digest, events)

    def _moves(self, model: Model) -> dict[str, int | None]:
        """Return where aliases pointed at the last import."""
        moved: dict[str, int | None] = {}
        for row in self._desk.store.alias_history("model", model.graph_name):
            if (row.why or "").startswith("imported from "):
                moved.setdefault(row.alias, row.version)
        return moved

    def _version(self, model: Model, about: str, found: FoundVersion) -> list[AnyEvent]:
        """Name a version that is new; return what is to be said of one that is not."""
        known = model.versions.get(found.number)
        if known is not None and known.created == found.created:
            fact = self._fact(found, known.artifact, known.source)
            return [VERSION.say(about, fact, key=known.artifact, by=self._desk.author)]
        highest = self._highest(model)
        if found.number <= highest:
            self._notes.add(
                "version",
                f"{model.name}:{found.number}",
                "did not come: that number is taken here; `--workspace NAME` imports it beside",
            )
            return []
        for gap in range(highest + 1, found.number):
            self._name(model, about, FoundVersion(number=gap, source="", created=0, updated=0,
                                                  stage="None", deleted=True))  # fmt: skip
        self._name(model, about, found)
        self.versions.new += not found.deleted
        return []

    def _highest(self, model: Model) -> int:
        rows = self._desk.store.versions("model", model.graph_name)
        return rows[0].version if rows else 0

    def _name(self, model: Model, about: str, found: FoundVersion) -> None:
        """Name the next version; one that was deleted there takes its number and is nothing."""
        run, source = found.run, self._moved(found)
        model_id = found.model_id or _model_of(source)
        if found.deleted:
            artifact, events = _nothing(f"{model.name} {found.number}, deleted in MLflow")
        else:
            artifact, events = version_content(self._desk, model, source, model_id, run)
        fact = self._fact(found, artifact, source)
        named = VersionNamed(
            kind="model", name=model.graph_name, artifact=artifact, run=run_of(run),
            by=self._desk.author,
        )  # fmt: skip
        said = VERSION.say(
            about, fact, key=artifact, by=self._desk.author, why=self._writing.why
        )  # fmt: skip
        self._desk.write([*events, named, said])
        if found.number not in model.versions:
            self._notes.add(
                "version", f"{model.name}:{found.number}", "got another number here"
            )  # fmt: skip

    def _fact(self, found: FoundVersion, artifact: str, source: str) -> VersionFact:
        return VersionFact(
            source=source,
            artifact=artifact,
            created=found.created,
            updated=found.updated,
            stage="None" if found.deleted else found.stage,
            description=found.description,
            run="" if found.deleted else found.run,
            run_link="" if found.deleted else found.run_link,
            model_id=found.model_id or _model_of(source),
            user=found.user,
            deleted=found.deleted,
            tags=found.tags,
        )

    def _moved(self, found: FoundVersion) -> str:
        """Return where the files of a version are now."""
        before, now = self._uris.get(found.run, ("", ""))
        plain, root = (one.removeprefix("file://").rstrip("/") for one in (found.source, before))
        if root and (plain == root or plain.startswith(root + "/")):
            return now + plain.removeprefix(root)
        return found.source


def _model_of(source: str) -> str:
    return source.removeprefix("models:/") if source.startswith("models:/m-") else ""


def _nothing(label: str) -> tuple[str, list[AnyEvent]]:
    id = new_id()
    recorded = ArtifactRecorded(
        artifact=id, kind="model", digest=of_bytes(id.encode()), label=label, by_reference=True
    )
    return id, [recorded]
