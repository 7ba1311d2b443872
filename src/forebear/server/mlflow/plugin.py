"""MLflow without a server: `mlflow.set_tracking_uri("forebear://./.forebear")`.

MLflow finds its way here by entry points (`doors`). Its own clients of servers are used as they
are; what they would send goes to the same calls that a server answers, in this process.
"""

from __future__ import annotations

import posixpath
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from mlflow.entities import FileInfo
from mlflow.exceptions import RestException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.model_registry.rest_store import RestStore as RegistryRestStore
from mlflow.store.tracking.rest_store import RestStore
from mlflow.tracking import get_tracking_uri
from mlflow.utils.proto_json_utils import parse_dict
from mlflow.utils.rest_utils import MlflowHostCreds
from packaging.version import Version

from forebear.capture.loading import RecallWarning
from forebear.client.local import LocalClient, caller, open_local
from forebear.client.locate import place_for_recording
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.events import AnyEvent
from forebear.server.mlflow import artifacts, table
from forebear.server.mlflow.errors import MlflowError, missing, translated
from forebear.server.mlflow.facts import FILE, FileFact
from forebear.server.mlflow.recalls import recall_of
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.usage import record_use
from forebear.server.mlflow.values import not_implemented
from forebear.server.mlflow.view import View

__all__ = ["ForebearArtifacts", "ForebearRegistry", "ForebearTracking"]

_SCHEME: Final = "forebear://"
_FILES: Final = "forebear-artifacts:"
_SERVED: Final = artifacts.SCHEME
_PREFIXES: Final = ("/api/2.0/mlflow/", "/api/3.0/mlflow/")
_warned: Final[set[str]] = set()


class _Embedded:
    """A store on this machine, asked as a server would be."""

    def __init__(self, folder: str) -> None:
        place = place_for_recording(folder)
        if place.is_server:
            raise InvalidInput(
                f"{place} is a server.", hint="Give MLflow its address: it speaks to it as it is."
            )
        self._client: LocalClient = open_local(place)
        self.view = View(self._client.store)

    @property
    def desk(self) -> Desk:
        """Where a call is worked on."""
        return Desk(self._client.store, self.view, caller(), here=True)

    def ask(self, method: str, endpoint: str, body: str | None) -> Any:
        """Answer a call; addresses of artifacts are those of this form."""
        path = next(
            (endpoint.removeprefix(one) for one in _PREFIXES if endpoint.startswith(one)), endpoint
        )
        said = (body or "{}").replace(f'"{_FILES}/', f'"{_SERVED}/')
        with _in_its_words():
            found = table.find(method, path)
            if found is None:
                raise not_implemented(f"{method} {path}")
            one, values = found
            told = table.answer(one, self.desk, {**msgspec.json.decode(said), **values})
        text = msgspec.json.encode(told).decode().replace(f'"{_SERVED}/', f'"{_FILES}/')
        return msgspec.json.decode(text)


@contextmanager
def _in_its_words() -> Iterator[None]:
    """Raise what goes wrong as programs that use MLflow expect it."""
    try:
        yield
    except (MlflowError, ForebearError) as error:
        told = error if isinstance(error, MlflowError) else translated(error)
        raise RestException({"error_code": told.code, "message": told.message}) from None


@cache
def _embedded(folder: str) -> _Embedded:
    return _Embedded(folder)


def _at(uri: str | None) -> _Embedded:
    said = uri or get_tracking_uri()
    folder = said.removeprefix(_SCHEME) or "."
    return _embedded(str(Path(folder).expanduser().absolute()))


def _warn_of_recalls(desk: Desk, model: str) -> None:
    """Warn of a model that was recalled, or was made of what was, once in a process."""
    said = recall_of(desk, model) if model not in _warned else None
    if said is not None:
        _warned.add(model)
        warnings.warn(said, RecallWarning, stacklevel=2)


def _creds(store_uri: str) -> Callable[[], MlflowHostCreds]:
    """Return what a store for servers wants; clients print it as the address of a run."""
    return lambda: MlflowHostCreds(store_uri)


class ForebearTracking(RestStore):  # type: ignore[misc]
    """MLflow's tracking store over a store of ours."""

    def __init__(self, store_uri: str) -> None:
        super().__init__(_creds(store_uri))
        self._uri = store_uri

    @staticmethod
    def _get_server_version(host_creds: MlflowHostCreds) -> Version:
        import mlflow

        return Version(mlflow.__version__)

    def _validate_workspace_support_if_specified(self) -> None:
        return None

    def _call_endpoint(
        self,
        api: Any,
        json_body: str | None = None,
        endpoint: str | None = None,
        retry_timeout_seconds: float | None = None,
        response_proto: Any = None,
    ) -> Any:
        known = self._V3_METHOD_TO_INFO if api in self._V3_APIS else self._METHOD_TO_INFO
        said, method = known[api]
        answer = response_proto or api.Response()
        parse_dict(_at(self._uri).ask(method, endpoint or said, json_body), answer)
        return answer


class ForebearRegistry(RegistryRestStore):  # type: ignore[misc]
    """MLflow's model registry over a store of ours."""

    def __init__(self, store_uri: str) -> None:
        super().__init__(_creds(store_uri))
        self._uri = store_uri

    def _call_endpoint(
        self,
        api: Any,
        json_body: str | None,
        call_all_endpoints: bool = False,
        extra_headers: Any = None,
    ) -> Any:
        answer = self._get_response_from_method(api)
        ways = (
            self._get_all_endpoints_from_method(api)
            if call_all_endpoints
            else [self._get_endpoint_from_method(api)]
        )
        endpoint, method = ways[0]
        parse_dict(_at(self._uri).ask(method, endpoint, json_body), answer)
        return answer


class ForebearArtifacts(ArtifactRepository):  # type: ignore[misc]
    """The files of runs and logged models in a store of ours."""

    def __init__(
        self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
    ) -> None:
        super().__init__(artifact_uri, tracking_uri, registry_uri)
        self._embedded = _at(tracking_uri)
        self._root = artifact_uri.removeprefix(_FILES).strip("/")

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """Keep a file."""
        self._say([self._kept(Path(local_file), artifact_path, Path(local_file).name)])

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Keep all files of a folder."""
        files = [path for path in sorted(Path(local_dir).rglob("*")) if path.is_file()]
        self._say(
            self._kept(path, artifact_path, path.relative_to(local_dir).as_posix())
            for path in files
        )

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """Return the files and folders in a folder."""
        desk, inside = self._embedded.desk, artifacts.plain(path or "")
        with desk.view.lock:
            desk.view.catch_up()
            found = artifacts.listing(desk.view, self._whole(inside), relative_to=inside)
        return [FileInfo(one["path"], one["is_dir"], one.get("file_size")) for one in found]

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """Hide a file, or all in a folder."""
        desk, whole = self._embedded.desk, self._whole(artifact_path or "")
        with desk.view.lock:
            desk.view.catch_up()
            below = artifacts.files_below(desk.view, whole)
            gone = [f"{whole}/{one}" for one in below] or [whole]
            places = [artifacts.place_of(desk.view.space, one) for one in gone]
            desk.write([FILE.say(about, None, key=key, by=desk.author) for about, key in places])

    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        desk = self._embedded.desk
        whole = self._whole(remote_file_path)
        target = Path(local_path)
        kept = target.with_name(f".{target.name}.part")
        with _in_its_words():
            with desk.view.lock:
                desk.view.catch_up()
                fact = artifacts.find(desk.view, whole)
                loaded = artifacts.model_at(desk.view, whole)
                if loaded is not None:
                    record_use(desk, loaded)
                    _warn_of_recalls(desk, loaded)
            if fact is None:
                raise missing(f"No such artifact: '{remote_file_path}'")
            desk.store.blobs.copy_to(fact.digest, kept)
        shutil.move(kept, target)

    def _kept(self, file: Path, folder: str | None, name: str) -> AnyEvent:
        """Keep the bytes of a file, and return what tells where it lies."""
        desk = self._embedded.desk
        digest = desk.store.blobs.put_file(file)
        path = self._whole(posixpath.join(folder or "", name))
        about, key = artifacts.place_of(desk.view.space, path)
        fact = FileFact(digest=digest, size=file.stat().st_size)
        return FILE.say(about, fact, key=key, by=desk.author)

    def _say(self, events: Iterable[AnyEvent]) -> None:
        kept, desk = list(events), self._embedded.desk
        if kept:
            with desk.view.lock:
                desk.view.catch_up()
                desk.write(kept)

    def _whole(self, path: str) -> str:
        try:
            return artifacts.check_path(artifacts.plain(f"{self._root}/{path}"))
        except MlflowError as error:
            raise RestException({"error_code": error.code, "message": error.message}) from None
