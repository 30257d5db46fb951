"""The service account's side of WeChat's server interface (公众号): template messages, who a follower is.

The same client with the service account's own papers and token (`wechat_api`); errors as there.
"""

from __future__ import annotations

from mall.adapters.wechat_api import WeChatApi, WeChatRefused
from mall.kit.errors import RuleBroken

NO_FOLLOWER = 43004


class NotFollowing(RuleBroken):
    """The person does not follow the service account (any more)."""

    code, message = "NOT_FOLLOWING", "用户未关注公众号"


class ServiceAccount(WeChatApi):
    """Build it with the service account's appid and secret."""

    def send_template_message(self, openid: str, template_id: str, data: dict[str, str], *,
                              mini_program: tuple[str, str], once: str) -> None:
        """Send one template message (模板消息) that opens the page of the mini program, (appid, page). Sent again under
        the same `once` within ten minutes, it arrives once. Raises NotFollowing."""
        appid, page = mini_program
        body = {
            "touser": openid,
            "template_id": template_id,
            "miniprogram": {"appid": appid, "pagepath": page},
            "client_msg_id": once,
            "data": {name: {"value": value} for name, value in data.items()},
        }
        try:
            self.call("/cgi-bin/message/template/send", body)
        except WeChatRefused as refusal:
            if refusal.data["errcode"] == NO_FOLLOWER:
                raise NotFollowing(**refusal.data) from None
            raise

    def unionid_of(self, openid: str) -> str | None:
        """The unionid of a follower (user/info); None where the account is bound to no open platform account, or the
        person follows no longer."""
        asked = {"user_list": [{"openid": openid, "lang": "zh_CN"}]}
        found = self.call("/cgi-bin/user/info/batchget", asked).get("user_info_list") or [{}]
        return found[0].get("unionid") or None
