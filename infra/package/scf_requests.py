"""The same declarations as requests of SCF's own API, for those who deploy with it: `python -m infra.package requests`.

Shapes: API version 2018-04-16 of Tencent SCF. A test builds each with the SDK's request models, which
know every field. Zips are named by path in `ZipFile`; the API wants their content in base64 there.
"""

from __future__ import annotations

import json
from typing import Any

from infra.package.manifests import scf_function
from infra.package.plan import Unit, units
from infra.package.platforms import CLOUDBASE, HANDLER, SCF, Platform

OPEN_URL = json.dumps({"AuthType": "NONE", "NetConfig": {"EnableIntranet": False, "EnableExtranet": True}})


def requests(prefix: str, variables: dict[str, str], layer_versions: dict[str, int],
             trigger_secret: str, domain: str) -> list[tuple[str, dict[str, Any]]]:
    """(API action, parameters) in the order in which they must be sent."""
    every = units(SCF)
    namespaces = sorted({unit.namespace(prefix) for unit in every})
    return [
        *(("CreateNamespace", {"Namespace": namespace}) for namespace in namespaces),
        *(("PublishLayerVersion", _publish_layer(prefix, layer)) for layer in _layers(every)),
        *(("CreateFunction", _create_function(each, prefix, variables, layer_versions)) for each in every),
        *(("CreateTrigger", trigger) for each in every for trigger in _triggers(each, prefix, trigger_secret)),
        ("CreateCustomDomain", _custom_domain(every, prefix, domain)),
    ]


def timer_requests(platform: Platform, prefix: str, trigger_secret: str) -> list[dict[str, Any]]:
    """UpdateTrigger for each timer: the secret that `cloudbaserc.json` has no field for."""
    return [timer for unit in units(platform) for timer in _timers(unit, prefix, trigger_secret)]


def arm_timers(client: Any, prefix: str, trigger_secret: str) -> list[str]:
    """Give CloudBase's timers their secret; the names of those that have it now. `client`: SCF's own."""
    from tencentcloud.scf.v20180416 import models

    armed = []
    for parameters in timer_requests(CLOUDBASE, prefix, trigger_secret):
        request = models.UpdateTriggerRequest()
        request.from_json_string(json.dumps(parameters))
        client.UpdateTrigger(request)
        armed.append(parameters["TriggerName"])
    return armed


def _publish_layer(prefix: str, layer: str) -> dict[str, Any]:
    return {"LayerName": f"{prefix}-{layer}", "CompatibleRuntimes": [SCF.runtime],
            "Content": {"ZipFile": f"dist/scf/layers/{layer}.zip"}}


def _create_function(unit: Unit, prefix: str, variables: dict[str, str],
                     layer_versions: dict[str, int]) -> dict[str, Any]:
    described = scf_function(unit)
    return {
        "FunctionName": unit.name,
        "Namespace": unit.namespace(prefix),
        "Description": described["description"],
        "Code": {"ZipFile": described["zip"]},
        "Handler": HANDLER,
        "Runtime": SCF.runtime,
        "Type": "Event",
        "Timeout": described["timeout_s"],
        "MemorySize": described["memory_mb"],
        "InstallDependency": "FALSE",
        "Environment": {"Variables": [{"Key": key, "Value": value} for key, value in sorted(variables.items())]},
        "Layers": [{"LayerName": f"{prefix}-{layer}", "LayerVersion": layer_versions[layer]}
                   for layer in unit.layers],
    }


def _triggers(unit: Unit, prefix: str, trigger_secret: str) -> list[dict[str, Any]]:
    if not unit.has_address:
        return _timers(unit, prefix, trigger_secret)  # none of listeners: only the relay wakes them
    return [{"FunctionName": unit.name, "Namespace": unit.namespace(prefix), "TriggerName": "url",
             "Type": "http", "TriggerDesc": OPEN_URL, "Qualifier": "$DEFAULT", "Enable": "OPEN"}]


def _timers(unit: Unit, prefix: str, trigger_secret: str) -> list[dict[str, Any]]:
    return [{"FunctionName": unit.name, "Namespace": unit.namespace(prefix), "TriggerName": action.function_name,
             "Type": "timer", "TriggerDesc": action.schedule.scf_cron(), "Qualifier": "$DEFAULT",
             "Enable": "OPEN", "CustomArgument": trigger_secret} for action in unit.timers]


def _custom_domain(every: list[Unit], prefix: str, domain: str) -> dict[str, Any]:
    """One address for the whole shop: each path leads to its unit, the webhooks' among them."""
    endpoints = [{"Namespace": unit.namespace(prefix), "FunctionName": unit.name, "Qualifier": "$DEFAULT",
                  "PathMatch": path} for unit in every for path in unit.paths]
    return {"Domain": domain, "Protocol": "HTTPS", "EndpointsConfig": endpoints}


def _layers(every: list[Unit]) -> list[str]:
    return sorted({layer for unit in every for layer in unit.layers})
