"""A trial run of one platform's build: zips unpacked, samples turned into that platform's events, answers read."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import uuid
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from mall.app import identity, registry
from mall.app.actions import Action
from mall.app.triggers import read_event
from mall.kit import clock

from infra.local.shapes import make_event
from infra.local.wire import Request
from infra.package.interpreters import interpreter
from infra.package.plan import Unit, units
from infra.package.platforms import LIBRARY_LAYERS, Platform
from tests.house.samples import EVENTS, context_of, read_sample
from tests.support.shop import APPID, SECRETS, Caller, Shop

NOBODY = "http://127.0.0.1:9"  # nobody listens there: whatever a function calls is down
HTTP_SHAPE = {"cloudbase": "access", "scf": "scf", "aws": "aws"}
PRELOADED = ["mall.app.front_desk", "mall.kit.sqlite_link", "sqlalchemy.dialects.sqlite.pysqlite"]  # by all units
# One import for each library of a layer, and the clients that the adapters make of them.
IMPORTS = {
    "core": ["import pydantic, sqlalchemy.dialects.mysql.pymysql, pymysql",
             "from cryptography.hazmat.primitives.ciphers.aead import AESGCM; AESGCM(bytes(32))"],
    "wechat": ["import requests, cryptography.x509, cffi"],
    "storage": [f"import boto3; boto3.client({name!r}, region_name='ap-southeast-1')"
                for name in ("s3", "lambda", "secretsmanager", "sts", "kms")],
    "office": ["import xlsxwriter, python_calamine"],
    "pictures": ["from PIL import Image, ImageCms, ImageOps; Image.init(); ImageCms.createProfile('sRGB')"],
    "tencent": ["from tencentcloud.scf.v20180416 import models, scf_client",
                "from tencentcloud.common.common_client import CommonClient"],
}


def unpack(dist: Path, platform: Platform, folder: Path) -> Path:
    """Every zip of the platform as a folder: folder/layers/<name>, folder/functions/<name>."""
    for kind in ("layers", "functions"):
        for path in (dist / platform.name / kind).glob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder / kind / path.stem)
    return folder


def run_samples(shop: Shop, template: Path, platform: Platform, folder: Path) -> dict[str, dict[str, Any]]:
    """What each unit answers to the sample events of its actions as this platform would send them, by the unit's name;
    and for each layer whether its libraries can be imported."""
    python = interpreter(platform.python)
    assert python, f"no Python {platform.python}"
    environment = _environment(folder, platform)
    (folder / "databases").mkdir()
    (folder / "logs").mkdir()
    jobs = [_job(shop, unit, folder, environment) for unit in units(platform)]
    start = folder / "start.db"  # with the sessions of those who call
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(start)) as copy:
        source.backup(copy)  # with what still stands in its write-ahead log
    for call in (call for job in jobs for call in job["calls"]):
        shutil.copy(start, call["database"].removeprefix("sqlite:///"))
    jobs += [_import_job(layer, platform, folder, environment) for layer in LIBRARY_LAYERS]
    shared = [_layer(folder, platform, "common"), _layer(folder, platform, "core")]
    plan = {"shared": shared, "preload": PRELOADED, "jobs": jobs}
    (folder / "jobs.json").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [python, "-I", "-S", "-B", str(Path(__file__).with_name("clean_interpreter.py")),
         str(folder / "jobs.json"), str(folder / "answers.json")],
        capture_output=True, text=True, cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "answers.json").read_text("utf-8"))


def log_of(folder: Path, name: str) -> str:
    return (folder / "logs" / f"{name}.log").read_text("utf-8")


def _job(shop: Shop, unit: Unit, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    layers = [_layer(folder, unit.platform, layer) for layer in unit.layers]
    return {"name": unit.name, "folders": [str(folder / "functions" / unit.name), *layers], "environment": environment,
            "imports": [], "log": str(folder / "logs" / f"{unit.name}.log"),
            "calls": [_call(shop, unit, action, folder) for action in unit.actions]}


def _call(shop: Shop, unit: Unit, action: Action, folder: Path) -> dict[str, Any]:
    event, context = _event(shop, action, unit.platform.name)
    is_object = not isinstance(context, dict)
    return {"name": action.name, "event": _naming(action, event, context),
            "context": vars(context) if is_object else context, "is_object": is_object,
            "database": f"sqlite:///{folder / 'databases' / action.name}.db"}


def _naming(action: Action, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The event with the action named where its kind of call names it (mall.app.entry)."""
    source = read_event(event, context).source
    if source == "cloud_call":
        return {**event, "action": action.name}
    if source == "message":
        return {**event, "Listener": action.name}
    if source == "http":
        return {**event, "rawPath" if "rawPath" in event else "path": path_of(action)}
    return event


def path_of(action: Action) -> str:
    return action.path or f"/api/{action.name.replace('.', '/')}"


def _import_job(layer: str, platform: Platform, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    return {"name": f"layer {layer}", "folders": [_layer(folder, platform, layer)], "environment": environment,
            "imports": IMPORTS[layer], "calls": [], "log": str(folder / "logs" / f"layer {layer}.log")}


def _layer(folder: Path, platform: Platform, name: str) -> str:
    return str(folder / "layers" / name / platform.layer_root).rstrip("/")


def _event(shop: Shop, action: Action, platform: str) -> tuple[Any, Any]:
    """The sample as it stands on its own platform; on another, the same call in that one's shape."""
    if action.kind == "webhook" and not _has_sample(action):  # an unsigned notice, which must be refused as such
        return make_event(HTTP_SHAPE[platform], Request("POST", action.path, "", {}, b"{}", "203.0.113.9"), action)
    sample = read_sample(action.name.replace(".", "/"), trigger_secret=SECRETS["trigger_secret"])
    event, context = sample["event"], context_of(sample)
    incoming = read_event(event, context)
    if incoming.source not in ("http", "cloud_call"):
        return event, _context(action, platform)
    caller = _caller(shop, sample, incoming)
    if sample["platform"] == platform:
        if incoming.source == "http" and caller:
            event["headers"] = _signed(action, caller, incoming.headers, incoming.body)
        return event, context
    in_cloud = platform == "cloudbase" and incoming.identity is not None
    headers = incoming.headers if in_cloud or not caller else _signed(action, caller, incoming.headers, incoming.body)
    request = Request("POST", path_of(action), "", headers, incoming.body, "203.0.113.9")
    person = {"appid": incoming.identity.appid, "openid": incoming.identity.openid, "unionid": ""} if in_cloud else None
    return make_event("cloudbase" if in_cloud else HTTP_SHAPE[platform], request, action, person)


def _context(action: Action, platform: str) -> Any:
    request = Request("POST", "/", "", {}, b"", "203.0.113.9")
    return make_event(HTTP_SHAPE[platform], request, action)[1]


def _caller(shop: Shop, sample: dict[str, Any], incoming: Any) -> Caller | None:
    who = sample.get("as") or ("member" if incoming.identity else None)
    return {"member": shop.member, "staff": shop.staff}[who]() if who else None


def _signed(action: Action, caller: Caller, headers: dict[str, str], body: bytes) -> dict[str, str]:
    stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
    return headers | {
        "authorization": f"Bearer {caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
        "x-mall-signature": identity.signature(caller.session_key, action.name, stamp, nonce,
                                               headers.get("idempotency-key", ""), body)}


def _environment(folder: Path, platform: Platform) -> dict[str, str]:
    kept = folder / "secrets"
    kept.mkdir()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    values = {**SECRETS, "wechat_web_secret": "w", "wechat_pay_private_key": private.decode(),
              "wechat_pay_public_key": public.decode(), "wechat_pay_apiv3_key": "k" * 32,
              "storage_access_key": "access", "storage_secret_key": "secret"}
    for name, value in values.items():
        (kept / name).write_text(value)
    return {
        "MALL_PLATFORM": platform.name, "MALL_SECRETS": str(kept), "MALL_WECHAT_APPID": APPID,
        "MALL_WECHAT_WEB_APPID": "wx0123456789abcdef", "MALL_WECHAT_API_URL": NOBODY, "MALL_WECHAT_PAY_URL": NOBODY,
        "MALL_WECHAT_PAY_MCHID": "1900000001", "MALL_WECHAT_PAY_SERIAL": uuid.uuid4().hex.upper(),
        "MALL_WECHAT_PAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119000000012026112100000000000001",
        "MALL_NOTIFY_URL": "https://mall.example", "MALL_STORAGE_URL": NOBODY,
        "MALL_STORAGE_PUBLIC_URL": f"{NOBODY}/mall", "MALL_REGION": "ap-guangzhou",
        # what the platforms set themselves, and a proxy that is down between the SDKs and the world
        "TENCENTCLOUD_SECRETID": "id", "TENCENTCLOUD_SECRETKEY": "key", "TENCENTCLOUD_SESSIONTOKEN": "token",
        "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true", "HTTPS_PROXY": NOBODY, "HTTP_PROXY": NOBODY, "NO_PROXY": "127.0.0.1",
        **{name: os.environ[name] for name in ("TZ",) if name in os.environ},
    }


def names_without_sample() -> list[str]:
    """A webhook needs none: a true one would have to be signed with WeChat Pay's key."""
    return [name for name, action in registry.load().items() if action.kind != "webhook" and not _has_sample(action)]


def _has_sample(action: Action) -> bool:
    return (EVENTS / action.domain / f"{action.body.__name__}.json").is_file()
