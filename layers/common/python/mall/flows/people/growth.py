"""Growth value (成长值) with the orders that bring it, and the levels that it reaches (spec A3).

`grow` when the buyer has the goods, `sign_in` once a day, `take_back` when pieces are refunded, each in the transaction
in which that is decided. A level rises at once; it falls only by the yearly review.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.members import growth, levels
from mall.domains.members.levels import LevelReason, MemberLevelChanged, Standing
from mall.kit.db import Tx
from mall.kit.outbox import emit

ask = growth.ask_lock  # what `grow` has to know of the buyer: locked, to be read with what is read anyway
RAISED, LOWERED, KEPT, ELSEWHERE = "raised", "lowered", "kept", "elsewhere"


def grow(tx: Tx, order: Any, lines: list[Any], seen: list[list[Any]], settings: Any, *, actor: str,
         now: datetime) -> None:
    """The buyer has the goods: whole yuan of what was paid for those that stay, freight aside. `seen`: the answers to
    `ask`."""
    amount = levels.growth_of(lines)
    if not amount:
        return
    _add(tx, growth.standing_of(*seen), amount, f"{order.order_no}:received", order.order_no, settings, actor, now)


def lock(tx: Tx, member_id: str) -> Standing:
    """The member, for `sign_in`: locked before what a sign-in changes beside it."""
    return growth.lock(tx, member_id)


def sign_in(tx: Tx, standing: Standing, day: str, settings: Any, *, actor: str, now: datetime) -> int:
    """The first sign-in of a day (2026-11-21): what it brings."""
    amount = settings.check_in_growth
    if amount:
        _add(tx, standing, amount, f"{standing.member_id}:{day}:signed_in", None, settings, actor, now)
    return amount


def _add(tx: Tx, standing: Standing, amount: int, reference: str, order_no: str | None, settings: Any, actor: str,
         now: datetime) -> None:
    """Growth, and the level that it reaches at once."""
    year = levels.year_of(standing.joined_at, now)
    growth.add(tx, standing, year, amount, reference=reference, order_no=order_no, now=now)
    reached = standing.growth(year, amount)
    level = levels.upgrade(settings.member_levels, standing.level, reached)
    if level is not None:
        _change(tx, standing, level, LevelReason.GROWTH, reached, settings, order_no=order_no, actor=actor, now=now)


def take_back(tx: Tx, order: Any, after: list[Any], mark: str, now: datetime) -> None:
    """Something of a received order goes back, and with it what it brought; the level stays. `after`: its lines as the
    refund leaves them; `mark`: which refund of the order it is."""
    if order.received_at is None:
        return
    year, left = growth.of_order(tx, order.order_no)
    back = left - levels.growth_of(after)
    if back > 0:
        growth.take_back(tx, order.member_id, year, back, reference=f"{order.order_no}:refunded:{mark}",
                         order_no=order.order_no, now=now)


def review(tx: Tx, member_id: str, settings: Any, *, actor: str, now: datetime) -> str:
    """The member's anniversary has come: RAISED, LOWERED or KEPT by what the year that is over justifies; ELSEWHERE
    when another run was faster."""
    standing = growth.lock(tx, member_id)
    if standing.review_at is None or standing.review_at > now:
        return ELSEWHERE
    known = settings.member_levels
    level, justified = levels.review(known, standing, now)
    if level == standing.level:
        growth.keep_level(tx, standing, levels.next_review(known, level, standing.joined_at, now))
        return KEPT
    _change(tx, standing, level, LevelReason.YEARLY_REVIEW, justified, settings, order_no=None, actor=actor, now=now)
    return RAISED if levels.rank(known, level) > levels.rank(known, standing.level) else LOWERED


def _change(tx: Tx, standing: Standing, level: str, reason: LevelReason, justified: levels.Growth, settings: Any, *,
            order_no: str | None, actor: str, now: datetime) -> None:
    review_at = levels.next_review(settings.member_levels, level, standing.joined_at, now)
    growth.change_level(tx, standing, level, reason, justified, review_at=review_at, order_no=order_no, actor=actor,
                        now=now)
    emit(tx, MemberLevelChanged(standing.member_id, standing.level, level, reason.value, order_no), now)
