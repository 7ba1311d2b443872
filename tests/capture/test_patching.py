import inspect
import sys
import types
import warnings

import pytest

from forebear.capture.patching import ImportHook, Patches, is_ours

from .integrations.recording import recording


class Library:
    """A class of a library."""

    def work(self, first, *, second=2):
        """Work."""
        return self.inner(first) + second

    def inner(self, first):
        if first < 0:
            raise ValueError("negative")
        return first

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def add(one, two=2):
        return one + two


@pytest.fixture
def patches():
    patches = Patches()
    yield patches
    patches.undo()


def test_the_outermost_call_is_seen_with_its_arguments(tmp_path, patches):
    calls = []
    patches.observe(Library, "work", lambda call, result: calls.append((call, result)))
    patches.observe(Library, "inner", lambda call, result: calls.append((call, result)))
    with recording(tmp_path):
        thing, value = Library(), 1
        total = thing.work(value, second=5)
    ((call, result),) = calls
    assert total == result == 6
    assert call.function == "work"
    assert call.argument(1, "first") == 1
    assert call.options("self") == {"first": 1, "second": 5}
    assert call.label(1, "first") == "value"
    assert call.target() == "total"
    assert call.direct


def test_default_options_are_left_out(tmp_path, patches):
    seen = []
    patches.observe(Library, "work", lambda call, result: seen.append(call.options("self")))
    with recording(tmp_path):
        Library().work(1, second=2)
    assert seen == [{"first": 1}]


def test_without_a_session_nothing_is_seen(patches):
    calls = []
    patches.observe(Library, "work", lambda call, result: calls.append(call))
    assert Library().work(1) == 3
    assert calls == []


def test_errors_of_the_library_pass_and_ours_never_do(tmp_path, patches):
    def broken(call, result):
        raise RuntimeError("our own fault")

    patches.observe(Library, "inner", broken, before=lambda *_: 1 / 0)
    with recording(tmp_path) as record:
        assert Library().inner(1) == 1
        with pytest.raises(ValueError, match="negative"):
            Library().inner(-1)
    assert record.gaps == [
        "Something was not recorded (inner: ZeroDivisionError: division by zero).",
        "Something was not recorded (inner: RuntimeError: our own fault).",
    ]


def test_functions_keep_what_they_are(patches):
    before = dict(vars(Library))
    signature = inspect.signature(Library.work)
    for name in ("work", "inner", "make", "add", "no_such_name"):
        patches.observe(Library, name, lambda call, result: None)
    assert inspect.signature(Library.work) == signature
    assert Library.work.__doc__ == "Work."
    assert isinstance(vars(Library)["make"], classmethod)
    assert isinstance(Library.make(), Library)
    assert Library.add(1) == 3
    assert is_ours(Library.work)
    assert not hasattr(Library, "no_such_name")
    patches.undo()
    assert dict(vars(Library)) == before


def test_names_that_user_code_imported_earlier_are_replaced_and_given_back(patches):
    library = types.ModuleType("some_library")
    user = types.ModuleType("some_user_module")
    user.__file__ = __file__

    def work():
        return 1

    library.work, user.borrowed = work, work
    sys.modules["some_user_module"] = user
    try:
        patches.observe(library, "work", lambda call, result: None)
        patches.rebind()
        assert user.borrowed is library.work is not work
        patches.undo()
        assert user.borrowed is library.work is work
    finally:
        del sys.modules["some_user_module"]


def test_warnings_name_the_users_line(tmp_path, patches):
    library = types.ModuleType("some_library")

    def old():
        warnings.warn("old", DeprecationWarning, stacklevel=2)

    library.old = old
    patches.observe(library, "old", lambda call, result: None)
    with recording(tmp_path), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        library.old()
    assert caught[0].filename == __file__


def test_modules_are_patched_when_they_are_imported_and_look_the_same(tmp_path, monkeypatch):
    (tmp_path / "late_library.py").write_text(
        "import warnings\nwarnings.warn('old', DeprecationWarning, stacklevel=2)\nvalue = 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = []
    hook = ImportHook({"late_library": [seen.append], "json": [seen.append]})
    hook.install()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import late_library
        assert seen[0].__name__ == "json"
        assert seen[1] is late_library
        assert type(late_library.__loader__).__name__ == "SourceFileLoader"
        assert late_library.__spec__.loader is late_library.__loader__
        assert caught[0].filename == __file__
    finally:
        hook.remove()
        sys.modules.pop("late_library", None)
    assert hook not in sys.meta_path


def test_a_patch_that_fails_leaves_the_import_alone(tmp_path, monkeypatch):
    (tmp_path / "other_library.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    hook = ImportHook({"other_library": [lambda module: 1 / 0]})
    hook.install()
    try:
        with recording(tmp_path) as record:
            import other_library

            assert other_library.value == 1
        assert any("observing other_library" in gap for gap in record.gaps)
    finally:
        hook.remove()
        sys.modules.pop("other_library", None)
