"""Letters as every database and this program see them alike."""

from __future__ import annotations


def lower(text: str) -> str:
    """Each letter by its own small one, as the MySQL family's LOWER() does it: ÉCLAIR -> éclair, ΟΔΟΣ -> οδοσ. A letter
    whose small form is two (İ) stays."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
