from __future__ import annotations

import pytest

from forebear.analysis.source_kind import source_kind


@pytest.mark.parametrize(
    ("uris", "kind"),
    [
        (["/data/adult.csv"], "file"),
        (["file:///data/adult.parquet"], "file"),
        (["/data/parts/"], "folder"),
        (["s3://bucket/adult.parquet"], "object store"),
        (["filecache::s3://bucket/adult.parquet"], "object store"),
        (["https://example.org/adult.csv"], "download"),
        (["/data/adult.csv", "https://example.org/adult.csv"], "download"),
        (["postgresql://host/prod/public.adult"], "database table"),
        (["sqlite+pysqlite:///data/app.db"], "database table"),
        (["sqlite:///data/app.db#customers"], "database table"),
        (["/data/app.db#customers"], "database table"),
        (["/data/app.db"], "database file"),
        (["kafka://broker/clicks"], "stream"),
        (["/work/explore.ipynb"], "notebook"),
        (["gopher://old/place"], "elsewhere"),
        ([], "not recorded"),
    ],
)
def test_the_kind_of_source_is_read_off_its_places(uris, kind):
    assert source_kind(uris) == kind


def test_what_lived_in_memory_only_is_said():
    assert source_kind([], in_memory=True) == "memory"
