"""Where this instance runs and with what: environment variables, and secrets by name.

Secrets never stand in a manifest or an environment variable: they are read by name from the
platform's secret store (Tencent SSM, AWS Secrets Manager) or, on a laptop, from files in a folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from mall.kit.deadline import SECRETS, within
from mall.kit.errors import Unavailable

PLATFORMS = ("local", "cloudbase", "scf", "aws")
TELEMETRY = ("off", "opentelemetry", "otlp")
LOG_SHAPES = ("plain", "emf")
PUSH_MODES = ("off", "secure", "compatible", "plain")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")  # as a browser writes it: no path, no star


class Misconfigured(RuntimeError):
    """The deployment lacks something; the sentence says what to set."""


def _text(name: str, default: str = "", meaning: str = ""):
    return field(default=default, metadata={"variable": name, "meaning": meaning})


@dataclass(frozen=True)
class Deployment:
    """Read from the environment once per instance (`MALL_...`, printed into docs/settings.md)."""

    platform: str = _text("MALL_PLATFORM", "local", "local, cloudbase, scf or aws.")
    database_url: str = _text("MALL_DATABASE_URL", "", "sqlite:///FILE or mysql+pymysql://USER@HOST/NAME.")
    secrets: str = _text("MALL_SECRETS", "", "Folder of secret files, `ssm:PREFIX` (Tencent) or `aws:PREFIX`.")
    key_service: str = _text(
        "MALL_KEY_SERVICE", "own",
        "What wraps the data keys: own (the secret data_wrapping_key), tencent-kms:ID or aws-kms:ARN.")
    region: str = _text("MALL_REGION", "ap-guangzhou", "Region of the platform.")
    namespace: str = _text("MALL_NAMESPACE", "mall", "Prefix of the function names, so that functions find each other.")
    wechat_appid: str = _text("MALL_WECHAT_APPID", "", "The mini program.")
    wechat_web_appid: str = _text("MALL_WECHAT_WEB_APPID", "", "The service account for H5.")
    wechat_push_mode: str = _text(
        "MALL_WECHAT_PUSH_MODE", "off",
        "WeChat's message push as set up in its console: off, secure, compatible, or plain, whose messages are not"
        " proved by a signature (docs/messages.md).")
    wechat_api_url: str = _text("MALL_WECHAT_API_URL", "https://api.weixin.qq.com", "Server API, or a simulator.")
    wechat_pay_url: str = _text("MALL_WECHAT_PAY_URL", "", "Pay API; empty for the real one.")
    wechat_pay_mchid: str = _text("MALL_WECHAT_PAY_MCHID", "", "The merchant.")
    wechat_pay_sub_mchid: str = _text(
        "MALL_WECHAT_PAY_SUB_MCHID", "", "The merchant acted for, where the papers are a service provider's (服务商).")
    wechat_pay_sp_appid: str = _text("MALL_WECHAT_PAY_SP_APPID", "", "The service provider's own appid.")
    wechat_pay_serial: str = _text("MALL_WECHAT_PAY_SERIAL", "", "Serial of the merchant's certificate.")
    wechat_pay_public_key_id: str = _text(
        "MALL_WECHAT_PAY_PUBLIC_KEY_ID", "", "PUB_KEY_ID_... of WeChat Pay, or its certificate's serial number.")
    notify_url: str = _text("MALL_NOTIFY_URL", "", "Base of the addresses that WeChat Pay notifies.")
    storage_url: str = _text("MALL_STORAGE_URL", "", "S3 or COS endpoint; empty for AWS itself.")
    storage_bucket: str = _text("MALL_STORAGE_BUCKET", "mall", "Bucket of pictures and imports.")
    storage_flavour: str = _text("MALL_STORAGE_FLAVOUR", "s3", "s3 or cos.")
    storage_public_url: str = _text("MALL_STORAGE_PUBLIC_URL", "", "Where buyers read public objects.")
    web_origins: str = _text(
        "MALL_WEB_ORIGINS", "", "Web pages that may call: exact origins with a blank between them (https://h5.mall.cn).")
    client_address_header: str = _text(
        "MALL_CLIENT_ADDRESS_HEADER", "",
        "The header in which what stands before the functions writes the client's address over whatever came from"
        " outside; its last entry is believed. Empty: only what the platform itself tells (docs/deploy.md).")
    telemetry: str = _text(
        "MALL_TELEMETRY", "off",
        "Spans and metrics: off, opentelemetry (to whatever stands behind its API) or otlp (sent by the mall itself).")
    log_shape: str = _text("MALL_LOG_SHAPE", "plain", "plain, or emf: CloudWatch makes metrics of the log lines.")

    @classmethod
    def from_environment(cls) -> Deployment:
        names = {f.name: f.metadata["variable"] for f in cls.__dataclass_fields__.values()}
        found = {name: os.environ[variable] for name, variable in names.items() if variable in os.environ}
        deployment = cls(**found)
        for name, known in (("platform", PLATFORMS), ("telemetry", TELEMETRY), ("log_shape", LOG_SHAPES),
                            ("wechat_push_mode", PUSH_MODES)):
            if getattr(deployment, name) not in known:
                raise Misconfigured(f"{names[name]} is {getattr(deployment, name)!r}; one of {', '.join(known)}")
        for origin in deployment.origins:
            if not _ORIGIN.fullmatch(origin):
                raise Misconfigured(f"MALL_WEB_ORIGINS has {origin!r}; an origin is https://HOST or http://HOST:PORT")
        return deployment

    @property
    def origins(self) -> tuple[str, ...]:
        """The merchant's own web pages."""
        return tuple(self.web_origins.split())

    def require(self, name: str) -> str:
        value = getattr(self, name)
        if not value:
            variable = self.__dataclass_fields__[name].metadata["variable"]
            raise Misconfigured(f"set {variable}: {self.__dataclass_fields__[name].metadata['meaning']}")
        return value

    def secret(self, name: str) -> str:
        """One secret by name; kept for the life of the instance."""
        return _read_secret(self.secrets, self.region, name)


@lru_cache(maxsize=64)
def _read_secret(source: str, region: str, name: str) -> str:
    if source.startswith("aws:"):
        return _from_aws(source[4:] + name, region)
    if source.startswith("ssm:"):
        return _from_tencent(source[4:] + name, region)
    path = Path(source) / name
    if not source or not path.is_file():
        raise Misconfigured(f"secret {name} is not in MALL_SECRETS ({source or 'unset'})")
    return path.read_text(encoding="utf-8").strip()


def _from_aws(name: str, region: str) -> str:
    import boto3
    from mall.adapters.cloud_clients import aws_config

    client = boto3.client("secretsmanager", region_name=region, config=aws_config(SECRETS))
    return _asked(lambda: client.get_secret_value(SecretId=name)["SecretString"])


def _from_tencent(name: str, region: str) -> str:
    from mall.adapters.cloud_clients import tencent_credential, tencent_profile
    from tencentcloud.common.common_client import CommonClient

    client = CommonClient("ssm", "2019-09-23", tencent_credential(), region, tencent_profile(SECRETS))
    asked = {"SecretName": name, "VersionId": "current"}
    return _asked(lambda: client.call_json("GetSecretValue", asked)["Response"]["SecretString"])


def _asked(ask: Callable[[], str]) -> str:
    """The store's answer within the invocation's time. Raises Unavailable, for a name that it does not have too: its
    own words would name the deployment."""
    try:
        return within(SECRETS, ask)
    except Exception as problem:
        raise Unavailable(cause=type(problem).__name__) from problem
