"""Sellers (spec E13): they apply, are decided on, suspended and entered; an order of theirs keeps its commission."""

from __future__ import annotations

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import two_people
from tests.crash.scenarios.words import call, express, paid
from tests.crash.town import Play, Town
from tests.support import seed, sellers
from tests.support.shop import Caller


def waiting(town: Town) -> str:
    return town.shop.member().call("sellers.apply_to_sell", **sellers.TOLD)["seller_id"]


def known(town: Town) -> tuple[Caller, dict]:
    """The platform's staff, and the seller as they have read it."""
    tea = sellers.open_shop(town.shop)
    return tea.platform, {"seller_id": tea.seller_id, "version": 1}


@scenario("sellers.apply_to_sell")
def _apply(town: Town) -> Play:
    return call(town, town.shop.member(), "sellers.apply_to_sell", **sellers.TOLD)


@scenario("sellers.add_seller")
def _add(town: Town) -> Play:
    return call(town, town.shop.staff(), "sellers.add_seller", **sellers.TOLD)


@scenario("sellers.decide_application", "approved")
def _approve(town: Town) -> Play:
    return call(town, town.shop.staff(), "sellers.decide_application", seller_id=waiting(town), version=1, accept=True)


@scenario("sellers.decide_application", "refused")
def _refuse(town: Town) -> Play:
    return call(town, town.shop.staff(), "sellers.decide_application", seller_id=waiting(town), version=1,
                accept=False, reason="执照模糊")


@scenario("sellers.suspend_seller")
def _suspend(town: Town) -> Play:
    staff, seen = known(town)
    return call(town, staff, "sellers.suspend_seller", reason="资质到期", **seen)


@scenario("sellers.resume_seller")
def _resume(town: Town) -> Play:
    staff, seen = known(town)
    staff.call("sellers.suspend_seller", reason="资质到期", **seen)
    return call(town, staff, "sellers.resume_seller", **{**seen, "version": 2})


@scenario("sellers.save_seller")
def _save(town: Town) -> Play:
    staff, seen = known(town)
    return call(town, staff, "sellers.save_seller", name="南山茶行", licence_no=sellers.LICENCE, **seen)


@scenario("sellers.set_commission")
def _commission(town: Town) -> Play:
    staff, seen = known(town)
    return call(town, staff, "sellers.set_commission", commission_per_ten_thousand=800, **seen)


@scenario("sellers.set_commission", "that waits for a second person")
def _commission_waits(town: Town) -> Play:
    _, seen = known(town)
    return call(town, two_people(town), "sellers.set_commission", commission_per_ten_thousand=800, **seen)


@scenario("sellers.enter_shop")
def _enter(town: Town) -> Play:
    staff, seen = known(town)
    return call(town, staff, "sellers.enter_shop", seller_id=seen["seller_id"])


@scenario("sellers.reveal_contact")
def _reveal(town: Town) -> Play:
    staff, seen = known(town)
    return call(town, staff, "sellers.reveal_contact", seller_id=seen["seller_id"])


@scenario("staff.save_settings", "a seller's own")
def _own_settings(town: Town) -> Play:
    tea = sellers.open_shop(town.shop)
    return call(town, tea.staff, "staff.save_settings", version=0, changes={"pickup_store": "茶坊一楼"})


@scenario("orders.place_order", "of another seller")
def _place(town: Town) -> Play:
    tea, member = sellers.open_shop(town.shop, commission=800), town.shop.member()
    goods = seed.product(town.shop, seller_id=tea.seller_id)
    return call(town, member, "orders.place_order", delivery="EXPRESS", address_id=seed.address(town.shop, member),
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


@scenario("fulfilment.ship_orders", "of a suspended seller")
def _ship(town: Town) -> Play:
    tea, member = sellers.open_shop(town.shop), town.shop.member()
    goods = seed.product(town.shop, seller_id=tea.seller_id)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    sellers.suspend(town.shop, tea)
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    return call(town, tea.staff, "fulfilment.ship_orders", parcels=[parcel])
