"""Where the pairs are kept: what a chapter's file says with `@pair`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.crash.town import Play, Town


@dataclass(frozen=True)
class Pair:
    plays: tuple[Play, Play]
    apart: tuple[str, ...] = ()  # columns that tell who came first, and not more
    late: float = 0  # minutes by which the second one's clock is ahead: it came when the time was over


PAIRS: dict[str, Callable[[Town], Pair]] = {}


def pair(prepare: Callable[[Town], Pair]) -> Callable[[Town], Pair]:
    """The one pair of this name; ValueError for a second one."""
    if prepare.__name__ in PAIRS:
        raise ValueError(f"{prepare.__name__} is two pairs")
    PAIRS[prepare.__name__] = prepare
    return prepare
