"""Receivers of profit sharing that one person may not let in alone (分账接收方复核, spec J6).

WeChat may know a receiver at once: that moves no money. What waits is its part of the seller's orders.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import ChangeKind, ChangeOutdated
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ReceiverState
from mall.kit.db import Tx
from mall.kit.versions import Seen


def hold(tx: Tx, row: Any, wanted: dict[str, Any], seen: Seen, *, seller_id: str, staff_id: str,
         hours: int) -> str | None:
    """The change that waits; None when the receiver has this part already. Raises ChangeWaits, ChangedMeanwhile."""
    receiver_id, now = row.receiver_id, seen.now
    settlements.describe_receiver(tx, row, wanted, seen)
    shown = {"state": row.state, "per_ten_thousand": row.per_ten_thousand}
    after = {"state": ReceiverState.ACTIVE.value, "per_ten_thousand": wanted["per_ten_thousand"]}
    if shown == after:
        return None
    return sensitive.ask(
        tx, kind=ChangeKind.RECEIVER, subject=receiver_id, seller_id=seller_id, staff_id=staff_id, reason=row.label,
        before=shown, after={**after, "kind": row.kind, "account": row.account, "label": wanted["label"]},
        payload={"receiver_id": receiver_id, "per_ten_thousand": wanted["per_ten_thousand"]}, hours=hours, now=now)


def carry_out(tx: Tx, change: Any, most: int, who: str, now: datetime) -> str:
    """Let the receiver in as approved, if it still is as it was shown; its id. Raises ChangeOutdated, and
    SharesAboveMost when others took its room meanwhile."""
    row = settlements.receiver(tx, change.payload["receiver_id"], change.seller_id)
    if change.before != {"state": row.state, "per_ten_thousand": row.per_ten_thousand}:
        raise ChangeOutdated(state=row.state)
    settlements.activate_receiver(tx, row, change.payload["per_ten_thousand"], most, now, who=who,
                                  otherwise=ChangeOutdated())
    return row.receiver_id
