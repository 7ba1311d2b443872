"""Lightning: what its Trainer fits, validates, tests and predicts, and its checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.integrations._hf_files import claim_below
from forebear.capture.integrations._torch_watch import bare_module, settings_of
from forebear.capture.integrations.torch_data import links_of
from forebear.capture.objects import bind_loaded, export_model, model_of, saved_model_of
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.capture.trainings import base_link, trained_in_one_call
from forebear.core.events import Link
from forebear.engines.weights import weights_of

__all__ = ["MODULES"]

_ROLES = {"validate": "validation", "test": "test"}


def patch_trainer(patches: Patches, module: ModuleType) -> None:
    """Observe the Trainer."""
    trainer = module.Trainer
    patches.observe(trainer, "fit", _after_fit, _before_fit)
    for name, role in _ROLES.items():
        patches.observe(trainer, name, partial(_after_evaluate, role=role))
    patches.observe(trainer, "predict", _after_predict)
    patches.observe(trainer, "save_checkpoint", _after_save)


def patch_module(patches: Patches, module: ModuleType) -> None:
    """Observe modules that are loaded from a checkpoint."""
    patches.observe(module.LightningModule, "load_from_checkpoint", _after_load)


def _before_fit(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Link]:
    model = bare_module(args[1] if len(args) > 1 else kwargs.get("model"))
    links = base_link(session, model)
    resumed = place_of(kwargs.get("ckpt_path")) if kwargs.get("ckpt_path") else None
    if isinstance(resumed, Path) and resumed.is_file():
        artifact = file_read(session, resumed, format="lightning", kind="model")
        links.append(Link(artifact=artifact, role="base"))
    return links


def _after_fit(call: Call, result: Any) -> None:
    session, trainer = call.session, call.args[0]
    model = bare_module(call.argument(1, "model") or trainer.lightning_module)
    _claim(call, trainer)
    used = [*_links(session, trainer.train_dataloader, "train")]
    used += _links(session, trainer.val_dataloaders, "validation")
    checkpoints = [
        session.file(path, "write", kind="model", format="lightning") for path in _kept(trainer)
    ]
    name = f"{type(model).__name__}.fit"
    params = _params(trainer, model)
    origin, step = trained_in_one_call(
        call, model, used, name=name, params=params, checkpoints=checkpoints
    )
    _metrics(session, trainer.callback_metrics, step, origin)


def _links(session: Session, loaders: Any, role: str) -> Iterator[Link]:
    """Yield links to the data of a loader, or of all in a list or dict of them."""
    if isinstance(loaders, Mapping):
        loaders = list(loaders.values())
    several: Iterable[Any] = loaders if isinstance(loaders, list | tuple) else [loaders]
    for one in several:
        if one is not None:
            yield from links_of(session, one, role)


def _params(trainer: Any, model: Any) -> dict[str, Any]:
    """Return the settings of the optimizer and the Trainer, and the module's own."""
    optimizers = list(trainer.optimizers)
    found = settings_of(optimizers[0]) if optimizers else {}
    found |= {"epochs": trainer.current_epoch, "steps": trainer.global_step}
    found |= {f"hparams.{key}": value for key, value in dict(model.hparams).items()}
    loader = trainer.train_dataloader
    if getattr(loader, "batch_size", None) is not None:
        found["batch_size"] = loader.batch_size
    params: dict[str, Any] = plain(found)
    return params


def _kept(trainer: Any) -> list[Path]:
    """Return the checkpoints that a training has left."""
    found: list[Path] = []
    for callback in trainer.checkpoint_callbacks:
        names = [callback.best_model_path, callback.last_model_path, *callback.best_k_models]
        found += [Path(name) for name in names if name and Path(name).is_file()]
    return list(dict.fromkeys(found))


def _claim(call: Call, trainer: Any) -> None:
    folders = [trainer.log_dir, getattr(trainer.checkpoint_callback, "dirpath", None)]
    for folder in folders:
        if folder:
            claim_below(call, Path(folder).absolute())


def _metrics(session: Session, values: Mapping[str, Any], step: str, model: Origin) -> None:
    """Record the last figures, by the split that their names speak of."""
    for split in ("train", "validation", "test"):
        figures = {key: float(value) for key, value in values.items() if _split_of(key) == split}
        if figures:
            session.metrics(figures, run=step, model=model.artifact, split=split)


def _split_of(key: str) -> str:
    return "validation" if key.startswith("val") else "test" if key.startswith("test") else "train"


def _model(call: Call) -> Any:
    return bare_module(call.argument(1, "model") or call.args[0].lightning_module)


def _after_evaluate(call: Call, result: Any, *, role: str) -> None:
    session, trainer = call.session, call.args[0]
    _claim(call, trainer)
    model = _model(call)
    origin = model_of(session, model)
    loaders = trainer.val_dataloaders if role == "validation" else trainer.test_dataloaders
    step = session.step(
        "evaluate",
        f"{type(model).__name__}.{call.function}",
        started=call.started,
        used=[*_links(session, loaders, role), Link(artifact=origin.artifact or "", role="model")],
        site=call.site,
    )
    for values in result or ():
        figures = {key: float(value) for key, value in values.items()}
        if figures:
            session.metrics(figures, run=step, model=origin.artifact, split=role)


def _after_predict(call: Call, result: Any) -> None:
    session, model = call.session, _model(call)
    origin = model_of(session, model)
    loaders = call.args[0].predict_dataloaders
    links = [
        link
        for one in (loaders if isinstance(loaders, list | tuple) else [loaders])
        if one is not None
        for link in links_of(session, one, None)
    ]
    session.step(
        "predict",
        f"{type(model).__name__}.predict",
        started=call.started,
        used=[*links, Link(artifact=origin.artifact or "", role="model")],
        site=call.site,
    )


def _after_save(call: Call, result: Any) -> None:
    session, place = call.session, place_of(call.argument(1, "filepath"))
    if not isinstance(place, Path) or not place.exists():
        return
    call.claim(str(place))
    session.files.pending.pop(str(place), None)
    origin = saved_model_of(session, bare_module(call.args[0].lightning_module))
    weights = {"weights": origin.digest} if origin.digest else {}
    artifact = session.file(place, "write", kind="model", format="lightning", **weights)
    export_model(session, origin, place, artifact)


def _after_load(call: Call, result: Any) -> None:
    session, place = call.session, place_of(call.argument(1, "checkpoint_path"))
    if not isinstance(place, Path) or not place.is_file():
        return
    call.claim(str(place))
    digest = weights_of(result)
    weights = {"weights": digest} if digest else {}
    artifact = file_read(session, place, format="lightning", kind="model", **weights)
    bind_loaded(session, result, Origin(artifact=artifact, label=call.target()), alone=True)
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


MODULES = {
    "lightning.pytorch.trainer.trainer": patch_trainer,
    "pytorch_lightning.trainer.trainer": patch_trainer,
    "lightning.pytorch.core.module": patch_module,
    "pytorch_lightning.core.module": patch_module,
}
