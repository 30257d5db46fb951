"""The demo's scene of uploads: straight to the store, checked, and shown in the size of its place (上传与图片)."""

from __future__ import annotations

from typing import Any

import httpx

from infra.local import demo_pictures
from infra.local.client import Refused


def pictures_are_checked(demo: Any) -> None:
    demo.act("Pictures: checked, drawn anew, in the sizes that are shown 图片上传")
    buyer = demo.buyer("小图")
    face = demo.upload(buyer, "members", demo_pictures.draw("bag", 200), purpose="AVATAR")
    profile = buyer.call("members.view_profile")
    buyer.call("members.update_profile", version=profile["version"], avatar_url=face["public_url"])
    demo.say(f"小图 has a face 换头像: {face['width']}x{face['height']}")
    for size, url in face["sizes"].items():
        demo.hold(f"{size} is there, to be kept", httpx.get(url).headers["content-type"], "image/webp")
    try:
        demo.upload(buyer, "members", b"<script>alert(1)</script>", purpose="AVATAR")
        told = None
    except Refused as refusal:
        told = refusal.code
        demo.say(f"what is no picture is removed 不是图片: {refusal}")
    demo.hold("a page that says it is a picture", told, "UPLOAD_REFUSED")
    shown = demo.upload(demo.staff, "catalog", demo_pictures.draw("box", 95))
    saved = demo.staff.call("catalog.save_category", name="图片演示", position=99, picture_url=shown["public_url"])
    listed = demo.mall.call("catalog.list_categories")["items"]
    [found] = [each for each in listed if each["category_id"] == saved["category_id"]]
    demo.hold("a list shows it at its size", found["picture_url"], shown["sizes"]["medium"])
    demo.staff.call("catalog.save_category", category_id=saved["category_id"], version=saved["version"],
                    name="图片演示", position=99, visible=False)


def evidence_is_read_by_a_link(demo: Any) -> None:
    demo.act("A picture of what is broken: the buyer and the shop read it, nobody else 退款凭证")
    buyer, (_, sku_id) = demo.buyer("小图"), demo.goods("玻璃杯", 3_000, 1)
    order_no = demo.order(buyer, sku_id)["order_no"]
    demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    picture = _upload(demo, buyer, "members", demo_pictures.draw("box", 20), purpose="EVIDENCE")
    demo.hold("no address opens it", picture["public_url"], None)
    asked = buyer.call("refunds.ask_refund", order_no=order_no, reason="DAMAGED", evidence_ids=[picture["upload_id"]])
    rows = demo.staff.call("refunds.list_requests", state="OPEN")["items"]
    [link] = [each["url"] for row in rows if row["order_no"] == order_no for each in row["evidence"]]
    demo.hold("the staff's link opens it", httpx.get(link).status_code, 200)
    demo.hold("without its signature it does not", httpx.get(link.partition("?")[0]).status_code, 403)
    demo.staff.call("refunds.answer_request", request_id=asked["request_id"], accept=False, answer="请补拍快递面单")
    demo.say("asked with a picture, and answered 凭证已看，请买家补充")


def _upload(demo: Any, who: Any, domain: str, content: bytes, **asked: str) -> dict[str, Any]:
    form = who.call(f"{domain}.issue_upload_url", content_type="image/png", **asked)
    stored = httpx.post(form["url"], data=form["fields"], files={"file": ("picture.png", content)})
    demo.hold("the store took it", stored.status_code, 204)
    return who.call(f"{domain}.finish_upload", upload_id=form["upload_id"])
