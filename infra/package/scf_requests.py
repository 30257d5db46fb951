"""The same declarations as requests of SCF's own API, for those who deploy with it: `python -m infra.package requests`.

Shapes: API version 2018-04-16 of Tencent SCF. A test builds each with the SDK's request models, which
know every field. Zips are named by path in `ZipFile`; the API wants their content in base64 there.
"""

from __future__ import annotations

import json
from typing import Any

from infra.package.manifests import scf_function
from infra.package.plan import Function, functions
from infra.package.platforms import CLOUDBASE, HANDLER, SCF, Platform

OPEN_URL = json.dumps({"AuthType": "NONE", "NetConfig": {"EnableIntranet": False, "EnableExtranet": True}})


def requests(prefix: str, variables: dict[str, str], layer_versions: dict[str, int],
             trigger_secret: str, domain: str) -> list[tuple[str, dict[str, Any]]]:
    """(API action, parameters) in the order in which they must be sent."""
    every = functions(SCF)
    namespaces = sorted({function.namespace(prefix) for function in every})
    return [
        *(("CreateNamespace", {"Namespace": namespace}) for namespace in namespaces),
        *(("PublishLayerVersion", _publish_layer(prefix, layer)) for layer in _layers(every)),
        *(("CreateFunction", _create_function(each, prefix, variables, layer_versions)) for each in every),
        *(("CreateTrigger", trigger) for each in every for trigger in _triggers(each, prefix, trigger_secret)),
        ("CreateCustomDomain", _custom_domain(every, prefix, domain)),
    ]


def timer_requests(platform: Platform, prefix: str, trigger_secret: str) -> list[dict[str, Any]]:
    """UpdateTrigger for each timer: the secret that `cloudbaserc.json` has no field for."""
    return [_timer(function, prefix, trigger_secret) for function in functions(platform) if function.action.schedule]


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


def _create_function(function: Function, prefix: str, variables: dict[str, str],
                     layer_versions: dict[str, int]) -> dict[str, Any]:
    described = scf_function(function)
    return {
        "FunctionName": function.name,
        "Namespace": function.namespace(prefix),
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
                   for layer in function.layers],
    }


def _triggers(function: Function, prefix: str, trigger_secret: str) -> list[dict[str, Any]]:
    if function.action.schedule:
        return [_timer(function, prefix, trigger_secret)]
    if not function.has_address:
        return []  # a listener: only the relay wakes it
    return [{"FunctionName": function.name, "Namespace": function.namespace(prefix), "TriggerName": "url",
             "Type": "http", "TriggerDesc": OPEN_URL, "Qualifier": "$DEFAULT", "Enable": "OPEN"}]


def _timer(function: Function, prefix: str, trigger_secret: str) -> dict[str, Any]:
    return {"FunctionName": function.name, "Namespace": function.namespace(prefix), "TriggerName": function.name,
            "Type": "timer", "TriggerDesc": function.action.schedule.scf_cron(), "Qualifier": "$DEFAULT",
            "Enable": "OPEN", "CustomArgument": trigger_secret}


def _custom_domain(every: list[Function], prefix: str, domain: str) -> dict[str, Any]:
    """One address for the whole shop: each path leads to its function, the webhooks' among them."""
    endpoints = [{"Namespace": function.namespace(prefix), "FunctionName": function.name, "Qualifier": "$DEFAULT",
                  "PathMatch": path} for function in every for path in function.paths]
    return {"Domain": domain, "Protocol": "HTTPS", "EndpointsConfig": endpoints}


def _layers(every: list[Function]) -> list[str]:
    return sorted({layer for function in every for layer in function.layers})
