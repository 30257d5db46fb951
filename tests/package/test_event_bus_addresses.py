"""The bus calls a listener where the packager put it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from mall.adapters import event_bus
from mall.app.deployment import Deployment
from mall.app.world import World
from mall.kit.errors import Unavailable

from infra.package.plan import units
from infra.package.platforms import PLATFORMS

pytestmark = pytest.mark.spec("L2")

MESSAGE = {"Type": "Message", "EventId": "evt_1"}


class Scf:
    def __init__(self, answer: str = '{"ok": true}') -> None:
        self.answer, self.sent = answer, []

    def Invoke(self, request: Any) -> Any:
        self.sent.append((request.Namespace, request.FunctionName, request.InvocationType,
                          json.loads(request.ClientContext)))
        return SimpleNamespace(Result=SimpleNamespace(RetMsg=self.answer))


def _bus(platform: str, namespace: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    (tmp_path / "trigger_secret").write_text("s")
    return World(Deployment(platform=platform, secrets=str(tmp_path), namespace=namespace)).door("event_bus")


@pytest.mark.parametrize("platform, prefix", [("scf", "mall"), ("cloudbase", "mall-prod-3g7f2")])
def test_a_listener_is_called_in_the_namespace_it_was_deployed_to(
        platform: str, prefix: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    bus = _bus(platform, prefix, tmp_path, monkeypatch)
    assert isinstance(bus._cloud, event_bus.Scf)
    bus._client = scf = Scf()
    holders = {action.name: unit for unit in units(PLATFORMS[platform]) for action in unit.actions
               if action.kind == "listener"}
    assert len(holders) >= 4
    for name in holders:
        bus.deliver(name, MESSAGE)
    assert scf.sent == [(unit.namespace(prefix), unit.name, "RequestResponse", {**MESSAGE, "Listener": name})
                        for name, unit in holders.items()]


def test_the_relay_is_nudged_where_it_lives(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    bus = _bus("scf", "mall", tmp_path, monkeypatch)
    bus._quick = scf = Scf()
    bus.nudge()
    assert scf.sent == [("mall-ops", "ops-relay_outbox", "Event",
                         {"Type": "Timer", "TriggerName": "nudge", "Message": "s"})]


def test_a_listener_that_refuses_is_unavailable(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    bus = _bus("scf", "mall", tmp_path, monkeypatch)
    bus._client = Scf('{"ok": false}')
    with pytest.raises(Unavailable):
        bus.deliver("messaging.on_event_compose_messages", MESSAGE)


def test_on_aws_the_prefix_stands_before_every_name(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    bus = _bus("aws", "mall", tmp_path, monkeypatch)
    assert isinstance(bus._cloud, event_bus.Lambda)
    sent = []

    def invoke(**call: Any) -> dict[str, Any]:
        sent.append(call["FunctionName"])
        return {"Payload": SimpleNamespace(read=lambda: b'{"ok": true}')}

    bus._client = bus._quick = SimpleNamespace(invoke=invoke)
    bus.deliver("messaging.on_event_compose_messages", MESSAGE)
    bus.nudge()
    assert sent == ["mall-messaging_listeners", "mall-ops-relay_outbox"]


def test_nobody_waits_long_for_a_service_that_hangs(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    scf, aws = (_bus(platform, "mall", tmp_path, monkeypatch) for platform in ("scf", "aws"))
    assert [client.profile.httpProfile.reqTimeout for client in (scf._client, scf._quick)] == [13, 1]
    told = [client.meta.config for client in (aws._client, aws._quick)]
    assert [(each.connect_timeout, each.read_timeout, each.retries["total_max_attempts"]) for each in told] == [
        (2, 13, 1), (0.5, 1, 1)]
