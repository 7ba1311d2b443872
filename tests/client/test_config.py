from __future__ import annotations

from pathlib import Path

import pytest

from forebear.client.config import TEMPLATE, CaptureConfig, Config, load_config, parse_size
from forebear.core.errors import InvalidInput


def load(folder: Path, text: str) -> Config:
    (folder / "config.toml").write_text(text)
    return load_config(folder)


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("64 MB", 64_000_000),
        ("64MiB", 64 << 20),
        ("1.5 GB", 1_500_000_000),
        ("2 k", 2000),
        ("0", 0),
        (12, 12),
        ("7 B", 7),
        ("1 TiB", 1 << 40),
    ],
)
def test_sizes(said, size):
    assert parse_size(said) == size


@pytest.mark.parametrize("said", ["", "MB", "-1", -1, "1 XB", True, None, 1.5, "1 i", "1 2 MB"])
def test_what_is_no_size(said):
    with pytest.raises(InvalidInput, match="is not a size"):
        parse_size(said)


def test_no_file_and_the_template_mean_the_defaults(tmp_path: Path):
    assert load_config(tmp_path) == Config()
    assert load(tmp_path, TEMPLATE) == Config()


def test_the_template_tells_the_defaults(tmp_path: Path):
    spoken = "\n".join(
        line.removeprefix("# ") if " = " in line else line for line in TEMPLATE.splitlines()
    )
    assert load(tmp_path, spoken) == Config()
    assert all(field in spoken for field in CaptureConfig.__struct_fields__)


def test_settings_are_read(tmp_path: Path):
    config = load(tmp_path, '[capture]\nkeep_data_below = "1 GiB"\nkeep_code = false\n')
    assert config.capture == CaptureConfig(keep_data_below=1 << 30, keep_code=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[captur]\n", "there is no section called `captur`"),
        ("[capture]\nkeep = 1\n", r"no setting in \[capture\] called `keep`"),
        ('[capture]\nkeep_data_below = "lots"\n', "`keep_data_below`: 'lots' is not a size"),
        ("[capture]\nkeep_code = 1\n", "`keep_code` must be true or false, not 1"),
        ('[push]\nto = "x"\n', r"no setting in \[push\] called `to`"),
        ("[push]\nremote = 1\n", "`remote` must be text in quotes, not 1"),
        ("capture = 1\n", "`capture` must be a section"),
        ("[capture\n", "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text, said):
    with pytest.raises(InvalidInput, match=said) as raised:
        load(tmp_path, text)
    assert "config.toml" in raised.value.message


def test_a_remote_is_read(tmp_path: Path):
    assert load(tmp_path, '[push]\nremote = "../team"\n').push.remote == "../team"
