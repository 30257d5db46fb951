"""WeChat, faked at the edge: who a code belongs to is said by the test; a code works once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from mall.adapters.wechat_api import BadLoginCode, Session
from mall.kit.outside import calling

from tests.support.shop import Shop
from tests.support.uploads import object_store, storage

__all__ = ["object_store", "storage"]

WEB_APPID = "wxservice0000000001"


class FakeWeChat:
    def __init__(self):
        self.people: dict[str, Session] = {}  # by login code, of the mini program or of the service account
        self.phones: dict[str, str] = {}  # by phone code

    def code_to_session(self, js_code: str) -> Session:
        return self._take(self.people, js_code)

    def oauth_identity(self, code: str) -> Session:
        return self._take(self.people, code)

    def phone_number(self, code: str) -> str:
        return self._take(self.phones, code)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        return f"https://wechat.example/authorize?{urlencode({'redirect_uri': redirect_uri, 'state': state})}"

    def _take(self, known: dict, code: str):
        with calling("wechat_api"):  # as the real one: refuses inside a transaction
            if code not in known:
                raise BadLoginCode(errcode=40029)
            return known.pop(code)


@pytest.fixture
def wechat(shop: Shop) -> FakeWeChat:
    shop.house.deployment = replace(shop.house.deployment, wechat_web_appid=WEB_APPID)
    shop.house.world.deployment = shop.house.deployment
    fake = FakeWeChat()
    shop.house.world.put("wechat_api", fake)
    return fake
