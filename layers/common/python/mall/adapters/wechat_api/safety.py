"""Keeping the shop clean (内容安全与风控): WeChat's judgement of a text and of a person."""

from __future__ import annotations

from dataclasses import dataclass

from mall.adapters.wechat_api.client import Client, told


@dataclass(frozen=True)
class TextVerdict:
    """`suggest`: pass, review or risky. `label`: 100 is fine, others name the kind."""

    suggest: str
    label: int
    trace_id: str


class Safety(Client):
    def check_text(self, openid: str, text: str, scene: int, nickname: str | None = None) -> TextVerdict:
        """WeChat's judgement of a text (msg_sec_check v2); at most 2,500 characters. `scene`: 1 profile,
        2 comment, 3 forum, 4 social log. The person must have used the shop within two hours (61010)."""
        body = {"version": 2, "scene": scene, "openid": openid, "content": text}
        answer = self.call("/wxa/msg_sec_check", body | ({"nickname": nickname} if nickname else {}))
        result = answer.get("result") or {}
        return TextVerdict(
            suggest=told(result, "suggest", str),
            label=told(result, "label", int),
            trace_id=told(answer, "trace_id", str),
        )

    def user_risk_rank(self, openid: str, scene: int, client_ip: str) -> int:
        """How risky WeChat finds the person (安全等级): 0 to 4. `scene`: 0 sign-up, 1 cheating."""
        body = {"appid": self.config.appid, "openid": openid, "scene": scene, "client_ip": client_ip}
        return told(self.call("/wxa/getuserriskrank", body), "risk_rank", int)
