"""Text in spreadsheets that nobody runs as a formula (公式注入, CWE-1236): an apostrophe before it, and off again."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(STARTS) else text


def as_it_was(text: str) -> str:
    """What `harmless` did, undone."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text
