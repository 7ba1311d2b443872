import os
import warnings

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
torch = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    transformers = pytest.importorskip("transformers")
    datasets = pytest.importorskip("datasets")
    peft = pytest.importorskip("peft")

from forebear.core.events import Derived  # noqa: E402
from forebear.engines.files import digest_path  # noqa: E402
from forebear.engines.weights import weights_of  # noqa: E402

from .networks import kinds, recorded, roles  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def config():
    return transformers.BertConfig(
        vocab_size=20,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=8,
        num_labels=2,
    )


def base(folder="base", card=""):
    """Leave a small model in a folder, as somebody else would have made it."""
    torch.manual_seed(0)
    transformers.BertForSequenceClassification(config()).save_pretrained(folder)
    if card:
        (folder / "README.md").write_text(card)


def tokens(path="points.csv"):
    data = datasets.load_dataset("csv", data_files=path, cache_dir="cache")["train"]

    def encode(row):
        ids = [int(abs(row["a"]) * 5) % 20, int(abs(row["b"]) * 5) % 20]
        return {"input_ids": ids, "attention_mask": [1, 1], "labels": row["t"]}

    return data.map(encode, remove_columns=["a", "b", "t"])


def trainer(model, train, **more):
    args = transformers.TrainingArguments(
        output_dir="out",
        per_device_train_batch_size=20,
        max_steps=3,
        learning_rate=0.01,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
        logging_steps=1,
        **more.pop("args", {}),
    )
    return transformers.Trainer(model=model, args=args, train_dataset=train, **more)


def test_from_a_base_model_and_a_file_to_a_saved_model(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path) as record:
        model = transformers.AutoModelForSequenceClassification.from_pretrained("base")
        parts = tokens().train_test_split(test_size=0.25, seed=1)
        training = trainer(model, parts["train"], eval_dataset=parts["test"])
        training.train()
        told = training.evaluate()
        model.save_pretrained("tuned")
    (step,) = kinds(record, "train")
    assert ("model.safetensors", "base") in roles(record, step)
    assert ("points.csv", "train") in roles(record, step)
    assert (step.params["learning_rate"], step.params["steps"]) == (0.01, 3)
    made = record.artifacts[step.generated[0].artifact]
    assert made.weights == weights_of(model)
    assert [link.role for link in step.generated] == [None, "checkpoint"]
    (evaluated,) = kinds(record, "evaluate")
    assert ("points.csv", "test") in roles(record, evaluated)
    (metrics,) = [one for one in record.metrics if one.run == evaluated.run]
    assert metrics.metrics[0].value == pytest.approx(told["eval_loss"])
    saved = [a for a in record.artifacts.values() if a.weights == made.weights and a.size]
    assert {"points.csv", "model.safetensors"} <= record.ancestors(saved[0].artifact)


def test_a_model_is_loaded_as_it_is_without_us(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path):
        model = transformers.AutoModelForSequenceClassification.from_pretrained("base")
    assert model.bert.embeddings.position_ids.tolist() == [list(range(8))]


def test_a_model_loaded_and_saved_unchanged_is_a_copy(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path) as record:
        model = transformers.BertForSequenceClassification.from_pretrained("base")
        model.save_pretrained("copy")
    assert record.gaps == []
    assert kinds(record, "train") == []
    models = [a for a in record.artifacts.values() if a.kind == "model"]
    assert {a.weights for a in models} == {weights_of(model)}
    assert [a.label for a in models].count("model.safetensors") == 1
    assert record.by_label("base").artifact == digest_path(tmp_path / "base").digest
    assert record.ancestors(digest_path(tmp_path / "copy").digest) <= {"base", "model.safetensors"}


def test_a_folder_of_a_model_is_known_as_one_thing(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path) as record:
        model = transformers.BertForSequenceClassification.from_pretrained("base")
        trainer(model, tokens()).train()
        model.save_pretrained("tuned")
        (tmp_path / "tuned" / "vocab.txt").write_text("saved after the model")
    whole = record.artifacts[digest_path(tmp_path / "tuned").digest]
    assert (whole.kind, whole.format, whole.weights) == ("model", "transformers", weights_of(model))
    assert record.ancestors(whole.artifact) >= {"base", "points.csv", "model.safetensors"}
    (file,) = [d.target for d in record.of(Derived) if d.source == whole.artifact]
    assert file == digest_path(tmp_path / "tuned" / "model.safetensors").digest


def test_what_a_card_claims_is_declared(tmp_path):
    base(
        tmp_path / "base",
        "---\nbase_model: org/first\nbase_model_relation: finetune\n"
        "datasets:\n- org/texts\n---\nHi\n",
    )
    with recorded(tmp_path) as record:
        transformers.BertForSequenceClassification.from_pretrained("base")
    claims = [(record.label(d.source), d.relation, d.evidence) for d in record.of(Derived)]
    assert {one for one in claims if one[1] != "export"} == {
        ("org/first", "finetune", "declared"),
        ("org/texts", "train", "declared"),
    }
    assert record.gaps == []


def test_a_broken_card_harms_nobody(tmp_path):
    base(tmp_path / "base", "---\nbase_model: [org\n---\n")
    with recorded(tmp_path) as record:
        transformers.BertForSequenceClassification.from_pretrained("base")
    assert {edge.relation for edge in record.of(Derived)} == {"export"}
    assert record.gaps == []


def test_an_adapter_is_trained_on_its_base_saved_and_loaded(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path) as record:
        below = transformers.AutoModelForSequenceClassification.from_pretrained("base")
        lora = peft.LoraConfig(r=2, target_modules=["query"], task_type="SEQ_CLS")
        model = peft.get_peft_model(below, lora)
        trainer(model, tokens()).train()
        model.save_pretrained("adapter")
        again = transformers.AutoModelForSequenceClassification.from_pretrained("base")
        loaded = peft.PeftModel.from_pretrained(again, "adapter", is_trainable=True)
        trainer(loaded, tokens()).train()
    first, second = kinds(record, "train")
    assert ("model.safetensors", "base") in roles(record, first)
    assert {"model.safetensors", "adapter_model.safetensors"} <= {
        label for label, role in roles(record, second) if role == "base"
    }
    adapters = [(record.label(d.source), record.label(d.target)) for d in record.derived
                if d.relation == "adapter"]  # fmt: skip
    assert set(adapters) == {("model.safetensors", "adapter_model.safetensors")}
    file = record.by_label("adapter_model.safetensors")
    assert {"points.csv", "model.safetensors"} <= record.ancestors(file.artifact)


def test_an_own_loop_over_a_base_model(tmp_path):
    base(tmp_path / "base")
    with recorded(tmp_path) as record:
        model = transformers.AutoModelForSequenceClassification.from_pretrained("base")
        model.train()
        loader = torch.utils.data.DataLoader(tokens().with_format("torch"), batch_size=30)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for batch in loader:
            model(**batch).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        model.save_pretrained("tuned")
    (step,) = kinds(record, "train")
    assert {("points.csv", "train"), ("model.safetensors", "base")} == roles(record, step)
    assert (step.params["optimizer"], step.params["steps"]) == ("AdamW", 4)


def test_data_sets_are_followed_and_saved(tmp_path):
    with recorded(tmp_path) as record:
        tokens().filter(lambda row: row["labels"] == 1).save_to_disk("kept")
        again = datasets.load_from_disk("kept")
        again.to_pandas().to_csv("kept.csv", index=False)
    assert "points.csv" in record.ancestors(record.by_label("kept").artifact)
    assert {"kept", "points.csv"} <= record.ancestors(record.by_label("kept.csv").artifact)


def test_nothing_is_left(tmp_path):
    def held():
        return (
            vars(transformers.PreTrainedModel)["from_pretrained"],
            transformers.PreTrainedModel.save_pretrained,
            transformers.Trainer.train,
            peft.get_peft_model,
            datasets.load_dataset,
            datasets.Dataset.map,
        )

    before = held()
    with recorded(tmp_path):
        assert held() != before
    assert held() == before
