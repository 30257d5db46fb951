"""The audit log (操作日志, spec J4): who on the staff did what to which thing, and what stood before and after.

A body says what changed of price, stock, money or rights with `ctx.audit(before=..., after=...)`, in the transaction
in which it takes effect, and whose personal data was shown whole with `ctx.looked_at(...)`. Both end in the one entry
of the call; never the contents of an input, and nobody's personal data.
"""

from __future__ import annotations

import json
from typing import Any

from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.tables.people import audit_entries

MOST = 200  # names on one side
_IDS = ("_id", "_no", "_ids", "_nos", "object_key")  # how the names of fields end that say which thing


def keep(ctx: Any, tx: Tx) -> None:
    """Write the entry of this call: the ids in its input, of a file its key, and what its body has noted."""
    if ctx.staff is None:
        return
    try:
        given = json.loads(ctx.incoming.body or b"{}")
    except ValueError:
        given = {}
    target = {name: value for name, value in given.items() if name.endswith(_IDS) and value is not None}
    tx.insert(audit_entries, entry_id=new_id("aud"), seller_id=ctx.seller_id, actor_id=ctx.staff.staff_id,
              action=ctx.action.name, request_id=ctx.request_id, target={**target, **ctx.noted}, created_at=ctx.now)


def plain(side: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: moments and enums by their text. Of a file of goods the first two hundred, and how many more
    there are."""
    kept = dict(list(side.items())[:MOST])
    if len(side) > MOST:
        kept["and_more"] = len(side) - MOST
    return json.loads(json.dumps(kept, ensure_ascii=False, default=str))
