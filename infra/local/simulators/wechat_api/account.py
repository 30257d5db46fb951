"""The account: one mini program and one service account on the same open platform, in app.json."""

from __future__ import annotations

import json
import secrets
import string
from importlib import resources
from pathlib import Path

APPID = "wxd678efh567hg6787"
WEB_APPID = "wx2421b1c4370ec43b"
LETTERS = string.ascii_letters + string.digits
GATEWAY_URL = "http://127.0.0.1:8202"


def ensure_app(data_dir: str | Path, *, gateway_url: str | None = None, push_url: str | None = None) -> dict:
    """Read DIR/app.json, making it on first use; needs no running server.

    Keys: appid, secret (mini program, 小程序); web_appid, web_secret (service account, 服务号);
    templates (the subscribe-message catalogue); pages (the mini program's pages, empty: any);
    gateway_url (where the server answers; rewritten when ``gateway_url`` is given); push_token, push_aes_key,
    push_mode, push_format, push_url (the message push and where it goes; rewritten when ``push_url`` is given).
    """
    path = Path(data_dir) / "app.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
    account = {
        "appid": APPID,
        "secret": secrets.token_hex(16),
        "web_appid": WEB_APPID,
        "web_secret": secrets.token_hex(16),
        "gateway_url": GATEWAY_URL,
        "pages": [],
        "templates": read_data("templates.json"),
        "push_token": secrets.token_hex(16),
        "push_aes_key": "".join(secrets.choice(LETTERS) for _ in range(42)) + "A",  # 32 bytes with a "=" after them
        "push_mode": "secure",
        "push_format": "json",
        "push_url": "",
    } | stored
    if gateway_url:
        account["gateway_url"] = gateway_url
    if push_url:
        account["push_url"] = push_url
    if account != stored:
        path.write_text(json.dumps(account, ensure_ascii=False, indent=2) + "\n", "utf-8")
        path.chmod(0o600)
    return account


def read_data(name: str):
    """A JSON data file of this package."""
    return json.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))
