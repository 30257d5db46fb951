"""Where the local cloud keeps its state and on which ports it listens (本地云的目录与端口).

Everything is in one folder, `.local/` unless MALL_LOCAL_FOLDER says otherwise:

    mall.db            the shop's SQLite database
    secrets/           one file per secret, readable by the owner only
    objects/           the object store
    wechat_pay/        the WeChat Pay simulator: keys, books
    wechat_api/        the WeChat API simulator: account, people, messages
    logs/              one log per process
    clock.json         how far the shop's clock stands ahead
    timers.json        when each timer ran last
    environment.json   the variables that the mall itself is started with

`make reset` removes the folder.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.loopback import by_own_name

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON_PATH = (str(REPOSITORY), str(REPOSITORY / "layers" / "common" / "python"))
BUCKET = "mall"
PUSH_PATH = "/webhooks/wechat/messages"
PLATFORM_KEYS = ("public_key_file", "platform_certificate_file")  # by either of which the simulator signs
OWN_SECRETS = ("session_secret", "trigger_secret", "data_wrapping_key")  # 32 bytes each, base64url


@dataclass(frozen=True)
class Settings:
    """Folder, address and ports of one local cloud."""

    folder: Path
    host: str
    gateway_port: int
    pay_port: int
    api_port: int
    store_port: int

    @property
    def gateway_url(self) -> str:
        return by_own_name(self.host, self.gateway_port)

    @property
    def pay_url(self) -> str:
        return by_own_name(self.host, self.pay_port)

    @property
    def api_url(self) -> str:
        return by_own_name(self.host, self.api_port)

    @property
    def store_url(self) -> str:
        return by_own_name(self.host, self.store_port)

    @property
    def database_url(self) -> str:
        return os.environ.get("MALL_DATABASE_URL") or f"sqlite:///{self.folder / 'mall.db'}"


def read_settings() -> Settings:
    """From the environment: MALL_LOCAL_FOLDER, MALL_LOCAL_HOST, MALL_LOCAL_PORT (the others follow it),
    MALL_LOCAL_PAY_PORT, MALL_LOCAL_API_PORT, MALL_LOCAL_STORE_PORT."""
    first = _port("MALL_LOCAL_PORT", 8200)
    return Settings(
        folder=Path(os.environ.get("MALL_LOCAL_FOLDER") or REPOSITORY / ".local").resolve(),
        host=os.environ.get("MALL_LOCAL_HOST") or "127.0.0.1",
        gateway_port=first,
        pay_port=_port("MALL_LOCAL_PAY_PORT", first + 1),
        api_port=_port("MALL_LOCAL_API_PORT", first + 2),
        store_port=_port("MALL_LOCAL_STORE_PORT", first + 3),
    )


def read_running() -> Settings:
    """The mall that was started last over the folder, on whatever ports: for those who talk to it. What the
    environment says of ports goes first."""
    settings = read_settings()
    written = settings.folder / "environment.json"
    told = any(os.environ.get(f"MALL_LOCAL_{name}PORT") for name in ("", "PAY_", "API_", "STORE_"))
    if told or not written.is_file():
        return settings
    asked = json.loads(written.read_text("utf-8"))["asked"]
    ports = {f"{name}_port": urlsplit(asked[name]).port for name in ("gateway", "pay", "api", "store")}
    return replace(settings, host=urlsplit(asked["gateway"]).hostname, **ports)


def missing_database(url: str) -> str | None:
    """The SQLite file that is not there, and that a look at it would make, empty."""
    path = url.removeprefix("sqlite:///")
    return path if path != url and not Path(path).is_file() else None


def prepare(settings: Settings) -> dict[str, str]:
    """Make the folder, the keys and the secrets where they are missing; the mall's variables.

    A second call with the same settings reads one file, so that a restart does not load what makes keys.
    """
    written = settings.folder / "environment.json"
    asked = {"gateway": settings.gateway_url, "pay": settings.pay_url, "api": settings.api_url,
             "store": settings.store_url, "database": settings.database_url, "secrets": list(OWN_SECRETS),
             "push": PUSH_PATH, "keys": list(PLATFORM_KEYS)}
    if written.is_file():
        known = json.loads(written.read_text("utf-8"))
        if known["asked"] == asked:
            return known["variables"]
    settings.folder.mkdir(parents=True, exist_ok=True)
    variables = _make(settings)
    write_private(written, json.dumps({"asked": asked, "variables": variables}, indent=2) + "\n")
    return variables


def _make(settings: Settings) -> dict[str, str]:
    from infra.local.object_store.keys import local_keys
    from infra.local.simulators.wechat_api.account import ensure_app
    from infra.local.simulators.wechat_pay import ensure_merchant

    app = ensure_app(settings.folder / "wechat_api", gateway_url=settings.api_url,
                     push_url=f"{settings.gateway_url}{PUSH_PATH}")
    merchant = ensure_merchant(settings.folder / "wechat_pay", gateway_url=settings.pay_url,
                               appids=[app["appid"], app["web_appid"]], people="simulated")
    keys = local_keys(settings.folder / "objects")
    _write_secrets(settings.folder / "secrets", {
        "wechat_secret": app["secret"],
        "wechat_web_secret": app["web_secret"],
        "wechat_push_token": app["push_token"],
        "wechat_push_aes_key": app["push_aes_key"],
        "wechat_pay_private_key": Path(merchant["private_key_file"]).read_text(),
        "wechat_pay_apiv3_key": merchant["apiv3_key"],
        "wechat_pay_public_key": "".join(Path(merchant[name]).read_text() for name in PLATFORM_KEYS),
        "storage_access_key": keys.access_key,
        "storage_secret_key": keys.secret_key,
    })
    return {
        "MALL_PLATFORM": "local",
        "MALL_DATABASE_URL": settings.database_url,
        "MALL_SECRETS": str(settings.folder / "secrets"),
        "MALL_WECHAT_APPID": app["appid"],
        "MALL_WECHAT_WEB_APPID": app["web_appid"],
        "MALL_WECHAT_PUSH_MODE": "secure",
        "MALL_WECHAT_API_URL": settings.api_url,
        "MALL_WECHAT_PAY_URL": settings.pay_url,
        "MALL_WECHAT_PAY_MCHID": merchant["mchid"],
        "MALL_WECHAT_PAY_SERIAL": merchant["cert_serial_no"],
        "MALL_WECHAT_PAY_PUBLIC_KEY_ID": merchant["public_key_id"],
        "MALL_NOTIFY_URL": settings.gateway_url,
        "MALL_STORAGE_URL": settings.store_url,
        "MALL_STORAGE_BUCKET": BUCKET,
        "MALL_STORAGE_PUBLIC_URL": f"{settings.store_url}/{BUCKET}",
    }


def _write_secrets(folder: Path, given: dict[str, str]) -> None:
    """The others' secrets as they are now; our own are made once and kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in OWN_SECRETS:
        if not (folder / name).exists():
            write_private(folder / name, secrets.token_urlsafe(32))
    for name, value in given.items():
        write_private(folder / name, value)


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step; only its owner may read it."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SystemExit(f"{variable} is {text!r}; a port is a number from 1 to 65535")
    return int(text)
