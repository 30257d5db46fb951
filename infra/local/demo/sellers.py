"""A second seller on the platform (商家入驻): a shop of its own, an order, its statement, and its suspension."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infra.local.client import Person, Refused
from infra.local.demo.stage import Demo

PASSWORD = "seven pots of spring tea"


def a_second_seller(demo: Demo) -> None:
    demo.act("A second seller 商家入驻与结算")
    seller_id = approved(demo, "小茶", f"演示茶坊 {demo.run}")
    platform, demo.staff = demo.staff, first_account(demo, seller_id)
    try:
        spu_id, sku_id = demo.goods("雨前龙井", 12_000, 10)
        buyer = demo.buyer("小马")
        order_no = demo.order(buyer, sku_id)["order_no"]
        demo.pay(buyer, order_no)
        demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
        demo.staff.call("fulfilment.ship_orders", parcels=[
            {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000009"}])
        buyer.call("orders.confirm_receipt", order_no=order_no)
        _statement(demo, buyer, order_no)
        _nobody_elses(demo, platform, order_no)
    finally:
        demo.staff = platform
    demo.staff.call("sellers.suspend_seller", seller_id=seller_id, version=2, reason="资质到期")
    demo.hold("its goods say why", _refusal(buyer, "catalog.get_product", spu_id=spu_id), "SELLER_SUSPENDED")
    demo.say("suspended 暂停营业: nothing of it is sold, what was sold is served")


def approved(demo: Demo, person: str, name: str) -> str:
    """Somebody applies, and the platform's staff say yes; the new seller."""
    seller_id = demo.buyer(person).call("sellers.apply_to_sell", name=name, licence_no="91440300MA5EXAMP0C",
                                        contact_name=person, contact_phone="13800002222")["seller_id"]
    demo.staff.call("sellers.decide_application", seller_id=seller_id, version=1, accept=True)
    demo.say(f"approved 审核通过: {name}")
    return seller_id


def first_account(demo: Demo, seller_id: str) -> Person:
    """The platform's staff enter the shop and make its owner, who signs in."""
    entered = demo.staff.call("sellers.enter_shop", seller_id=seller_id)
    inside = Person(demo.mall, "平台", entered["token"], entered["session_key"])
    role_id = inside.call("staff.save_role", name="店主", permissions=["*"])["role_id"]
    username = f"owner.{demo.run}.{seller_id[-6:].lower()}"
    inside.call("staff.save_staff", username=username, display_name="小茶", role_id=role_id, password=PASSWORD)
    return demo.mall.sign_in_staff(username, PASSWORD)


def _statement(demo: Demo, buyer: Person, order_no: str) -> None:
    placed = datetime.fromisoformat(buyer.call("orders.get_order", order_no=order_no)["order"]["placed_at"])
    days = {"from_day": (placed - timedelta(days=1)).date().isoformat(),
            "until_day": (placed + timedelta(days=1)).date().isoformat()}
    totals: dict[str, Any] = demo.staff.call("sellers.show_statement", **days)["totals"]
    demo.hold("its sales and its commission", (totals["sales_fen"], totals["commission_fen"]), (12_000, 600))
    demo.hold("what is to be paid", totals["to_pay_fen"], 11_400 - totals["points_cost_fen"] - totals["fees_fen"])
    demo.say("sold 销售", totals["sales_fen"])
    demo.say("commission 佣金", totals["commission_fen"])
    demo.say("points given to its buyer 积分成本", totals["points_cost_fen"])
    demo.say("to be paid 应结", totals["to_pay_fen"])


def _nobody_elses(demo: Demo, platform: Person, order_no: str) -> None:
    """Each shop's staff see their own; the platform's come in by the shop's door."""
    demo.hold("outside the shop", _refusal(platform, "orders.view_order", order_no=order_no), "ORDER_NOT_FOUND")
    found = platform.call("sellers.list_sellers", order_no=order_no)["items"]
    demo.hold("whose order it is", len(found), 1)


def _refusal(person: Person, action: str, **given: Any) -> str | None:
    try:
        person.call(action, **given)
    except Refused as refused:
        return refused.code
    return None
