"""The merchant's papers at WeChat Pay (商户资料)."""

from __future__ import annotations

from dataclasses import dataclass, field

from mall.adapters.wechat_pay.errors import PayMisconfigured
from mall.kit import deadline


@dataclass(frozen=True)
class WeChatPayConfig:
    """The merchant's papers. PEM texts are PKCS8 `PRIVATE KEY` and `PUBLIC KEY`, as WeChat hands them out; `public_key`
    may have platform certificates beside the key, or alone (`read_keys`).

    `gateway_url` points at a simulator; None is WeChat itself. `notify_base_url` is https and public.
    `timeout` is (connect, read) in seconds. With `sub_mchid` the papers are a service provider's (服务商): `mchid` and
    `sp_appid` are its own, `sub_mchid` and `appid` the merchant's that it acts for. `appid` is the mini program's: the
    openids of receivers are of it, and payments where no other app is named.
    """

    mchid: str
    appid: str
    private_key: str = field(repr=False)
    cert_serial_no: str
    apiv3_key: str = field(repr=False)
    public_key_id: str
    public_key: str = field(repr=False)
    notify_base_url: str = ""
    gateway_url: str | None = None
    timeout: tuple[float, float] = deadline.WECHAT_PAY[:2]
    sub_mchid: str = ""
    sp_appid: str = ""

    def notify_url(self, path: str) -> str:
        """Where WeChat shall send notices: `path` below the public address; PayMisconfigured without one."""
        if not self.notify_base_url:
            raise PayMisconfigured(setting="notify_base_url")
        return f"{self.notify_base_url.rstrip('/')}/{path.lstrip('/')}"
