"""Sellers as tests need them: made by the platform's staff through the actions, and entered by them.

    tea = sellers.open_shop(shop)                       # ACTIVE, with `tea.staff` as its staff
    goods = seed.product(shop, seller_id=tea.seller_id)
    sellers.suspend(shop, tea, "资质到期")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mall.kit.ids import new_id
from mall.tables.sellers import sellers

from tests.support.shop import Caller, Shop

LICENCE = "91440300MA5EXAMP0C"
TOLD = {"name": "南山茶坊", "licence_no": LICENCE, "contact_name": "李四", "contact_phone": "13900000001"}


@dataclass(frozen=True)
class Seller:
    seller_id: str
    platform: Caller  # who made it
    staff: Caller  # the same person in its shop


def open_shop(shop: Shop, name: str = TOLD["name"], *, commission: int | None = None,
              platform: Caller | None = None) -> Seller:
    """A seller that sells."""
    platform = platform or shop.staff()
    added = platform.call("sellers.add_seller", **{**TOLD, "name": name})
    if commission is not None:
        platform.call("sellers.set_commission", seller_id=added["seller_id"], version=1,
                      commission_per_ten_thousand=commission)
    return Seller(added["seller_id"], platform, enter(shop, platform, added["seller_id"]))


def enter(shop: Shop, platform: Caller, seller_id: str) -> Caller:
    """The platform's staff in the seller's shop."""
    session = platform.call("sellers.enter_shop", seller_id=seller_id)
    return Caller(shop, platform.subject_id, session["token"], session["session_key"], "", "店员")


def own_staff(shop: Shop, seller: Seller, number: int) -> list[Caller]:
    """So many of the seller's own who may do everything: the platform makes the first, the first makes the others."""
    maker, people = seller.staff, []
    role = maker.call("staff.save_role", name="店主", permissions=["*"])
    for _ in range(number):
        made = maker.call("staff.save_staff", username=new_id("usr")[-20:].lower(), display_name="李四",
                          role_id=role["role_id"], password="a good long pass of tea")
        people.append(shop._session(made["staff_id"], "", "李四"))
        maker = people[0]
    return people


def row(shop: Shop, seller_id: str) -> Any:
    return shop.rows(sellers, seller_id=seller_id)[0]


def suspend(shop: Shop, seller: Seller, reason: str = "资质到期") -> None:
    seller.platform.call("sellers.suspend_seller", seller_id=seller.seller_id,
                         version=row(shop, seller.seller_id).version, reason=reason)


def resume(shop: Shop, seller: Seller) -> None:
    seller.platform.call("sellers.resume_seller", seller_id=seller.seller_id,
                         version=row(shop, seller.seller_id).version)
