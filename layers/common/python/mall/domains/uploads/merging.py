"""The uploads of a member who becomes another one (spec A1)."""

from __future__ import annotations

from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.goods import uploads

_TO_OWNER = hands_over(uploads.c.owner_id)


def change_owner(tx: Tx, ended_id: str, member_id: str) -> None:
    """All uploads of the one are the other's."""
    hand_over(tx, _TO_OWNER, ended_id, member_id)
