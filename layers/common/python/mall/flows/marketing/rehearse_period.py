"""A rehearsal over all orders of a period, batch after batch (活动预演, spec F13).

A step reads and prices a batch outside any transaction and is written down in a short one of its own, with what all
steps up to it came to: it is counted whole or not at all, once, whoever else was at it. What was asked for is kept as
it stood then, so that a table of what combines that is saved meanwhile changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.pricing import stacking
from mall.domains.rehearsals import store
from mall.domains.rehearsals.rules import MOST_TRIES, Outcome
from mall.flows.marketing import rehearse
from mall.flows.marketing.simulate import Draft, DraftCoupon, Tried
from mall.kit.db import Tx
from mall.kit.documents import make

BATCH = 400
STEPS, ELSEWHERE, GIVEN_UP = "steps", "elsewhere", "given_up"


def start(tx: Tx, rehearsal_id: str, seller_id: str, wanted: rehearse.Rehearsal, title: str,
          now: datetime) -> None:
    """Raises TooManyRehearsals."""
    asked = {**wanted.tried._asdict(), "draft": _document(wanted.tried.draft),
             "coupon": _document(wanted.tried.coupon), "policy": stacking.as_table(wanted.policy),
             "in_force": stacking.as_table(wanted.in_force), "least_percent": wanted.least_percent}
    store.start(tx, rehearsal_id, seller_id, title=title, asked=asked, since=wanted.since, until=wanted.until, now=now)


def step(ctx: Any, row: Any) -> str:
    """The next batch of one rehearsal. One that fails MOST_TRIES times on end is given up."""
    if row.tries >= MOST_TRIES:
        return GIVEN_UP if ctx.transact(store.give_up, row, ctx.now) else ELSEWHERE
    if not ctx.transact(store.lease, row, ctx.now):
        return ELSEWHERE
    found, wanted = Outcome.read(row.found), _wanted(row)
    after = row.after_at, row.after_no
    _, rest = ctx.read(rehearse.go_on, wanted, row.seller_id, after, BATCH, found)
    if rest is None:
        found.takers.clear()  # they were for the steps that follow
    return STEPS if ctx.transact(store.go_on, row, found.document(), rest, ctx.now) else ELSEWHERE


def _document(draft: Draft | DraftCoupon | None) -> dict[str, Any] | None:
    return draft and draft._asdict()


def _wanted(row: Any) -> rehearse.Rehearsal:
    asked = row.asked
    draft, coupon = asked["draft"], asked["coupon"]
    return rehearse.Rehearsal(
        row.placed_from, row.placed_until,
        Tried(draft and make(Draft, draft), coupon and make(DraftCoupon, coupon), asked["replaces"], asked["of_all"]),
        stacking.read(asked["policy"]), stacking.read(asked["in_force"]), asked["least_percent"])
