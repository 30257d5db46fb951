"""Scenes of the demo at the order desk: an address changed before the parcel goes, a number put right."""

from __future__ import annotations

from typing import Any

from infra.local.client import Refused


def an_address_is_changed(demo: Any) -> None:
    demo.act("An address is changed before shipping 发货前修改收货地址")
    _, sku_id = demo.goods("竹编提篮", 6_600, 2)
    buyer = demo.buyer("小唐")
    order_no = _paid(demo, buyer, sku_id)
    elsewhere = buyer.call("members.save_address", name="唐先生", phone="13911112222", province="广东省", city="广州市",
                           district="天河区", detail="体育西路 2 号")["address_id"]
    told = buyer.call("orders.quote_address", order_no=order_no, address_id=elsewhere)
    demo.hold("the freight is told before", (told["difference_fen"], told["may_change"]), (0, True))
    done = buyer.call("orders.change_address", order_no=order_no, address_id=elsewhere, version=told["version"])
    demo.hold("the freight to both is told", done["freight_after_fen"], done["freight_before_fen"])
    demo.say("小唐 sends it to 广州 instead 改地址: freight 运费", done["freight_after_fen"])
    masked = demo.staff.call("orders.view_order", order_no=order_no)
    demo.hold("staff see it masked", (masked["address"]["name"], masked["address"]["city"]), ("唐**", "广州市"))
    opened = demo.staff.call("orders.open_receiver", order_no=order_no)["address"]
    demo.hold("and open it to write the label", opened["phone"], "13911112222")
    demo.say("staff open the receiver 查看收件人: an audit entry")
    _ship(demo, order_no, f"ZT{demo.run}12")
    try:
        buyer.call("orders.change_address", order_no=order_no, address_id=elsewhere, version=2)
    except Refused as refused:
        demo.hold("what has gone out stays where it goes", refused.code, "ADDRESS_FIXED")
    steps = [step["words"] for step in buyer.call("orders.get_order", order_no=order_no)["order"]["timeline"]]
    demo.hold("the timeline tells both", steps[-2:], ["收货地址已修改", "商家已发货"])


def a_parcel_is_corrected(demo: Any) -> None:
    demo.act("A wrong tracking number is put right 更正运单号")
    _, sku_id = demo.goods("陶瓷花瓶", 7_700, 1)
    buyer = demo.buyer("小许")
    order_no, wrong, right = _paid(demo, buyer, sku_id), f"ZT{demo.run}13", f"ZT{demo.run}14"
    _ship(demo, order_no, wrong)
    demo.mall.tick("fulfilment.report_shipping")
    done = demo.staff.call("fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=right,
                           seen_tracking_no=wrong)
    demo.hold("WeChat is told once more", done["wechat"], "TOLD")
    shipment = buyer.call("orders.get_order", order_no=order_no)["order"]["parcels"][0]
    demo.hold("the buyer has the right number", shipment["tracking_no"], right)
    demo.say(f"{wrong} becomes 更正为 {right}")
    found = demo.staff.call("orders.search_orders", tracking_no=right)["items"]
    demo.hold("and it is found by it", [each["order"]["order_no"] for each in found], [order_no])


def _paid(demo: Any, buyer: Any, sku_id: str) -> str:
    order_no = demo.order(buyer, sku_id)["order_no"]
    demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    return order_no


def _ship(demo: Any, order_no: str, tracking_no: str) -> None:
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": tracking_no}])
    demo.say("the shop ships 发货")
