"""YAML that a client wrote: read as plain values, and without what makes a little of it grow."""

from __future__ import annotations

from typing import Any

__all__ = ["read_yaml"]


def read_yaml(text: str | bytes) -> Any:
    """Return what a document holds: mappings, lists, texts, numbers.

    Raises:
        ValueError: it is no YAML.
        ImportError: what reads it is not installed.

    >>> read_yaml("a: &one {b: 1}")
    {'a': {'b': 1}}
    """
    import yaml

    class Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def flatten_mapping(self, node: Any) -> None:
            """Merge nothing: a few lines of `<<`, merged into each other, never end."""

    # Repeated objects are written as references, which cost nothing as long as nobody spells
    # the whole document out.
    try:
        return yaml.load(text, Loader=Plain)  # noqa: S506  it is a safe one
    except (yaml.YAMLError, RecursionError, TypeError, AttributeError) as error:
        raise ValueError(f"it is no YAML that is read here: {str(error)[:200]}") from None
