"""Transformers: models from folders, the Trainer, and models saved again."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.integrations._hf_files import (
    claim_below,
    loaded_from,
    weight_files,
    weights_in,
    written_to,
)
from forebear.capture.integrations.torch_data import links_of
from forebear.capture.objects import bind_loaded, model_of, new_data, saved_model_of
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.capture.trainings import base_link, trained_in_one_call
from forebear.core.events import Link

__all__ = ["MODULES", "bind_to"]

_SETTINGS: Final = (
    "learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size",
    "gradient_accumulation_steps", "weight_decay", "warmup_steps", "warmup_ratio", "seed",
    "lr_scheduler_type", "optim", "fp16", "bf16", "label_smoothing_factor", "max_grad_norm",
)  # fmt: skip


def patch_models(patches: Patches, module: ModuleType) -> None:
    """Observe models that are loaded and saved."""
    patches.observe(module.PreTrainedModel, "from_pretrained", _after_load)
    patches.observe(module.PreTrainedModel, "save_pretrained", _after_save)


def patch_trainer(patches: Patches, module: ModuleType) -> None:
    """Observe the Trainer."""
    patches.observe(module.Trainer, "train", _after_train, _before_train)
    patches.observe(module.Trainer, "evaluate", _after_evaluate)
    patches.observe(module.Trainer, "predict", _after_predict)
    patches.observe(module.Trainer, "save_model", _after_save_model)


def _after_load(call: Call, result: Any) -> None:
    source = call.argument(1, "pretrained_model_name_or_path")
    model = result[0] if isinstance(result, tuple) else result
    if source is not None:
        bind_to(call, model, loaded_from(call, source, "transformers"))


def bind_to(call: Call, model: Any, files: list[Origin]) -> None:
    """Bind a model to the files that its weights came out of."""
    session = call.session
    if len(files) == 1:
        file = Origin(artifact=files[0].artifact, label=call.target() or files[0].label)
        bind_loaded(session, model, file, alone=True)
    elif files:
        origin = Origin(parents=tuple(files), label=call.target())
        session.tracker.bind(model, origin)


def _after_save(call: Call, result: Any) -> None:
    label = (call.site.receiver if call.site is not None else "") or None
    origin = saved_model_of(call.session, call.args[0], label=label)
    written_to(call, origin, call.argument(1, "save_directory"), "transformers")


# The Trainer ---------------------------------------------------------------------------------


def _before_train(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Link]:
    trainer = args[0]
    return base_link(session, trainer.model) if trainer.model is not None else []


def _after_train(call: Call, result: Any) -> None:
    session, trainer = call.session, call.args[0]
    folder = Path(trainer.args.output_dir).absolute()
    claim_below(call, folder)
    used = links_of(session, trainer.train_dataset, "train")
    if trainer.eval_dataset is not None and str(trainer.args.eval_strategy) != "no":
        used += _links(session, trainer.eval_dataset, "validation")
    settings = {name: getattr(trainer.args, name, None) for name in _SETTINGS}
    params = plain({name: value for name, value in settings.items() if value is not None})
    params["steps"] = trainer.state.global_step
    checkpoints = [
        session.file(path, "write", kind="model", format="transformers", **weights_in(path))
        for one in sorted(folder.glob("checkpoint-*"))
        if one.stat().st_mtime >= call.started.timestamp()
        for path in weight_files(one)
    ]
    origin, step = trained_in_one_call(
        call, trainer.model, used, name="Trainer.train", params=params, checkpoints=checkpoints
    )
    for entry in trainer.state.log_history:
        _record_log(session, entry, step, origin)


def _links(session: Session, data: Any, role: str | None) -> list[Link]:
    several = data.values() if isinstance(data, dict) else [data]
    return [link for one in several for link in links_of(session, one, role)]


def _record_log(session: Session, entry: dict[str, Any], step: str, model: Origin) -> None:
    """Record one line of the Trainer's log, what it says of the evaluation apart."""
    numbers = {key: float(v) for key, v in entry.items() if isinstance(v, int | float)}
    at = int(numbers.pop("step", 0))
    for key in ("epoch", "total_flos"):
        numbers.pop(key, None)
    for split in ("train", "validation"):
        figures = {
            key.removeprefix("eval_").removeprefix("train_"): value
            for key, value in numbers.items()
            if key.startswith("eval_") == (split == "validation") and "per_second" not in key
        }
        if figures:
            session.metrics(figures, run=step, model=model.artifact, split=split, step=at)


def _after_evaluate(call: Call, result: Any) -> None:
    session, trainer = call.session, call.args[0]
    given = call.argument(1, "eval_dataset")
    links = _used_on(call, trainer.eval_dataset if given is None else given)
    origin = model_of(session, trainer.model)
    step = session.step(
        "evaluate",
        "Trainer.evaluate",
        started=call.started,
        used=[*links, Link(artifact=origin.artifact or "", role="model")],
        site=call.site,
    )
    figures = {key.removeprefix("eval_"): v for key, v in result.items() if "per_second" not in key}
    figures.pop("epoch", None)
    session.metrics(
        {key: float(value) for key, value in figures.items() if isinstance(value, int | float)},
        run=step,
        model=origin.artifact,
        data=links[0].artifact if links else None,
        split=links[0].role if links and links[0].role != "input" else None,
    )


def _used_on(call: Call, data: Any) -> list[Link]:
    if data is None or isinstance(data, str):
        return []
    links = _links(call.session, data, None)
    role = next((link.role for link in links if link.role not in (None, "input")), "validation")
    return [
        Link(artifact=one.artifact, role=role, slot=one.slot, evidence=one.evidence)
        for one in links
    ]


def _after_predict(call: Call, result: Any) -> None:
    session, trainer = call.session, call.args[0]
    origin = model_of(session, trainer.model)
    links = links_of(session, call.argument(1, "test_dataset"), "test")
    made = new_data(session, result.predictions, label=call.target() or "predictions")
    if made is not None:
        made.model, made.role = origin, "test"
        made.data = Origin(artifact=links[0].artifact) if links else None
        session.tracker.predictions.append((len(result.predictions), made))
    session.step(
        "predict",
        "Trainer.predict",
        started=call.started,
        used=[*links, Link(artifact=origin.artifact or "", role="model")],
        generated=[Link(artifact=made.artifact or "", role="predictions")] if made else [],
        site=call.site,
    )


def _after_save_model(call: Call, result: Any) -> None:
    trainer = call.args[0]
    target = call.argument(1, "output_dir") or trainer.args.output_dir
    origin = saved_model_of(call.session, trainer.model)
    written_to(call, origin, target, "transformers")


MODULES = {"transformers.modeling_utils": patch_models, "transformers.trainer": patch_trainer}
