"""Text in spreadsheets that nobody runs as a formula (公式注入, CWE-1236): an apostrophe before it, and off again."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # an East Asian Excel takes the wide ones too


def harmless(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula, and `as_it_was` gives it back to the letter."""
    return f"'{text}" if _may_run(text) or _is_marked(text) else text


def as_it_was(text: str) -> str:
    """What `harmless` did, undone."""
    return text[1:] if _is_marked(text) else text


def _is_marked(text: str) -> bool:
    """Apostrophes before what may run; of a text that begins so by itself there is one more."""
    return text.startswith("'") and _may_run(text.lstrip("'"))


def _may_run(text: str) -> bool:
    """Some programs look behind the blanks before it."""
    return text.startswith(STARTS) or text.lstrip().startswith(STARTS)
