"""The demo's scene in a page of the service account (公众号): a person with two openids pays with the page's."""

from __future__ import annotations

from typing import Any

from infra.local.client import Person
from infra.local.demo.stage import Demo


def pays_in_the_service_account(demo: Demo) -> None:
    demo.act("A page of the service account pays 公众号网页支付")
    _, sku_id = demo.goods("青瓷茶杯", 6_800, 5)
    name = f"demo-{demo.run}-page"
    web, mini = demo.mall.sign_in_web(name, "小林"), demo.mall.sign_in(name, "小林")
    demo.hold("one person in both", web.subject_id, mini.subject_id)
    in_page = demo.order(web, sku_id, delivery="PICKUP")
    pair = pay_by_jsapi(demo, web, in_page["order_no"])
    in_mini = demo.order(web, sku_id, delivery="PICKUP")
    begun = web.call("payments.start_payment", order_no=in_mini["order_no"])["payment_no"]
    demo.say("小林 begins another one in the page and goes on in the mini program 换到小程序支付")
    other = pay_by_jsapi(demo, mini, in_mini["order_no"])
    demo.hold("the one of the page is closed at WeChat", demo.at_wechat(begun)["state"], "CLOSED")
    demo.hold("another app, another openid", (pair[0] == other[0], pair[1] == other[1]), (False, False))
    demo.hold("none of it is a case", [each["kind"] for each in demo.staff.call("ops.list_cases")["items"]
                                       if each["reference"] == begun], [])


def pay_by_jsapi(demo: Demo, who: Person, order_no: str) -> tuple[str, str]:
    """As WeixinJSBridge or wx.requestPayment would; the appid and the openid that WeChat knows of it."""
    started = who.call("payments.start_payment", order_no=order_no)
    made = order_of(demo, started["payment_no"])
    demo.hold("the page is told the appid that was signed", started["request_payment"]["appId"], made["appid"])
    demo.thumb(started["payment_no"])
    demo.until("the notice settles it", lambda: demo.state(who, order_no), "TO_SHIP")
    demo.say(f"{who.name} pays in {made['appid']} as {made['openid'][:8]}...", started["amount_fen"])
    return made["appid"], made["openid"]


def order_of(demo: Demo, payment_no: str) -> dict[str, Any]:
    """The order as WeChat Pay has it, with appid and openid."""
    return demo.wechat_pay.get(f"/_sim/orders/{payment_no}").raise_for_status().json()
