"""Text in spreadsheets that nobody runs as a formula (公式注入, CWE-1236): an apostrophe before it, and off again."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # an East Asian Excel takes the wide ones too


def harmless(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if _may_run(text) else text


def as_it_was(text: str) -> str:
    """What `harmless` did, undone."""
    return text[1:] if text.startswith("'") and _may_run(text[1:]) else text


def _may_run(text: str) -> bool:
    """Some programs look behind the blanks before it."""
    return text.startswith(STARTS) or text.lstrip().startswith(STARTS)
