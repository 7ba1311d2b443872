"""Tables in a terminal that has no room for them: nothing is cut off."""

import pytest

from forebear.cli.output import print_table

HEADS = ["data", ">newest", "file", "owner", "licence", "named"]
ROW = ["customers", "12", "customers.csv", "Ada Byron", "CC-BY-NC-4.0", "2026-11-27 15:34"]


@pytest.mark.parametrize("width", [60, 100])
def test_every_letter_is_there(width, monkeypatch, capsys) -> None:
    monkeypatch.setattr("forebear.cli.output.WIDTH", width)
    print_table(HEADS, [ROW])
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line.rstrip()) <= width for line in lines)
    body = lines[next(at for at, line in enumerate(lines) if line.startswith("─")) + 1 :]
    assert sorted("".join(body).replace(" ", "")) == sorted("".join(ROW).replace(" ", ""))
    assert body[0].startswith("customers ")
