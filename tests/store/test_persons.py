import getpass
import platform

import pytest

from forebear.store.persons import this_person


@pytest.fixture
def somebody(tmp_path, monkeypatch):
    """A person with a login and a home folder, and nothing else that would be known of them."""
    home = tmp_path / "home" / "zqjane"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    told = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL", "CONFIG_GLOBAL")
    for variable in ("XDG_CONFIG_HOME", *(f"GIT_{word}" for word in told)):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "zqjane")
    monkeypatch.setattr(platform, "node", lambda: "gpu-7")
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError("nobody")))
    monkeypatch.chdir(home)
    return home


def test_the_login_and_the_home_folder(somebody):
    person = this_person()
    assert person.names == {"zqjane"}
    assert str(somebody) in person.homes


def test_what_git_was_told(somebody, monkeypatch):
    (somebody / ".gitconfig").write_text(
        "[core]\n\tname = nobody-else\n"
        '[user]\n\tname = Jane Zqdoe\n\temail = "j.zqdoe@corp.example"'
        '\n[credential "https://git.example"]\n\tusername=zqj4711\n'
    )
    repository = somebody / "work" / ".git"
    repository.mkdir(parents=True)
    (repository / "config").write_text("[user]\n  name = Zqjane at Work\n")
    (repository.parent / "deep").mkdir()
    monkeypatch.chdir(repository.parent / "deep")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Zqauthor")
    assert this_person().names == {
        "zqjane",
        "Jane Zqdoe",
        "j.zqdoe",
        "zqj4711",
        "Zqjane at Work",
        "Zqauthor",
    }


def test_settings_that_cannot_be_read_are_passed_over(somebody):
    (somebody / ".gitconfig").write_bytes(b"[user]\n\tname = \xff\xfe\n[user\n\x00")
    (somebody / ".config").mkdir()
    (somebody / ".config" / "git").write_text("not a folder")
    assert "zqjane" in this_person().names


def test_a_computer_that_is_named_after_its_user(somebody, monkeypatch):
    monkeypatch.setattr(platform, "node", lambda: "Zqjanes-laptop.local")
    assert this_person().names == {"zqjane", "Zqjanes-laptop"}


def test_an_account_that_is_nobodys(somebody, monkeypatch):
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    monkeypatch.setattr(platform, "node", lambda: "root-7")
    monkeypatch.chdir("/")
    assert this_person() == (frozenset(), frozenset())
