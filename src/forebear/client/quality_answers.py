"""Answers about data that show themselves, in a prompt and in a notebook."""

from __future__ import annotations

from forebear.client.answers import Shown
from forebear.client.blame_text import blame_lines
from forebear.client.drift_text import drift_lines
from forebear.client.lines import Line
from forebear.client.profile_text import profile_lines
from forebear.client.quality_text import check_lines
from forebear.ops.blame import BlameResponse
from forebear.ops.drift import DriftResponse
from forebear.ops.profiles import ProfileAnswer
from forebear.ops.quality import QualityCheckResponse

__all__ = ["Blamed", "Checked", "Drifted", "Profiled"]


class Profiled(Shown, ProfileAnswer, kw_only=True, omit_defaults=True):
    """What data holds."""

    def lines(self) -> list[Line]:
        """Return the verdict, then each column."""
        return profile_lines(self)


class Checked(Shown, QualityCheckResponse, frozen=True, kw_only=True, omit_defaults=True):
    """What checks have found."""

    def lines(self) -> list[Line]:
        """Return the verdict, then what fails."""
        return check_lines(self)


class Drifted(Shown, DriftResponse, frozen=True, kw_only=True, omit_defaults=True):
    """How far data is from what it was."""

    def lines(self) -> list[Line]:
        """Return the verdict, then the columns that drift."""
        return drift_lines(self)


class Blamed(Shown, BlameResponse, frozen=True, kw_only=True, omit_defaults=True):
    """By what faults came into data."""

    def lines(self) -> list[Line]:
        """Return the verdict, then each fault with its way."""
        return blame_lines(self)
