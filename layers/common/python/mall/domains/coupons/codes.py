"""How coupon codes (兑换码) are written: for print, and forgiving to who types them.

Sixteen of Crockford's 32 characters are 80 random bits: with a million codes out, a thousand tries a
second find the first one after some 38 million years; so wrong codes need no counter of their own.
"""

from __future__ import annotations

from mall.kit import text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})


def printed(code: str) -> str:
    """As it goes to people: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[start:start + 4] for start in range(0, LENGTH, 4))


def meant(typed: str) -> str:
    """The code behind what somebody typed: small or full-width letters, spaces, hyphens, O for 0, I and L
    for 1."""
    return text.ungrouped(typed).upper().translate(_MEANT)
