"""The manifests, drawn from the declarations: serverless.yml with a file for each stack in infra/serverless/,
infra/cloudbase/cloudbaserc.json, infra/terraform/functions.json; and infra/cloudformation/pages.yml for the pages.

    python -m infra.package manifests

They hold no secret and no digest of code, so that they change only when a declaration changes; a
test fails when one is stale.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from mall.app.actions import Action
from mall.app.deployment import Deployment
from mall.app.namespaces import GROUPS

from infra.package import pages_host
from infra.package.plan import Unit, units
from infra.package.platforms import AWS, CLOUDBASE, HANDLER, LIBRARY_LAYERS, REPOSITORY, SCF, Platform

HERE = Path(__file__).parent
STACKS = REPOSITORY / "infra" / "serverless"
ALL_LAYERS = ("common", *LIBRARY_LAYERS)
# What the manifests themselves settle; every other variable of the deployment is the shop's.
SETTLED = ("MALL_PLATFORM", "MALL_NAMESPACE", "MALL_SECRETS", "MALL_REGION")
FOLLOWING = {"MALL_WEB_ORIGINS": ("MALL_PAGES_ORIGINS",)}  # where the pages are hosted, from there they may call
TRIGGER_SECRET = "trigger_secret"
AWS_READS, CLOUDBASE_READS = "${{env:{name}, '{default}'}}", "{{{{env.{name}}}}}"
NOTIFIED = "trade"  # the stack whose HTTP API WeChat Pay notifies


def manifests() -> dict[Path, str]:
    """Every generated manifest by its path."""
    return {
        REPOSITORY / "serverless.yml": serverless(),
        **{STACKS / f"{group}.yml": _stack_file(stack) for group, stack in stacks().items()},
        REPOSITORY / "infra" / "cloudbase" / "cloudbaserc.json": cloudbase(),
        REPOSITORY / "infra" / "terraform" / "functions.json": terraform(),
        REPOSITORY / "infra" / "cloudformation" / "pages.yml": _stack_of_pages(),
    }


def write() -> list[Path]:
    for path, text in manifests().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(manifests())


def shop_variables() -> dict[str, str]:
    """The variables that the shop chooses, with their defaults."""
    return {field.metadata["variable"]: field.default for field in fields(Deployment)
            if field.metadata["variable"] not in SETTLED}


def _from_environment(name: str, default: str, said: str) -> str:
    """The variable, and what follows it, as `said` reads one of the deployer's: `{name}` and `{default}` in it."""
    return " ".join(said.format(name=each, default=default) for each in (name, *FOLLOWING.get(name, ())))


# AWS

def serverless() -> str:
    """The hand-written head (serverless.header.yml) with the shop's variables; the functions are in stacks()."""
    variables = [f"{name}: {_from_environment(name, default, AWS_READS)}" for name, default in shop_variables().items()
                 if name != "MALL_NOTIFY_URL"]  # each stack says where it takes it from
    return _fill((HERE / "serverless.header.yml").read_text("utf-8"), "    # <variables of the shop>\n", variables)


def stacks() -> dict[str, dict[str, Any]]:
    """For each group of domains (mall.app.namespaces) its functions and its layers: a stack of CloudFormation of its
    own, because one holds 500 resources (decision 0010)."""
    return {group: _stack(group) for group in GROUPS if _of_group(group)}


def _of_group(group: str) -> list[Unit]:
    return [unit for unit in units(AWS) if unit.group == group]


def _stack(group: str) -> dict[str, Any]:
    members = _of_group(group)
    exported, outputs = f"${{self:custom.namespace}}-{NOTIFIED}-notify-url", {}
    notify_url: Any = {"Fn::ImportValue": exported}
    if group == NOTIFIED:
        notify_url = {"Fn::GetAtt": ["HttpApi", "ApiEndpoint"]}
        outputs = {"NotifyUrl": {"Value": notify_url, "Export": {"Name": exported}}}
    used = {layer for unit in members for layer in unit.layers}
    return {
        "notify_url": notify_url,
        "resources": {"Resources": {_logical(name): _layer_version(name, group) for name in ALL_LAYERS if name in used},
                      **({"Outputs": outputs} if outputs else {})},
        "functions": {unit.name: _lambda(unit) for unit in members},
    }


def _stack_file(stack: dict[str, Any]) -> str:
    return "# Drawn from the decorators by `python -m infra.package manifests`; ../../serverless.yml takes it in.\n" + \
        _yaml(stack)


def _stack_of_pages() -> str:
    return "# Drawn from infra/web/hosting.py by `python -m infra.package manifests`: docs/deploy.md, Pages.\n" + \
        _yaml(pages_host.stack())


def _fill(text: str, mark: str, lines: list[str]) -> str:
    """`lines` in the place of the mark, indented as it is."""
    indent = mark[:len(mark) - len(mark.lstrip())]
    return text.replace(mark, "".join(f"{indent}{line}\n" for line in lines))


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


def _lambda(unit: Unit) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": f"${{self:custom.namespace}}-{unit.name}",
        "description": _short(unit.summary),
        "handler": HANDLER,
        "timeout": unit.timeout_s,
        "memorySize": unit.memory_mb,
        "package": {"artifact": f"dist/aws/functions/{unit.name}.zip"},
        "layers": [{"Ref": _logical(layer)} for layer in unit.layers],
        "disableLogs": True,  # no group of its own: provider.logs names the one for all
    }
    events = [{"httpApi": {"method": method, "path": action.path}}
              for action in unit.actions if action.kind == "webhook" for method in action.methods]
    events += [{"schedule": _schedule(action)} for action in unit.timers]
    if events:
        entry["events"] = events
    elif unit.has_address:
        entry["url"] = True
    return entry


def _schedule(action: Action) -> dict[str, Any]:
    # CloudFormation itself reads the secret from Secrets Manager while it deploys.
    secret = "{{resolve:secretsmanager:${self:custom.secrets}" + TRIGGER_SECRET + "}}"
    return {
        "method": "scheduler",  # it calls by the role; a rule would need a permission of its own for each timer
        "rate": [action.schedule.aws_expression()],
        "input": {"Type": "Timer", "TriggerName": action.function_name, "Message": secret},
    }


def _layer_version(name: str, group: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::LayerVersion", "Properties": {
        "LayerName": f"${{self:custom.namespace}}-{group}-{name}",
        "CompatibleRuntimes": [AWS.runtime],
        "Content": {"S3Bucket": "${self:custom.artifacts}", "S3Key": f"${{self:custom.release}}/layers/{name}.zip"},
    }}


def _logical(layer: str) -> str:
    return f"{layer.capitalize()}Layer"


class _Plain(yaml.SafeDumper):
    """YAML as a person writes it: lists indented, no anchors, a text of several lines as it is."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.Node:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _Plain.represent_text)


# CloudBase

def cloudbase() -> str:
    published = json.loads((HERE / "published_layers.json").read_text("utf-8"))
    variables = {"MALL_PLATFORM": "cloudbase", "MALL_NAMESPACE": "{{env.CLOUDBASE_ENV_ID}}",
                 "MALL_SECRETS": "ssm:mall-", "MALL_REGION": "{{env.MALL_REGION}}", "TZ": "Asia/Shanghai"}
    variables |= {name: _from_environment(name, "", CLOUDBASE_READS) for name, default in shop_variables().items()
                  if not default}
    variables |= {name: default for name, default in shop_variables().items() if default}
    variables["MALL_STORAGE_FLAVOUR"] = "cos"
    described = {"envId": "{{env.CLOUDBASE_ENV_ID}}", "functionRoot": "./dist/cloudbase/functions",
                 "functions": [_cloud_function(each, published, variables) for each in units(CLOUDBASE)]}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _cloud_function(unit: Unit, published: dict[str, int], variables: dict[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": unit.name,
        "dir": f"./dist/cloudbase/functions/{unit.name}",
        "runtime": CLOUDBASE.runtime,
        "handler": HANDLER,
        "timeout": unit.timeout_s,
        "memorySize": unit.memory_mb,
        "installDependency": False,
        "envVariables": variables,
        "vpc": {"vpcId": "{{env.MALL_VPC_ID}}", "subnetId": "{{env.MALL_SUBNET_ID}}"},
        "layers": [{"name": f"mall-{layer}", "version": published[layer]} for layer in unit.layers],
    }
    if unit.timers:
        entry["triggers"] = [{"name": action.function_name, "type": "timer", "config": action.schedule.scf_cron()}
                             for action in unit.timers]
    return entry


# Terraform, on SCF

def terraform() -> str:
    described = {
        "runtime": SCF.runtime,
        "handler": HANDLER,
        "layers": {name: f"dist/scf/layers/{name}.zip" for name in _layers_used(SCF)},
        "functions": {unit.name: scf_function(unit) for unit in units(SCF)},
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def scf_function(unit: Unit) -> dict[str, Any]:
    return {
        "group": unit.group,
        "description": re.sub(r"[^0-9A-Za-z\u4e00-\u9fff ,.]+", " ", _short(unit.summary)).strip(),
        "zip": f"dist/scf/functions/{unit.name}.zip",
        "timeout_s": unit.timeout_s,
        "memory_mb": unit.memory_mb,
        "layers": list(unit.layers),
        "paths": list(unit.paths),
        "timers": {action.function_name: action.schedule.scf_cron() for action in unit.timers},
    }


def _layers_used(platform: Platform) -> list[str]:
    used = {layer for unit in units(platform) for layer in unit.layers}
    return [layer for layer in ALL_LAYERS if layer in used]


def _short(summary: str) -> str:
    """Lambda takes 256 letters of description; SCF a thousand, but of marks only the comma and the full stop."""
    sentence = summary.split(". ")[0].rstrip(".")
    return sentence if len(sentence) <= 200 else sentence[:197] + "..."
