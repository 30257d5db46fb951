"""The accounts: a mini program and a service account on the same open platform, and as many more as app.json names."""

from __future__ import annotations

import json
import secrets
import string
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

APPID = "wxd678efh567hg6787"
WEB_APPID = "wx2421b1c4370ec43b"
LETTERS = string.ascii_letters + string.digits
GATEWAY_URL = "http://127.0.0.1:8202"
MINI, WEB = "mini", "web"


@dataclass(frozen=True)
class Account:
    """One account with its own secret. ``kind``: "mini" (mini program, 小程序) or "web" (service account, 服务号)."""

    appid: str
    secret: str
    kind: str


def ensure_app(data_dir: str | Path, *, gateway_url: str | None = None, push_url: str | None = None) -> dict:
    """Read DIR/app.json, making it on first use; needs no running server.

    Keys: appid, secret (mini program, 小程序); web_appid, web_secret (service account, 服务号);
    accounts (further ones: ``[{"appid", "secret", "kind": "mini" or "web"}]``);
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
        "accounts": [],
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


def all_accounts(app: dict[str, Any]) -> dict[str, Account]:
    """Every account of app.json by its appid. Raises ValueError for a further one that is neither kind."""
    known = [Account(app["appid"], app["secret"], MINI), Account(app["web_appid"], app["web_secret"], WEB)]
    for more in app.get("accounts") or []:
        if more.get("kind") not in (MINI, WEB):
            raise ValueError(f'app.json: the kind of account {more.get("appid")} is "{MINI}" or "{WEB}"')
        known.append(Account(more["appid"], more["secret"], more["kind"]))
    return {account.appid: account for account in known}


def read_data(name: str):
    """A JSON data file of this package."""
    return json.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))
