"""From what a buyer wants to a priced basket: everything read in one round trip, then the pure engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from mall.domains.members import store as members
from mall.domains.members.levels import free_freight_of, known_level, percent_of_level
from mall.domains.orders import store as orders
from mall.domains.orders.rules import Delivery, DeliveryMismatch, GoodsUnavailable, seen
from mall.domains.orders.terms import check_limits, check_one_seller, check_orders
from mall.domains.points import store as points
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import store
from mall.domains.sellers.rules import refuse_suspended
from mall.domains.stock import store as stock
from mall.domains.stock.rules import OutOfStock, by_sku, sellable
from mall.domains.wallets.rules import BalanceNotUsable
from mall.flows import kinds
from mall.flows.goods import purchase_rules
from mall.flows.marketing import running as running_promotions
from mall.flows.kinds.kind import Asked, Kind, Terms
from mall.flows.marketing.running import Running
from mall.flows.marketing.stacking import stacking_of
from mall.flows.trade import parcels
from mall.flows.trade.parcels import Parcel, Plan
from mall.kit.db import Tx
from mall.kit.divisions import read
from mall.kit.errors import BadInput, NotFound


class AddressNotFound(NotFound):
    code, message = "ADDRESS_NOT_FOUND", "收货地址不存在，请重新选择"


class AddressMissing(BadInput):
    code, message = "ADDRESS_MISSING", "请选择收货地址"


class PickupPersonMissing(BadInput):
    code, message = "PICKUP_PERSON_MISSING", "请填写提货人的姓名和手机号"


@dataclass(frozen=True)
class Wanted:
    """What the buyer asks for. `quantities` by SKU; `asked`: the activity of which the order is to be."""

    quantities: dict[str, int]
    delivery: str = Delivery.EXPRESS.value
    address_id: str | None = None
    coupon_ids: tuple[str, ...] | None = None  # None: the best set by itself
    asked: Asked | None = None
    balance_fen: int = 0  # of the price, to be paid from the buyer's stored value
    points: int | None = None  # to be used; None: nobody asks about points, and none are read
    person: dict[str, str] | None = None  # who comes for a pick-up: {name, phone}


class Part(NamedTuple):
    """One order of the checkout: what it costs, and `whole` by whatever means it is paid."""

    parcel: Parcel
    quote: pricing.Quote
    whole: pricing.Quote

    @property
    def goods_pay_fen(self) -> int:
        return sum([line.goods_pay_fen for line in self.whole.lines])


@dataclass(frozen=True)
class Priced:
    """A quote with the rows it was made from."""

    quote: pricing.Quote
    skus: dict[str, Any]  # of what was wanted
    running: Running
    stock: dict[str, list[Any]]  # the warehouses of each SKU
    plan: Plan
    sellers: dict[str, str]  # whose each rule is, where there are several orders
    address: Any | None
    known_person: Any | None  # the default address, of whom a pick-up order may be when nobody else is named
    kind: Kind
    terms: Terms
    coupons: dict[str, Any]
    lots: list[Any]  # of points, as `points.ask_free` orders them
    points_most: int  # that this order takes, however many the buyer has
    unpaid: int  # orders of the member that wait for payment, where one is to be placed: it stays so until the end

    def sku(self, sku_id: str) -> Any:
        """Of what was wanted, or of a gift."""
        return self.skus.get(sku_id) or self.running.skus[sku_id]

    @property
    def used_coupon_ids(self) -> list[str]:
        """The coupons that took something off: these are held by the order."""
        return sorted({each.source_id for each in self.quote.adjustments if each.source_id in self.coupons})

    @property
    def whole(self) -> pricing.Quote:
        """The price by whatever means it is paid."""
        return pricing.before_balance(self.quote)

    @cached_property
    def parts(self) -> list[Part]:
        """The orders that it becomes, in the order of their goods."""
        line_ids: dict[Parcel, list[str]] = {}
        for line in self.quote.lines:
            line_ids.setdefault(self.plan.of(line).parcel, []).append(line.line_id)
        names = self.plan.names
        quotes = pricing.by_order(self.quote, {names[each]: own for each, own in line_ids.items()}, self.sellers)
        return [Part(parcel, quote, pricing.before_balance(quote))
                for parcel, quote in zip(line_ids, quotes, strict=True)]

    @property
    def seen(self) -> str:
        """What a buyer who looks at this sees to be goods: see `orders.rules.seen`."""
        gifts = self.running.gift_line_ids
        return seen(self.skus.values(),
                    [(line.sku_id, line.quantity) for line in self.quote.lines if line.line_id in gifts])

    def needs_address(self, wanted: Wanted) -> bool:
        """Whether a parcel is to be sent and nobody knows where to."""
        is_sent = wanted.delivery == Delivery.EXPRESS.value and not self.is_virtual
        return is_sent and self.terms.needs_address and self.address is None

    def left(self, sku_id: str) -> int:
        """How many pieces of it may be ordered: of the warehouses', and of the kind's own stock where it has one."""
        there, pool = sellable(self.stock.get(sku_id, ())), self.terms.pool
        return there if pool is None else min(there, pool.get(sku_id, 0))

    def check_pool(self, quantities: dict[str, int]) -> None:
        """Raises OutOfStock where the kind's own stock does not suffice for what is wanted; the warehouses are asked
        when one is chosen. Gifts come from there alone."""
        for sku_id, quantity in quantities.items():
            if self.terms.pool is not None and self.terms.pool.get(sku_id, 0) < quantity:
                raise OutOfStock(field="lines", sku_id=sku_id)

    def check_stock(self) -> None:
        """Raises OutOfStock where no warehouse has all pieces of something."""
        if self.plan.short:
            raise OutOfStock(field="lines", sku_id=self.plan.short[0])

    @property
    def is_virtual(self) -> bool:
        return all(row.is_virtual for row in self.skus.values())


class _Rows(NamedTuple):
    skus: list[Any]
    stock: list[Any]
    promotions: list[Any]
    coupons: list[Any]
    freight: list[Any]
    addresses: list[Any]
    of_kind: list[list[Any]]
    lots: list[Any]
    unpaid: int


def quote(tx: Tx, member_id: str, level: str, wanted: Wanted, settings: Any, now: datetime, *,
          new_id: Callable[[str], str] | None = None) -> Priced:
    """Price what is wanted. With `new_id` it is to be placed: its lines have the order's own ids from here on, the
    member is locked and his unpaid orders are counted, the points that it uses are locked, and of the address all is
    read; else only where it is, who lives there stays sealed. Raises GoodsUnavailable, SellerSuspended,
    AddressNotFound, DeliveryMismatch, TooManyOrders, AmountTooLarge, what `flows.purchase_rules` and its kind refuse;
    the rest is left to `pricing.rules.check`."""
    to_place, kind = new_id is not None, kinds.asked_for(wanted.asked)
    level = known_level(settings.member_levels, level)
    rows = _read(tx, member_id, wanted, kind, now, to_place)
    skus, there = {row.sku_id: row for row in rows.skus}, by_sku(rows.stock)
    _check_goods(wanted, skus)
    purchase_rules.check(tx, member_id, level, wanted.quantities, skus, settings, now)
    terms = _terms(kind, wanted, rows, settings, now)
    address, policy = _address(wanted, rows.addresses), stacking_of(settings)
    region = _region(address)
    places = region.places() if region else ()
    plan = parcels.plan(skus, wanted.quantities, there, places, wanted.delivery, splits=not terms.is_one_order)
    check_orders(len(plan.names))
    lines = _lines(wanted, skus, terms, plan, percent_of_level(settings.member_levels, level), rows.freight, new_id)
    running = running_promotions.load(
        tx, rows.promotions, member_id, level, wanted.quantities,
        sends={row.seller_id for row in rows.skus if not row.is_virtual}, line_id=_line_ids(new_id, len(skus)))
    priced = running.price(pricing.Basket(
        lines=lines, now=now, region=region,
        coupons=store.coupons_of(rows.coupons) if terms.coupons else (), chosen_coupon_ids=wanted.coupon_ids,
        freight_templates=store.freight_templates_of(rows.freight),
        free_freight_for=free_freight_of(settings.member_levels, level), policy=policy,
        points_to_use=wanted.points or 0, points_cap_percent=settings.points_most_percent,
        balance_to_use_fen=wanted.balance_fen))
    pricing.check_amount(priced)
    there = {**running.stock, **there}
    if gifts := [line for line in priced.lines if line.line_id in running.gift_line_ids]:
        plan = parcels.with_gifts(plan, gifts, wanted.quantities, there, places)
    known = next((row for row in rows.addresses if to_place and row.is_default), None)
    return Priced(priced, skus, running, there, plan, _sellers(plan, rows), address, known, kind, terms,
                  {row.coupon_id: row for row in rows.coupons}, rows.lots,
                  _points_most(priced, wanted, terms, settings, policy), rows.unpaid)


def _read(tx: Tx, member_id: str, wanted: Wanted, kind: Kind, now: datetime, to_place: bool) -> _Rows:
    """All of it in one round trip; whoever places is locked before anything is read."""
    sku_ids = sorted(wanted.quantities)
    first = (members.ask_lock(member_id), orders.ask_unpaid(member_id)) if to_place else ()
    about_points = _ask_points(member_id, wanted, now, lock=to_place)
    answers = tx.fetch(
        *first, *about_points, store.ask_skus(sku_ids), stock.ask_stock(sku_ids), store.ask_promotions(sku_ids, now),
        store.ask_coupons(member_id, now, wanted.coupon_ids or ()), store.ask_freight(sku_ids),
        store.ask_address(member_id, wanted.address_id, place_only=not to_place), *kind.ask(wanted.asked),
    )
    counted, answers = answers[:len(first)], answers[len(first):]
    point_rows, answers = answers[:len(about_points)], answers[len(about_points):]
    skus, stock_rows, promotions, coupons, freight, addresses, *of_kind = answers
    return _Rows(skus, stock_rows, promotions, coupons, freight, addresses, of_kind,
                 point_rows[-1] if point_rows else [], counted[-1][0].number if counted else 0)


def _sellers(plan: Plan, rows: _Rows) -> dict[str, str]:
    """Whose each promotion, coupon and freight template is; of one order alone nobody asks."""
    if len(plan.names) == 1:
        return {}
    return ({row.promotion_id: row.seller_id for row in rows.promotions}
            | {row.coupon_id: row.seller_id for row in rows.coupons}
            | {row.freight_template_id: row.seller_id for row in rows.freight})


def _terms(kind: Kind, wanted: Wanted, rows: _Rows, settings: Any, now: datetime) -> Terms:
    """Raises QuantityNotAllowed, OneSellerOnly, BalanceNotUsable, and what the kind refuses."""
    terms = kind.terms(wanted.asked, rows.of_kind, wanted.quantities, settings, now)
    check_limits(terms.limits, wanted.quantities)
    check_one_seller(not terms.is_one_order, [row.seller_id for row in rows.skus])
    if wanted.balance_fen and not terms.balance:
        raise BalanceNotUsable(f"{kind.words}订单不可使用余额", field="balance_fen", usable_fen=0)
    return terms


def _lines(wanted: Wanted, skus: dict[str, Any], terms: Terms, plan: Plan, member_percent: int,
           freight_rows: list[Any], new_id: Callable[[str], str] | None) -> tuple[pricing.Line, ...]:
    """In the order of their SKUs, which the ids keep: so the order is split as the quote was."""
    freight_defaults, line_id, names = store.default_freights_of(freight_rows), _line_ids(new_id), plan.names
    return tuple(
        store.line_of(skus[sku_id], line_id=line_id(number), quantity=wanted.quantities[sku_id],
                      member_percent=member_percent, default_freight=freight_defaults.get(skus[sku_id].seller_id),
                      kind_price_fen=terms.unit_fen.get(sku_id), parcel=names[plan.bought[sku_id].parcel])
        for number, sku_id in enumerate(sorted(wanted.quantities), start=1))


def _line_ids(new_id: Callable[[str], str] | None, before: int = 0) -> Callable[[int], str]:
    """The id of the n-th line after those `before`."""
    return lambda number: new_id("lin") if new_id else f"lin_{before + number:03}"


def _ask_points(member_id: str, wanted: Wanted, now: datetime, *, lock: bool) -> list[Any]:
    """The member's lots; the lock comes first, so that they are read as they stay."""
    if wanted.points is None:
        return []
    locked = [points.ask_lock(member_id)] if lock else []
    return [*locked, points.ask_free(member_id, now)]


def _points_most(quote: pricing.Quote, wanted: Wanted, terms: Terms, settings: Any,
                 policy: pricing.StackingPolicy) -> int:
    if wanted.points is None or not terms.points:
        return 0
    return pricing.most_points(pricing.before_balance(quote), settings.points_most_percent, policy)


def _check_goods(wanted: Wanted, skus: dict[str, Any]) -> None:
    gone = [sku_id for sku_id in wanted.quantities
            if sku_id not in skus or skus[sku_id].state != "LISTED" or not skus[sku_id].active]
    if gone:
        raise GoodsUnavailable(sku_ids=sorted(gone))
    for row in skus.values():
        refuse_suspended(row.seller_id, row.suspended)
    if wanted.delivery == Delivery.VIRTUAL.value and not all(row.is_virtual for row in skus.values()):
        raise DeliveryMismatch(field="delivery")


def _region(address: Any | None) -> pricing.Region | None:
    return pricing.Region(*read(address.province, address.city, address.district)) if address else None


def _address(wanted: Wanted, rows: list[Any]) -> Any | None:
    """The chosen address, else the default one; none where nothing is sent."""
    if wanted.delivery != Delivery.EXPRESS.value:
        return None
    if wanted.address_id is None:
        return next((row for row in rows if row.is_default), None)
    found = next((row for row in rows if row.address_id == wanted.address_id), None)
    if found is None:
        raise AddressNotFound(field="address_id")
    return found
