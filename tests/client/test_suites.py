"""Where suites are written, and which one counts."""

import pytest

from forebear.client.suites import add_section, suite_for, suites
from forebear.core.errors import InvalidInput
from forebear.ops.quality_suites import read_suite, sections

RULES = """
[stages]
order = ["new", "live", "gone"]

[[quality.people.check]]
kind = "range"  # nobody is older
column = "age"
least = 0
greatest = 120.5

[[quality."no.1".check]]
kind = "values"
column = "sex"
among = ["F", "M", "\\"x\\""]
severity = "warn"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


def test_sections_of_the_rules_are_suites(folder):
    (folder / "forebear.toml").write_text(RULES)
    found = suites(None)
    assert list(found) == ["people", "no.1"]
    people = read_suite(found["people"].text, found["people"].source)
    assert (people.data, people.checks[0].greatest) == ("people", 120.5)
    first = read_suite(found["no.1"].text, "it")
    assert (first.data, first.checks[0].among[-1]) == ("no.1", '"x"')


def test_a_suite_is_another_one_only_when_its_own_section_changes(folder):
    file = folder / "forebear.toml"
    file.write_text(RULES)
    before = {name: one.text for name, one in suites(None).items()}
    file.write_text(RULES.replace("# nobody is older", "").replace('"M", ', ""))
    after = {name: one.text for name, one in suites(None).items()}
    assert after["people"] == before["people"]
    assert after["no.1"] != before["no.1"]


def test_rules_and_files_are_found_from_a_folder_below(folder, monkeypatch):
    (folder / "forebear.toml").write_text(RULES)
    (folder / "quality").mkdir()
    (folder / "quality" / "pay.toml").write_text('[[check]]\nkind = "schema"\nfields = {}\n')
    (folder / "src").mkdir()
    monkeypatch.chdir(folder / "src")
    assert sorted(suites(None)) == ["no.1", "pay", "people"]
    assert suite_for("data:pay:3", None).source == str(folder / "quality" / "pay.toml")


def test_a_file_comes_before_a_section_and_the_section_is_named(folder):
    (folder / "forebear.toml").write_text(RULES)
    (folder / "quality").mkdir()
    (folder / "quality" / "people.toml").write_text("")
    found = suite_for("data:people", None)
    assert found.source == str(folder / "quality" / "people.toml")
    assert found.unused == f"{folder / 'forebear.toml'}: [quality.people]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[quality.people.check]]\nkind = "rnge"\n',
            "[quality.people], check 1: there is no check",
        ),
        ("[quality.people]\nchekc = 1\n", "[quality.people] is no suite: it has 'chekc'"),
        ('[quality.people]\ncheck = "x"\n', "[quality.people] is no suite"),
        ("[[quality.people]]\nkind = 'x'\n", "`quality` must hold a section for each data set"),
        ("quality = 3\n", "`quality` must hold a section for each data set"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(folder, text, words):
    (folder / "forebear.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        _read("people")
    assert words in caught.value.message
    assert str(folder / "forebear.toml") in caught.value.message


def test_a_rules_file_may_be_named(folder):
    file = folder / "other" / "forebear.toml"
    file.parent.mkdir()
    file.write_text(RULES)
    assert 'kind = "range"' in suite_for("data:people:2", None, file).text
    with pytest.raises(InvalidInput, match="has no checks for cars"):
        suite_for("data:cars", None, file)


def test_the_suite_of_a_file_has_its_name(folder):
    (folder / "forebear.toml").write_text(RULES)
    (folder / "raw").mkdir()
    (folder / "raw" / "people.csv").write_text("age\n3\n")
    assert suite_for("raw/people.csv", None).data == "people"
    assert suite_for("raw/cars.csv", None) is None


def test_an_inferred_suite_becomes_a_section(folder):
    file = folder / "forebear.toml"
    text = '# Why.\n\ndata = "cars"\n\n[[check]]\n# So.\nkind = "range"\ncolumn = "v"\nleast = 1\n'
    file.write_text(RULES)
    add_section(file, "cars", text)
    assert file.read_text().startswith(RULES)
    assert "# So." in file.read_text()
    assert read_suite(suites(None)["cars"].text, "it").checks == read_suite(text, "it").checks
    with pytest.raises(InvalidInput, match="checks for cars already"):
        add_section(file, "cars", sections(text, "cars"))


def _read(name):
    found = suite_for(f"data:{name}", None)
    return read_suite(found.text, found.source)
