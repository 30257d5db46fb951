"""The applications of a member who becomes another one (spec A1)."""

from __future__ import annotations

from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.sellers import sellers

_TO_OWNER = hands_over(sellers.c.member_id)


def change_owner(tx: Tx, ended_id: str, member_id: str) -> None:
    """All that the one applied with is the other's."""
    hand_over(tx, _TO_OWNER, ended_id, member_id)
