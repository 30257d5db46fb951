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

