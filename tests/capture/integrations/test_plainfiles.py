"""Values that a program has read from files by itself, and the rows that they can only be of."""

import csv
import json
import random

import numpy as np
import pandas as pd
import pytest

from forebear.capture import plainfiles

from .passages import passage_to, reach
from .recording import recording

ROWS = [
    {"name": f"n{at % 20}{'x' * (at % 3)}", "size": at * 7 % 50 + at / 8, "stars": at % 5, "no": at}
    for at in range(60)
]


@pytest.fixture
def folder(tmp_path):
    with (tmp_path / "things.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    (tmp_path / "things.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def dicts(path="things.csv"):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def passed_by(folder, make, file="things.csv"):
    with recording(folder) as record:
        artifact = reach(record, make())
    passage = passage_to(record, artifact)
    links = [link for step in record.steps for link in step.used]
    assert {link.evidence for link in links} == {"inferred"}
    assert record.gaps
    return passage.rows.get(file), passage.columns


def test_a_whole_column(folder):
    rows, columns = passed_by(folder, lambda: np.array([float(row["size"]) for row in dicts()]))
    assert rows == [[at] for at in range(60)]
    assert columns == {"": {"things.csv.size"}}


def test_rows_that_were_filtered_in_order(folder):
    def make():
        return [row["name"] for row in dicts() if row["stars"] == "3"]

    assert len({row["name"] for row in ROWS}) == 60
    rows, columns = passed_by(folder, make)
    assert rows == [[at] for at in range(60) if at % 5 == 3]
    assert columns == {"": {"things.csv.name"}}


def test_rows_in_another_order(folder):
    order = list(range(60))
    random.Random(4).shuffle(order)

    def make():
        table = dicts()
        return [[float(table[at]["size"]), float(table[at]["stars"])] for at in order[:25]]

    rows, columns = passed_by(folder, make)
    assert rows == [[at] for at in order[:25]]
    assert columns == {"0": {"things.csv.size"}, "1": {"things.csv.stars"}}


def test_a_frame_of_records_tells_its_columns_by_name(folder):
    def make():
        frame = pd.DataFrame(dicts()[10:30])
        return frame.assign(size=frame["size"].astype(float), twice=frame["size"].str.len())

    with recording(folder) as record:
        artifact = reach(record, make())
    passage = passage_to(record, artifact)
    assert passage.rows == {"things.csv": [[at] for at in range(10, 30)]}
    everything = {f"things.csv.{name}" for name in ROWS[0]}
    assert passage.columns["name"] == {"things.csv.name"}
    assert passage.columns["size"] == {"things.csv.size"}
    assert passage.columns["twice"] == everything


def test_lines_of_json(folder):
    def make():
        with open("things.jsonl") as file:
            return [json.loads(line)["size"] for line in file if '"stars": 2' in line]

    rows, columns = passed_by(folder, make, "things.jsonl")
    assert rows == [[at] for at in range(60) if at % 5 == 2]
    assert columns == {"": {"things.jsonl.size"}}


def test_lines_of_a_csv_without_a_header(folder):
    (folder / "plain.csv").write_text("".join(f"{at * at},{at % 7}\n" for at in range(40)))

    def make():
        with open("plain.csv") as file:
            return np.array([float(line.split(",")[0]) for line in file.readlines()][5:])

    rows, columns = passed_by(folder, make, "plain.csv")
    assert rows == [[at] for at in range(5, 40)]
    assert columns == {"": {"plain.csv.0"}}


@pytest.mark.parametrize(
    "values",
    [
        lambda: [int(row["stars"]) for row in dicts()][7:20],  # the same in many places
        lambda: [int(row["no"]) for row in dicts()][7:20],  # any count would be the same
        lambda: [float(row["size"]) + 1 for row in dicts()],  # nobody knows of what
        lambda: [float(row["size"]) for row in dicts()][:3],  # too few to tell
    ],
)
def test_what_could_be_chance_is_not_claimed(folder, values):
    with recording(folder) as record:
        artifact = reach(record, values())
    passage = passage_to(record, artifact)
    assert passage.rows == {"things.csv": None}
    assert passage.columns is None
    assert passage.unknown


def test_two_files_with_the_values_make_it_unclear(folder):
    (folder / "copy.csv").write_text("#\n" + (folder / "things.csv").read_text())
    (folder / "copy.csv").write_text((folder / "things.csv").read_text() + "z,0.5,1,99\n")

    def make():
        dicts("copy.csv")
        return [row["name"] for row in dicts()]

    with recording(folder) as record:
        artifact = reach(record, make())
    assert set(passage_to(record, artifact).rows.values()) == {None}


def test_a_file_that_was_changed_since_tells_nothing(folder):
    def make():
        names = [row["name"] for row in dicts()]
        (folder / "things.csv").write_text("name\na\n")
        return names

    with recording(folder) as record:
        artifact = reach(record, make())
    assert passage_to(record, artifact).rows == {"things.csv": None}


def test_large_files_are_left_alone(folder, monkeypatch):
    monkeypatch.setattr(plainfiles, "_LARGEST", 100)
    rows, columns = passed_by(folder, lambda: [row["name"] for row in dicts()])
    assert (rows, columns) == (None, None)


def listed_by(folder, make):
    """Rows and columns of the list that `make` hands to a point that matters itself."""
    found = []
    with recording(folder) as record:
        make(lambda thing: found.append(reach(record, thing)))
    passages = [passage_to(record, artifact) for artifact in found]
    return [(passage.rows["things.csv"], passage.columns) for passage in passages]


def test_lists_made_of_records(folder):
    def make(reach):
        records = dicts()
        random.Random(3).shuffle(records)
        train = records[:30]
        reach([[float(r["size"]) * 2, len(r["name"])] for r in train])
        reach([int(r["stars"]) >= 3 for r in train])
        labels = [r["name"][:2] for r in train if r["stars"] != "1"]
        reach(labels)

    order = list(range(60))
    random.Random(3).shuffle(order)
    rows = [[at] for at in order[:30]]
    kept = [[at] for at in order[:30] if at % 5 != 1]
    assert listed_by(folder, make) == [
        (rows, {"0": {"things.csv.size"}, "1": {"things.csv.name"}}),
        (rows, {"": {"things.csv.stars"}}),
        (kept, {"": {"things.csv.name"}}),
    ]


def test_lists_made_of_pairs(folder):
    def make(reach):
        pairs = [(row["name"], int(row["stars"])) for row in dicts()][10:40]
        reach([stars > 2 for _, stars in pairs])
        reach([name.upper() for name, stars in pairs if stars])

    assert listed_by(folder, make) == [
        ([[at] for at in range(10, 40)], {"": {"things.csv.stars"}}),
        ([[at] for at in range(10, 40) if at % 5], {"": {"things.csv.name"}}),
    ]


def test_lists_that_were_changed_since_are_not_claimed(folder):
    def make(reach):
        records = dicts()
        flags = [int(r["stars"]) * 3 for r in records]
        records.reverse()
        reach(flags)

    assert listed_by(folder, make) == [(None, None)]


CALLS = []


def scored(value):
    CALLS.append(value)
    return float(value) * 2


class Record(dict):
    def __getitem__(self, key):
        CALLS.append(key)
        return super().__getitem__(key)


def test_nothing_of_the_programs_own_is_called_again(folder):
    def make(reach):
        records = dicts()
        own = [Record(record) for record in records]
        one = [scored(record["size"]) for record in records]
        two = [float(record["size"]) * 3 for record in own]
        CALLS.clear()
        reach(one)
        reach(two)

    assert listed_by(folder, make) == [(None, None), (None, None)]
    assert CALLS == []


@pytest.mark.parametrize("text", ["\0\xff", "{", "", "a,b\n1\n", '[{"a": 1}, 2]', '{"a": [1]}'])
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.jsonl", "x.txt"])
def test_no_file_does_any_harm(tmp_path, name, text):
    (tmp_path / name).write_text(text, "latin-1")
    with recording(tmp_path) as record:
        with open(name, "rb") as file:
            file.read()
        reach(record, np.arange(50.0) ** 1.5)
    assert not [gap for gap in record.gaps if gap.startswith("Something")]
