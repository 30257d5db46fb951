"""The three platforms and the layers: what differs between them, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LAYERS = REPOSITORY / "layers"
DIST = REPOSITORY / "dist"
BUILD = REPOSITORY / "build"
HANDLER = "index.main_handler"

# Every function reads its secrets from the platform's store and may wake the relay after a commit;
# both go through the platform's own SDK, so that its layer stands under every function.
COMMON_LAYERS = ("common", "core")
LIBRARY_LAYERS = ("core", "wechat", "storage", "office", "pictures", "tencent")
DOOR_LAYERS = {"wechat_pay": "wechat", "wechat_api": "wechat", "wechat_service": "wechat", "storage": "storage",
               "pictures": "pictures"}


@dataclass(frozen=True)
class Platform:
    name: str
    python: str  # as the platform's Python says it of itself: 3.10
    runtime: str  # as the platform's manifests spell it
    layer_root: str  # where packages stand in a layer's zip
    sdk_layer: str  # the layer with the platform's own SDK
    counted: str  # what it counts, in each place (infra.package.plan)
    quota: int  # and takes there


# Tencent unpacks a layer to /opt, which is on PYTHONPATH (document 583/37039); Lambda looks into /opt/python.
# SCF's own API lists no Python above 3.10; CloudBase and Lambda run 3.11.
# Quotas: SCF takes 50 functions in each of 5 namespaces (583/11637), CloudFormation 500 resources in a stack.
# CloudBase names no number for an environment: it depends on the plan. Write here what yours takes.
CLOUDBASE = Platform("cloudbase", "3.11", "Python3.11", "", "tencent", "functions", 250)
SCF = Platform("scf", "3.10", "Python3.10", "", "tencent", "functions", 50)
AWS = Platform("aws", "3.11", "python3.11", "python/", "storage", "resources", 500)
PLATFORMS = {platform.name: platform for platform in (CLOUDBASE, SCF, AWS)}
