"""A WeChat simulator in process, with one mini program and the people a test asks for."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from infra.local.simulators.wechat_api import create_app, ensure_app
from infra.local.simulators.wechat_api.database import Clock


@dataclass
class WeChat:
    """A backend's view of api.weixin.qq.com, plus the controls."""

    client: TestClient
    app: dict

    def get(self, path: str, **query: str) -> dict:
        return self.client.get(path, params=query).json()

    def post(self, path: str, body: dict, *, token: str | None = None) -> dict:
        return self.raw(path, body, token=token).json()

    def raw(self, path: str, body: dict, *, token: str | None = None):
        return self.client.post(path, json=body, params={"access_token": self.token() if token is None else token})

    def call(self, path: str, body: dict | None = None, *, web: bool = False, **query: str) -> dict:
        """With the mini program's token or the service account's; GET where there is no body."""
        token = self.web_token() if web else self.token()
        if body is None:
            return self.get(path, access_token=token, **query)
        return self.client.post(path, json=body, params={"access_token": token, **query}).json()

    def control(self, path: str, body: dict) -> dict:
        response = self.client.post(path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def token(self, **extra: object) -> str:
        return self.stable_token(**extra)["access_token"]

    def stable_token(self, **extra: object) -> dict:
        body = {"grant_type": "client_credential", "appid": self.app["appid"], "secret": self.app["secret"], **extra}
        return self.client.post("/cgi-bin/stable_token", json=body).json()

    def web_token(self) -> str:
        return self.token(appid=self.app["web_appid"], secret=self.app["web_secret"])

    def plain_token(self, **changed: str) -> dict:
        query = {"grant_type": "client_credential", "appid": self.app["appid"], "secret": self.app["secret"]}
        return self.get("/cgi-bin/token", **{**query, **changed})

    def follow(self, name: str, **more: object) -> str:
        return self.control("/_sim/follow", {"person": name, **more})["openid"]

    def login(self, code: str, **changed: str) -> dict:
        query = {"appid": self.app["appid"], "secret": self.app["secret"], "grant_type": "authorization_code"}
        return self.get("/sns/jscode2session", **{**query, "js_code": code, **changed})

    def openid(self, name: str) -> str:
        return self.login("sim:" + name)["openid"]

    def ahead(self, seconds: float) -> None:
        self.control("/_sim/clock", {"ahead_s": seconds})

    def template(self, name: str) -> dict:
        return next(one for one in self.app["templates"] if one["name"] == name)


@pytest.fixture
def start(tmp_path):
    """Starts a simulator on this test's folder; call it again for a restart."""
    running: list[TestClient] = []

    def begin(**options) -> WeChat:
        while running:
            running.pop().__exit__(None, None, None)
        client = TestClient(create_app(tmp_path, public_url="http://wechat.test", **options))
        client.__enter__()
        running.append(client)
        return WeChat(client, ensure_app(tmp_path))

    yield begin
    while running:
        running.pop().__exit__(None, None, None)


@pytest.fixture
def pushed() -> list[tuple[str, dict]]:
    """What WeChat would have pushed: appid and message."""
    return []


@pytest.fixture
def still(monkeypatch) -> float:
    """The simulator's time stands, and moves by its control alone. Returns it: noon of a day in Shanghai."""
    noon = 1_780_027_200.0
    monkeypatch.setattr(Clock, "now", lambda self: noon + self.ahead_s)
    return noon


@pytest.fixture
def wechat(start, pushed) -> WeChat:
    return start(push=lambda appid, message: pushed.append((appid, message)))


def errcode(answer: dict) -> int:
    """The refusal's code; also checks that errmsg carries a request id, as the real one does."""
    assert " rid: " in answer["errmsg"], answer
    return answer["errcode"]


@pytest.fixture(name="errcode")
def errcode_fixture():
    return errcode
