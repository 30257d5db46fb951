"""The unified social credit code (统一社会信用代码) of a company or sole trader, by its check letter."""

from __future__ import annotations

LENGTH = 18
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_WEIGHTS = [pow(3, position, 31) for position in range(17)]


def is_credit_code(text: str) -> bool:
    """Whether eighteen of its letters have the right check letter."""
    places = [LETTERS.find(letter) for letter in text]
    if len(text) != LENGTH or min(places) < 0:
        return False
    checked = sum(place * weight for place, weight in zip(places, _WEIGHTS, strict=False))
    return (checked + places[17]) % 31 == 0
