"""How goods reach the buyer (spec E2): parcel, pick-up with a code, or a delivered code."""

from __future__ import annotations

from enum import Enum


class ReportState(str, Enum):
    """Whether WeChat was told that the goods are on their way; without it there is no settlement."""

    PENDING = "PENDING"
    REPORTED = "REPORTED"
    FAILED = "FAILED"
