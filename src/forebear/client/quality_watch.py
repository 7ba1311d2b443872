"""Checking the versions that came after the last that was checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forebear.client.asking import Asking
from forebear.client.suites import read_text, suite_files
from forebear.core.errors import ForebearError
from forebear.core.refs import parse
from forebear.ops.quality import QualityCheckRequest, QualityCheckResponse
from forebear.ops.quality_pending import QualityPendingRequest
from forebear.ops.table import Target

__all__ = ["check_new"]


def check_new(client: Asking, store: Path | None) -> Iterator[QualityCheckResponse | str]:
    """Check each version that came after the last checked one; yield answers and complaints."""
    suites = dict(suite_files(store))
    pending = client.call(QualityPendingRequest(names=list(suites)))
    for ref in pending.refs:
        file = suites.get(parse(ref).name or "")
        try:
            yield client.call(
                QualityCheckRequest(
                    target=Target(ref=ref),
                    suite=read_text(file) if file else None,
                    source=str(file) if file else None,
                )
            )
        except ForebearError as error:
            yield f"{ref} is not checked: {error.message}"
