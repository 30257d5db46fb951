"""Reaching people (触达): subscribe messages, and codes that lead into the mini program."""

from __future__ import annotations

from mall.adapters.wechat_api.client import Client, read
from mall.adapters.wechat_api.errors import checked
from mall.kit.errors import Unavailable


class Reach(Client):
    def send_subscribe_message(
        self, openid: str, template_id: str, page: str, data: dict[str, str], state: str = "formal"
    ) -> None:
        """Send one subscribe message (订阅消息); NoConsentLeft when the person allowed none or all are used.

        `state` is developer, trial or formal. After Unavailable it may have been sent all the same.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": {name: {"value": value} for name, value in data.items()},
            "miniprogram_state": state,
            "lang": "zh_CN",
        }
        self.call("/cgi-bin/message/subscribe/send", body)

    def mini_program_code(self, scene: str, page: str, width: int = 430) -> bytes:
        """The picture of a mini-program code (小程序码), PNG or JPEG; `page` has no leading slash."""
        body = {"scene": scene, "page": page, "width": width}
        return _picture(self._with_token("/wxa/getwxacodeunlimit", body))


def _picture(content: bytes) -> bytes:
    """The interface answers with a picture or with a JSON error: the first bytes decide."""
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return content
    checked(read(content))
    raise Unavailable(cause="unreadable answer")
