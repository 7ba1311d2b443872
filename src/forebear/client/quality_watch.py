"""Checking the versions that came after the last that was checked."""

from __future__ import annotations

from collections.abc import Iterator

from forebear.client.asking import Asking
from forebear.client.suites import suites
from forebear.core.errors import ForebearError
from forebear.core.refs import parse
from forebear.ops.quality import QualityCheckRequest, QualityCheckResponse
from forebear.ops.quality_pending import QualityPendingRequest
from forebear.ops.table import Target

__all__ = ["check_new"]


def check_new(client: Asking, store: str | None) -> Iterator[QualityCheckResponse | str]:
    """Check each version that came after the last checked one; yield answers and complaints.

    Raises:
        InvalidInput: a suite of the project cannot be read.
    """
    written = suites(store)
    pending = client.call(QualityPendingRequest(names=list(written)))
    for ref in pending.refs:
        suite = written.get(parse(ref).name or "")
        try:
            yield client.call(
                QualityCheckRequest(
                    target=Target(ref=ref),
                    suite=suite.text if suite else None,
                    source=suite.source if suite else None,
                )
            )
        except ForebearError as error:
            yield f"{ref} is not checked: {error.message}"
