"""Points (积分) where orders meet them: held and spent with an order, earned at receipt, given back and taken back with
a refund, each in the order's own transaction (spec A4). docs/points.md; docs/decisions/0012-points-are-value.md.

The wallet's row is locked after the member's growth, and before a lot changes. Only `earn` does without: it adds a
lot, and compares the debt that it pays, also none, when it writes; so whoever has points has no debt, and a group
whose last seat is paid waits for nobody's wallet while it decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.members.levels import kept_fen
from mall.domains.points import rules, store
from mall.domains.points.rules import LotKind, LotState, Outlook, Terms
from mall.domains.pricing import rules as pricing
from mall.flows.people import growth
from mall.kit.db import Tx
from mall.kit.documents import make
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

if TYPE_CHECKING:
    from mall.flows.money.refund_plan import Plan

EXPIRED, ELSEWHERE = "expired", "elsewhere"


def terms_of(settings: Any) -> dict[str, int]:
    """What an order placed now is promised."""
    return asdict(Terms(settings.points_per_yuan, settings.points_days, settings.points_grace_days))


# an order's life


def hold(tx: Tx, order_no: str, member_id: str, lots: list[Any], points: int, now: datetime) -> None:
    """An order is placed: `lots` were read under the wallet's lock. Raises PointsShort."""
    store.take(tx, order_no, member_id, rules.take(lots, points))
    ledger.hold_points(tx, order_no, member_id, points, now)


def left(lots: list[Any], points: int) -> list[Any]:
    """The lots for the next order of the same checkout, when one has taken so many."""
    if not points:
        return lots
    gone = dict(rules.take(lots, points))
    return [lot._replace(free=lot.free - gone.get(lot.lot_id, 0)) for lot in lots]


def spend(tx: Tx, order: Any, now: datetime) -> None:
    """The order is paid."""
    if order.points_used:
        ledger.spend_points(tx, order, now)


def release(tx: Tx, order: Any, now: datetime) -> None:
    """The order closes unpaid: its points go to the very lots that they came from, and live as long as these."""
    if not order.points_used:
        return
    wallets, uses = tx.fetch(store.ask_lock(order.member_id), store.ask_uses(order.order_no))
    ledger.release_points(tx, order, now)
    given = [store.use_of(row) for row in uses]
    changed = rules.give_back(given, order.points_used, wallets[0].debt, None)
    _keep(tx, {use.lot.lot_id: use.lot for use in given}, changed.lots)
    _count_returned(tx, order, changed, f"{order.order_no}{accounts.POINTS_HELD}:end", now)
    store.owe(tx, order.member_id, wallets[0].debt - changed.debt_paid, seen=wallets[0].debt)


ask_wallet = store.ask_wallet  # what `earn` has to know of the buyer, to be read with what is read anyway


def earn(tx: Tx, order: Any, lines: list[Any], wallets: list[Any], now: datetime) -> None:
    """The buyer has the goods: what was paid for those that are kept earns points, as was promised."""
    terms, base_fen = make(Terms, order.points_terms), kept_fen(lines)
    points = rules.earned_for(base_fen, terms.per_yuan)
    if points:
        lot = _lot(LotKind.PURCHASE, order.order_no, order.seller_id, order.member_id, points, base_fen,
                   now + timedelta(days=terms.days), now)
        _credit(tx, lot, wallets[0] if wallets else None, order.order_no,
                accounts.points_earned(order.order_no, order.seller_id, order.member_id, points), now)


def paid_for(order: Any, lines: list[Any]) -> int:
    """The points that paid for the pieces that are kept: a part of what the order is worth."""
    return order.points_used - _spent_on(order, lines, {}) if order.points_used else 0


# refunds


@dataclass(frozen=True)
class _Found:
    """What a refund has to look at: the wallet, what the order took, what it earned, and what else is free."""

    debt: int
    uses: list[rules.Use]
    earning: Any | None
    free: list[rules.Lot]

    @property
    def lots(self) -> dict[str, rules.Lot]:
        earned = [store.lot_of(self.earning)] if self.earning else []
        return {lot.lot_id: lot for lot in (*self.free, *[use.lot for use in self.uses], *earned)}


@dataclass(frozen=True)
class _Decided:
    back: rules.Change
    gone: rules.Change
    lots: Mapping[str, rules.Lot]  # every lot as it is afterwards

    @property
    def outlook(self) -> Outlook:
        return Outlook(sum(self.back.returned.values()), self.gone.taken, self.gone.short)


def give_back(tx: Tx, order: Any, lines: list[Any], decided: Plan, mark: str, now: datetime) -> Outlook:
    """A refund: the points that paid for the pieces go to the very lots that they came from, and those that what goes
    back earned are taken back; what the member has spent of these is a debt. `lines` as they were before; `mark`: which
    refund of the order it is."""
    found = _look(tx, order, now, lock=True)
    if found is None:
        return Outlook()
    change = _decide(order, lines, decided, found, now)
    told = change.outlook
    if told.returned:
        movement = accounts.points_returned(order, told.returned, mark)
        ledger.post(tx, movement, now)
        _count_returned(tx, order, change.back, movement.reference, now)
    if told.taken:
        ledger.post(tx, accounts.points_taken_back(order, change.gone.from_lots, told.short, mark), now)
    store.owe(tx, order.member_id, found.debt - change.back.debt_paid + told.short, seen=found.debt)
    _keep(tx, found.lots, change.lots)
    return told


def outlook(tx: Tx, order: Any, lines: list[Any], decided: Plan, now: datetime) -> Outlook:
    """What `give_back` would do now; nothing is written."""
    found = _look(tx, order, now, lock=False)
    return _decide(order, lines, decided, found, now).outlook if found else Outlook()


def _decide(order: Any, lines: list[Any], decided: Plan, found: _Found, now: datetime) -> _Decided:
    returned, taken = _due(order, lines, decided, found)
    grace = timedelta(days=make(Terms, order.points_terms).grace_days)
    back = rules.give_back(found.uses, returned, found.debt, now + grace)
    lots = {**found.lots, **back.lots}
    if not taken:
        return _Decided(back, rules.Change({}, {}, 0, 0, 0), lots)
    by_age = sorted(lots.values(), key=lambda lot: (lot.expires_at, lot.lot_id))
    gone = rules.take_back(lots[found.earning.lot_id], by_age, taken)
    return _Decided(back, gone, {**lots, **gone.lots})


def _look(tx: Tx, order: Any, now: datetime, *, lock: bool) -> _Found | None:
    """None where points have nothing to do with the order."""
    if not order.points_used and order.received_at is None:
        return None
    wallet = store.ask_lock if lock else store.ask_wallet
    wallets, uses, earnings, free = tx.fetch(
        wallet(order.member_id), store.ask_uses(order.order_no), store.ask_earning(order.member_id, order.order_no),
        store.ask_free(order.member_id, now))
    if not wallets:
        return None
    return _Found(wallets[0].debt, [store.use_of(row) for row in uses], earnings[0] if earnings else None,
                  [store.lot_of(row) for row in free])


def _due(order: Any, lines: list[Any], decided: Plan, found: _Found) -> tuple[int, int]:
    """How many points these pieces give back, and how many the refund takes; what expired unused is lost already."""
    more = {each.line.line_id: each.quantity for each in decided.pieces}
    returned = _spent_on(order, lines, more) - _spent_on(order, lines, {}) if order.points_used else 0
    if found.earning is None:
        return returned, 0
    earning = found.earning
    from mall.flows.money.refund_plan import lines_after  # for refunds alone, and not for those who place an order

    kept = rules.kept_of(earning.earned, earning.base_fen, kept_fen(lines_after(lines, decided)))
    return returned, max(0, earning.earned - kept - earning.taken_back - earning.expired)


def _spent_on(order: Any, lines: list[Any], more: Mapping[str, int]) -> int:
    """The points that paid for the pieces that have gone back, and these."""
    gone = {line.line_id: line.refunded_quantity + more.get(line.line_id, 0) for line in lines}
    return pricing.points_spent(pricing.from_json(order.price, lines), gone)


# by themselves


@dataclass(frozen=True)
class CheckedIn:
    points: int
    streak: int
    is_first: bool  # of the day; otherwise nothing was given
    growth: int


def check_in(tx: Tx, member_id: str, settings: Any, *, actor: str, now: datetime) -> CheckedIn:
    """Once a day: points, and growth value (A3). Raises CheckInOff."""
    if not settings.check_in_points:
        raise rules.CheckInOff()
    standing = growth.lock(tx, member_id)
    today, wallet = day_of(now), _locked(tx, member_id, now)
    if (wallet.checked_in_on or "") >= today.isoformat():
        return CheckedIn(rules.reward_of(wallet.streak, settings.check_in_points), wallet.streak, False, 0)
    streak = rules.streak_on(today, wallet.checked_in_on, wallet.streak)
    points = rules.reward_of(streak, settings.check_in_points)
    store.check_in(tx, member_id, today.isoformat(), streak)
    if points:
        _credit_day(tx, wallet, today, points, now + timedelta(days=settings.points_days), now)
    grown = growth.sign_in(tx, standing, today.isoformat(), settings, actor=actor, now=now)
    return CheckedIn(points, streak, True, grown)


def _credit_day(tx: Tx, wallet: Any, today: date, points: int, until: datetime, now: datetime) -> None:
    day, member_id = today.isoformat(), wallet.member_id
    lot = _lot(LotKind.CHECK_IN, day, DEFAULT_SELLER, member_id, points, 0, until, now)
    _credit(tx, lot, wallet, lot["lot_id"],
            accounts.points_checked_in(lot["lot_id"], day, DEFAULT_SELLER, member_id, points), now)


def expire(tx: Tx, lot_id: str, member_id: str, now: datetime) -> str:
    """A lot whose time is over; ELSEWHERE when another run had it, or points came back to it."""
    lot = store.lock_due(tx, lot_id, member_id, now)
    if lot is None:
        return ELSEWHERE
    store.expire(tx, lot)
    if lot.free:
        ledger.post(tx, accounts.points_expired(lot_id, lot.seller_id, member_id, lot.free, lot.expired), now)
    return EXPIRED


# writing


def _lot(kind: LotKind, source: str, seller_id: str, member_id: str, points: int, base_fen: int, expires_at: datetime,
         now: datetime) -> dict[str, Any]:
    return {"lot_id": new_id("lot"), "member_id": member_id, "seller_id": seller_id, "kind": kind.value,
            "source": source, "state": LotState.LIVE.value, "earned": points, "free": points, "removed": 0,
            "expired": 0, "base_fen": base_fen, "taken_back": 0, "expires_at": expires_at, "created_at": now}


def _credit(tx: Tx, lot: dict[str, Any], wallet: Any | None, about: str, movement: accounts.Movement,
            now: datetime) -> None:
    """A new lot, of which a debt is paid first."""
    member_id, debt = lot["member_id"], wallet.debt if wallet else 0
    if wallet is None:
        _open(tx, member_id, now)
    paid = min(debt, lot["earned"])
    store.owe(tx, member_id, debt - paid, seen=debt)
    store.add_lot(tx, {**lot, "free": lot["earned"] - paid, "removed": paid})
    ledger.post(tx, movement, now)
    _pay_debt(tx, member_id, paid, movement.reference, about, now)


def _pay_debt(tx: Tx, member_id: str, points: int, credit: str, about: str, now: datetime) -> None:
    if points:
        ledger.post(tx, accounts.points_debt_paid(credit, member_id, points, about), now)


def _count_returned(tx: Tx, order: Any, back: rules.Change, credit: str, now: datetime) -> None:
    for lot_id, points in back.returned.items():
        store.count_returned(tx, order.order_no, lot_id, points)
    _pay_debt(tx, order.member_id, back.debt_paid, credit, order.order_no, now)


def _keep(tx: Tx, before: Mapping[str, rules.Lot], after: Mapping[str, rules.Lot]) -> None:
    for lot_id in sorted(after):
        if after[lot_id] != before[lot_id]:
            store.change(tx, before[lot_id], after[lot_id])


def _locked(tx: Tx, member_id: str, now: datetime) -> Any:
    """The wallet's row, opened when there is none."""
    found = tx.fetch(store.ask_lock(member_id))[0]
    if not found:
        _open(tx, member_id, now)
        found = tx.fetch(store.ask_lock(member_id))[0]
    return found[0]


def _open(tx: Tx, member_id: str, now: datetime) -> None:
    store.open_wallet(tx, member_id, now)
    ledger.open_points(tx, member_id)
