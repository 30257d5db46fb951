"""docs/settings.md: what a merchant may change, what a deployment sets, and the secrets by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import mall
from mall.app.deployment import Deployment
from mall.app.settings import CHAPTERS, RISKY_NAMES, SELLERS_NAMES, ShopSettings
from mall.app.settings.chapter import Chapter

from infra.docs.words import said, table

_SHOP = """# Settings

## The shop's

One document per seller, changed by `staff.save_settings`; a setting that was never changed follows its default.
Where two people decide (`second_person`), a change of a risky one waits for the second (second-person.md). What is
marked as each seller's, another seller than the platform has his own of (sellers.md); the rest holds for all.

"""
_DEPLOYMENT = """
## The deployment's

Environment variables, read once per instance.

"""
_SECRETS = """
## Secrets

By name from the platform's store (`MALL_SECRETS` = `ssm:PREFIX` on Tencent, `aws:PREFIX` on AWS) or from a folder of
files; never in a manifest or a variable.

"""
_MEANINGS = {
    "data_wrapping_key": "Wraps the data keys, where MALL_KEY_SERVICE is own; 32 random bytes in base64url.",
    "session_secret": "Signs session tokens and the keys of requests; 32 random bytes or more.",
    "trigger_secret": "What timers and messages carry, so that nobody else can play them.",
    "wechat_secret": "AppSecret of the mini program.",
    "wechat_web_secret": "AppSecret of the service account; only with `MALL_WECHAT_WEB_APPID`.",
    "wechat_push_token": "Token of WeChat's message push; only where `MALL_WECHAT_PUSH_MODE` is not off.",
    "wechat_push_aes_key": "Its EncodingAESKey, 43 letters; not in the plain mode.",
    "wechat_pay_private_key": "The merchant's private key, PEM.",
    "wechat_pay_apiv3_key": "The merchant's APIv3 key, 32 letters.",
    "wechat_pay_public_key": "WeChat Pay's public key, PEM; platform certificates that still sign beside it "
                             "([keys](simulators-wechat-pay.md#switching-over)).",
    "storage_access_key": "Access key id of the object store.",
    "storage_secret_key": "Its secret.",
}


class UnknownSecret(LookupError):
    """The code asks for a secret that this page does not explain."""


def page() -> str:
    variables = [[f"`{field.metadata['variable']}`", f"`{field.default}`" if field.default else "none",
                  field.metadata["meaning"]] for field in fields(Deployment)]
    names = [[f"`{name}`", _meaning(name)] for name in secret_names()]
    head = ["setting", "unit and meaning", "value", "default", "risky", "each seller's"]
    chapters = "\n".join(f"### {chapter.__name__}\n\n" + table(head, rows) for chapter, rows in _shop_rows())
    return (_SHOP + chapters
            + _DEPLOYMENT + table(["variable", "default", "meaning"], variables)
            + _SECRETS + table(["secret", "meaning"], names))


def secret_names() -> list[str]:
    """Every name that the code asks `deployment.secret(...)` for."""
    asked = re.compile(r"\.secret\(\"([a-z0-9_]+)\"\)")
    sources = Path(mall.__file__).parent.rglob("*.py")
    return sorted({name for path in sources for name in asked.findall(path.read_text("utf-8"))})


def _shop_rows() -> Iterator[tuple[type[Chapter], list[list[str]]]]:
    """Of each chapter."""
    schema = ShopSettings.model_json_schema()
    for chapter in CHAPTERS:
        rows = []
        for name in chapter.__annotations__:
            field = ShopSettings.model_fields[name]
            default = field.get_default(call_default_factory=True)
            spec = {key: value for key, value in schema["properties"][name].items() if key != "default"}
            rows.append([f"`{name}`", field.description or "", said(spec, schema.get("$defs", {})), f"`{default}`",
                         "yes" if name in RISKY_NAMES else "", "yes" if name in SELLERS_NAMES else ""])
        yield chapter, rows


def _meaning(name: str) -> str:
    if name not in _MEANINGS:
        raise UnknownSecret(f"explain the secret {name!r} in {__name__}")
    return _MEANINGS[name]
