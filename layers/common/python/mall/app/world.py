"""The doors to the outside world, each opened on first use and kept for the life of the instance.

An action declares what it uses (`uses=["wechat_pay"]`); a door that was not declared stays shut, so
that a function carries only the layers and the secrets it needs.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from mall.app.deployment import Deployment
from mall.app.units import place_of

DOORS = ("wechat_pay", "wechat_api", "wechat_service", "wechat_push", "storage", "spreadsheets", "pictures",
         "event_bus", "key_service")


class World:
    def __init__(self, deployment: Deployment):
        self.deployment = deployment
        self._open: dict[str, Any] = {}

    def only(self, uses: tuple[str, ...]) -> Doors:
        return Doors(self, uses)

    def door(self, name: str) -> Any:
        if name not in self._open:
            self._open[name] = _OPENERS[name](self.deployment)
        return self._open[name]

    def put(self, name: str, adapter: Any) -> None:
        """Stand another adapter in the door (tests, and the local cloud's own bus)."""
        self._open[name] = adapter


class Doors:
    """The part of the world that one action declared."""

    def __init__(self, world: World, uses: tuple[str, ...]):
        self._world, self._uses = world, uses
        self.deployment = world.deployment

    def __getattr__(self, name: str) -> Any:
        if name not in self._uses:
            raise AttributeError(f"this action does not declare uses={name!r}")
        return self._world.door(name)


def _wechat_pay(deployment: Deployment) -> Any:
    from mall.adapters.wechat_pay import WeChatPay, WeChatPayConfig

    return WeChatPay(WeChatPayConfig(
        mchid=deployment.require("wechat_pay_mchid"),
        appid=deployment.require("wechat_appid"),
        private_key=deployment.secret("wechat_pay_private_key"),
        cert_serial_no=deployment.require("wechat_pay_serial"),
        apiv3_key=deployment.secret("wechat_pay_apiv3_key"),
        public_key_id=deployment.require("wechat_pay_public_key_id"),
        public_key=deployment.secret("wechat_pay_public_key"),
        gateway_url=deployment.wechat_pay_url or None,
        sub_mchid=deployment.wechat_pay_sub_mchid,
        sp_appid=deployment.require("wechat_pay_sp_appid") if deployment.wechat_pay_sub_mchid else "",
    ))


def _wechat_api(deployment: Deployment) -> Any:
    from mall.adapters.wechat_api import WeChatApi, WeChatApiConfig

    return WeChatApi(WeChatApiConfig(
        appid=deployment.require("wechat_appid"),
        secret=deployment.secret("wechat_secret"),
        web_appid=deployment.wechat_web_appid,
        web_secret=deployment.secret("wechat_web_secret") if deployment.wechat_web_appid else "",
        base_url=deployment.wechat_api_url,
        **({"authorize_base_url": deployment.wechat_api_url} if deployment.platform == "local" else {}),
    ))


def _wechat_service(deployment: Deployment) -> Any:
    from mall.adapters.wechat_api import WeChatApiConfig
    from mall.adapters.wechat_service import ServiceAccount

    return ServiceAccount(WeChatApiConfig(
        appid=deployment.require("wechat_web_appid"), secret=deployment.secret("wechat_web_secret"),
        base_url=deployment.wechat_api_url))


def _wechat_push(deployment: Deployment) -> Any:
    from mall.adapters.wechat_push import WeChatPush, WeChatPushConfig

    if deployment.wechat_push_mode == "off":  # nobody is believed: as a push that does not verify
        return WeChatPush(WeChatPushConfig(token=secrets.token_hex(16), aes_key="", appids=(), mode="plain"))
    return WeChatPush(WeChatPushConfig(
        token=deployment.secret("wechat_push_token"),
        aes_key="" if deployment.wechat_push_mode == "plain" else deployment.secret("wechat_push_aes_key"),
        appids=tuple(filter(None, (deployment.wechat_appid, deployment.wechat_web_appid))),
        mode=deployment.wechat_push_mode,
    ))


def _storage(deployment: Deployment) -> Any:
    from mall.adapters.object_storage import ObjectStorage, StorageConfig

    return ObjectStorage(StorageConfig(
        endpoint_url=deployment.storage_url or None,
        region=deployment.region,
        bucket=deployment.storage_bucket,
        access_key=deployment.secret("storage_access_key"),
        secret_key=deployment.secret("storage_secret_key"),
        session_token=None,
        flavour=deployment.storage_flavour,
        public_base_url=deployment.storage_public_url,
    ))


def _spreadsheets(deployment: Deployment) -> Any:
    from mall.adapters.spreadsheets import Spreadsheets

    return Spreadsheets()


def _pictures(deployment: Deployment) -> Any:
    from mall.adapters.pictures import Pictures

    return Pictures()


def _event_bus(deployment: Deployment) -> Any:
    from mall.adapters.event_bus import open_bus

    return open_bus(deployment.platform, deployment.namespace,
                    partial(place_of, deployment.platform, deployment.namespace),
                    deployment.region, deployment.secret("trigger_secret"))


def _key_service(deployment: Deployment) -> Any:
    from mall.adapters.key_service import KeyServices

    return KeyServices(deployment.key_service, deployment.region, partial(deployment.secret, "data_wrapping_key"))


_OPENERS = {"wechat_pay": _wechat_pay, "wechat_api": _wechat_api, "wechat_service": _wechat_service,
            "wechat_push": _wechat_push,
            "storage": _storage, "spreadsheets": _spreadsheets, "pictures": _pictures,
            "event_bus": _event_bus, "key_service": _key_service}
