"""The demo's scene of messages: one by a template of the merchant's own, and what WeChat pushes by itself."""

from __future__ import annotations

from typing import Any

from mall.kit.money import yuan

from infra.local.demo.stage import set_settings

FIELDS = [{"key": "thing7", "value": "goods"}, {"key": "amount2", "value": "paid_fen"},
          {"key": "time3", "value": "paid_at"}, {"key": "thing9", "text": "感谢惠顾"}]
SHIPPED = [{"key": "character_string2", "value": "tracking_no"}, {"key": "thing4", "value": "goods"}]


def own_template(demo: Any) -> None:
    """The merchant's template has other keys than ours: mapped, checked, sent, and put back as it was."""
    demo.act("A message by the merchant's own template 自有消息模板")
    made = demo.wechat.post("/_sim/templates", json={"title": "付款成功通知", "fields": [
        {"key": each["key"], "label": each["key"]} for each in FIELDS]}).json()
    before = next(each for each in demo.staff.call("messaging.list_own_templates")["items"]
                  if each["template"] == "order_paid")
    saved = demo.staff.call("messaging.save_template", template="order_paid", template_id=made["template_id"],
                            fields=FIELDS, version=before["version"])
    demo.say(f"order_paid goes out by 使用模板 {made['template_id'][:8]}…")
    _, sku_id = demo.goods("演示模板咖啡", 6_800, 5)
    buyer = demo.buyer("小模")
    wanted = demo.allow_messages(buyer, "order_paid")
    placed = demo.order(buyer, sku_id)
    order_no = placed["order_no"]
    demo.pay(buyer, order_no)
    demo.until("the order is paid", lambda: demo.state(buyer, order_no), "TO_SHIP")
    demo.until("the message arrived", lambda: demo.inbox(buyer), wanted)
    got = demo.wechat.get("/_sim/inbox", params={"openid": demo.openid(buyer)}).json()["messages"][0]["data"]
    demo.hold("its fields", {name: got[name] for name in ("thing7", "amount2", "thing9")},
              {"thing7": "演示模板咖啡", "amount2": f"¥{yuan(placed['pay_fen'])}", "thing9": "感谢惠顾"})
    usual = [{name: value for name, value in each.items() if value is not None} for each in before["fields"]]
    demo.staff.call("messaging.save_template", template="order_paid", template_id=before["template_id"], fields=usual,
                    version=saved["version"])
    pushed = demo.wechat.post("/_sim/push", json={"event": "subscribe", "person": buyer.code, "account": "service"})
    demo.hold("WeChat's push is answered", pushed.json()["answers"], [{"status": 200, "body": "success"}])
    demo.say("WeChat tells that 小模 follows the service account 关注推送已接收")


def told_by_the_service_account(demo: Any) -> None:
    """Who allowed no message and follows the service account, at night and in the morning."""
    demo.act("No consent: the service account tells 公众号模板消息, and not at night 免打扰")
    made = demo.wechat.post("/_sim/templates", json={"title": "订单发货通知", "account": "service", "fields": [
        {"key": each["key"], "label": each["key"]} for each in SHIPPED]}).json()
    before = next(each for each in demo.staff.call("messaging.list_own_templates")["service_items"]
                  if each["template"] == "order_shipped")
    own = {"channel": "TEMPLATE", "template": "order_shipped", "template_id": made["template_id"], "fields": SHIPPED}
    saved = demo.staff.call("messaging.save_template", version=before["version"], **own)
    buyer = demo.buyer("小服")
    openid = demo.wechat.post("/_sim/follow", json={"person": buyer.code}).json()["openid"]
    demo.wechat.post("/_sim/push", json={"event": "subscribe", "person": buyer.code, "account": "service"})
    demo.mall.tick("messaging.learn_followers")
    _, sku_id = demo.goods("演示通知茶杯", 3_300, 1)
    order_no = demo.order(buyer, sku_id)["order_no"]
    demo.pay(buyer, order_no)
    demo.until("the order is paid", lambda: demo.state(buyer, order_no), "TO_SHIP")
    set_settings(demo.staff, {"quiet_from": "00:01", "quiet_until": "00:00"})  # but for a minute, the whole day
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "SF", "tracking_no": f"SF{demo.run}21"}])

    def arrived() -> list[str]:
        demo.inbox(buyer)
        told = demo.wechat.get("/_sim/inbox", params={"openid": openid}).json()["messages"]
        return [each["template_id"] for each in told]

    demo.hold("nobody is woken", arrived(), [])
    set_settings(demo.staff, {"quiet_from": None, "quiet_until": None})
    demo.later(24 * 60)
    demo.until("in the morning it arrives", arrived, [made["template_id"]])
    demo.say("shipped is told by the service account in the morning 早上送达")
    demo.staff.call("messaging.save_template", version=saved["version"], active=False, **own)
