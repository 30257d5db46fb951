"""The simulator as it is run, asked over sockets by a client that knows nothing of it."""

import json
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.spec("E14", "L1")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """(address, app.json) of a simulator in a process of its own."""
    folder = tmp_path_factory.mktemp("wechat_api")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "infra.local.simulators.wechat_api", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    url, patience = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            requests.get(f"{url}/_sim/clock", timeout=5).raise_for_status()
            break
        except requests.ConnectionError:
            assert process.poll() is None and time.monotonic() < patience, "the simulator does not answer"
            time.sleep(0.05)
    yield url, json.loads((folder / "app.json").read_text())
    process.terminate()
    process.wait(timeout=10)


def test_a_backend_gets_a_token_uploads_a_picture_and_answers_a_person(running):
    url, app = running
    asked = {"grant_type": "client_credential", "appid": app["appid"], "secret": app["secret"]}
    token = requests.get(f"{url}/cgi-bin/token", params=asked, timeout=10).json()["access_token"]
    openid = requests.post(f"{url}/_sim/says", json={"person": "alice", "text": "在吗"}, timeout=10).json()["openid"]
    query = {"access_token": token, "type": "image"}
    files = {"media": ("cup.png", b"\x89PNG", "image/png")}
    media = requests.post(f"{url}/cgi-bin/media/upload", params=query, files=files, timeout=10).json()
    message = {"touser": openid, "msgtype": "image", "image": {"media_id": media["media_id"]}}
    sent = requests.post(f"{url}/cgi-bin/message/custom/send", params=query, json=message, timeout=10)
    assert sent.json() == {"errcode": 0, "errmsg": "ok"}
    wrong = requests.post(f"{url}/cgi-bin/message/custom/send", params=query, data="{", timeout=10).json()
    assert wrong["errcode"] == 47001
    rid = {"rid": wrong["errmsg"].rpartition("rid: ")[2]}
    request = requests.post(f"{url}/cgi-bin/openapi/rid/get", params=query, json=rid, timeout=10).json()["request"]
    assert (request["request_body"], request["client_ip"]) == ("{", "127.0.0.1")


def test_a_link_that_was_made_opens_in_a_browser(running):
    url, app = running
    asked = {"grant_type": "client_credential", "appid": app["appid"], "secret": app["secret"]}
    token = requests.post(f"{url}/cgi-bin/stable_token", json=asked, timeout=10).json()["access_token"]
    body = {"path": "pages/goods", "query": "id=42"}
    made = requests.post(f"{url}/wxa/generate_urllink", params={"access_token": token}, json=body, timeout=10).json()
    page = requests.get(made["url_link"], timeout=10)
    assert page.status_code == 200 and "pages/goods?id=42" in page.text


def test_what_a_person_does_is_pushed_to_the_address_that_is_set(running):
    url, app = running
    heard: list[dict] = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, *_):
            pass

    shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    setup = {"url": f"http://127.0.0.1:{shop.server_port}/push", "mode": "plain", "format": "json"}
    requests.put(f"{url}/_sim/push/setup", json=setup, timeout=10).raise_for_status()
    openid = requests.post(f"{url}/_sim/follow", json={"person": "bob"}, timeout=10).json()["openid"]
    patience = time.monotonic() + 20
    while not heard and time.monotonic() < patience:
        time.sleep(0.02)
    requests.put(f"{url}/_sim/push/setup", json=setup | {"url": ""}, timeout=10).raise_for_status()
    shop.shutdown()
    assert [(one["Event"], one["FromUserName"], one["MsgType"]) for one in heard] == [("subscribe", openid, "event")]
