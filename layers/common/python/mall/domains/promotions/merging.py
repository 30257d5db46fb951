"""What a member who becomes another one had of promotions with a few pieces for each person (spec A1)."""

from __future__ import annotations

from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.marketing import promotion_takes

_TO_OWNER = hands_over(promotion_takes.c.member_id)


def change_owner(tx: Tx, ended_id: str, member_id: str) -> None:
    """Both together may have had more than one person gets: they keep it, and get no more."""
    hand_over(tx, _TO_OWNER, ended_id, member_id)
