"""What every chapter of settings is made of."""

from __future__ import annotations

RISKY = {"risky": True}  # moves money or guards it: where two people decide, a change of it needs both (J6)
SELLERS = {"sellers": True}  # each seller may have his own (E13)


class Chapter:
    """Some settings that belong together: fields of the one model that reads them all (`ShopSettings`). No model of its
    own, which each cold start would have to make."""
