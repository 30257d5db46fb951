"""The simulator pushes as WeChat does: signed, sealed, and again until it hears `success`."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from mall.adapters.wechat_push import WeChatPush, WeChatPushConfig
from mall.kit import clock

pytestmark = pytest.mark.spec("E14")


class Merchant:
    """A server that writes down what comes, and answers as the test says."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict, bytes]] = []
        self.answers: list[tuple[int, str]] = []
        merchant = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query))
                merchant.heard.append((query, b""))
                self.reply(200, query.get("echostr", ""))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                merchant.heard.append((dict(parse_qsl(urlsplit(self.path).query)), body))
                self.reply(*(merchant.answers.pop(0) if merchant.answers else (200, "success")))

            def reply(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/push"


@pytest.fixture
def merchant() -> Merchant:
    found = Merchant()
    yield found
    found.server.shutdown()
    found.server.server_close()


def setup(wechat, merchant: Merchant, **how: str) -> WeChatPush:
    wechat.client.put("/_sim/push/setup", json={"url": merchant.url, **how}).raise_for_status()
    return WeChatPush(WeChatPushConfig(
        token=wechat.app["push_token"], aes_key=wechat.app["push_aes_key"], mode=how.get("mode", "secure"),
        appids=(wechat.app["appid"], wechat.app["web_appid"])))


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
def test_a_push_is_read_by_a_backend_in_every_mode_and_format(wechat, merchant: Merchant, mode: str, form: str):
    push = setup(wechat, merchant, mode=mode, format=form)
    told = wechat.control("/_sim/push", {"event": "subscribe", "person": "小红", "account": "service",
                                         "more": {"EventKey": "qrscene_1"}})
    assert told["answers"] == [{"status": 200, "body": "success"}]
    [(query, body)] = merchant.heard
    found = push.open(query, body, clock.wall())
    assert (found.appid, found.message["Event"]) == (None if mode == "plain" else wechat.app["web_appid"], "subscribe")
    assert found.message["EventKey"] == "qrscene_1"
    assert (b"subscribe" in body) is (mode != "secure")


def test_it_comes_again_three_times_without_a_good_answer(start, merchant: Merchant):
    wechat = start(time_scale=0.001)
    setup(wechat, merchant)
    merchant.answers = [(500, ""), (200, "fail"), (503, "")]
    told = wechat.control("/_sim/push", {"text": "在吗", "person": "小红"})
    assert [each["status"] for each in told["answers"]] == [500, 200, 503, 200]
    merchant.answers = [(500, "")] * 9
    assert len(wechat.control("/_sim/push", {"text": "在吗", "person": "小红"})["answers"]) == 4


def test_the_address_is_checked_and_a_stranger_can_be_played(wechat, merchant: Merchant):
    setup(wechat, merchant)
    assert wechat.control("/_sim/push/verify", {}) == {"status": 200, "good": True}
    assert set(merchant.heard[0][0]) == {"signature", "timestamp", "nonce", "echostr"}


@pytest.mark.parametrize("body", [{}, {"event": "subscribe", "account": "else"}, {"text": 1}])
def test_a_push_that_makes_no_sense_is_told(wechat, merchant: Merchant, body: dict):
    setup(wechat, merchant)
    answer = wechat.client.post("/_sim/push", content=json.dumps(body))
    assert answer.status_code == 400 and merchant.heard == []


def test_without_an_address_it_says_so(wechat):
    answer = wechat.client.post("/_sim/push", json={"event": "subscribe", "person": "小红"})
    assert (answer.status_code, answer.json()) == (400, {"error": "no address to push to: PUT /_sim/push/setup"})
