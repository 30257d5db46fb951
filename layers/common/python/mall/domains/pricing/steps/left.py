"""What remains of a line after a refund, for rules to say what they would give for it alone."""

from __future__ import annotations

from typing import Any, NamedTuple


class Left(NamedTuple):
    line: Any  # of the quote
    pieces: int
    amount_fen: int  # as the rule looked at it: after the rules before it
